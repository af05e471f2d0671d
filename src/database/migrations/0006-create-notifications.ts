import { MigrationInterface, QueryRunner, Table, TableColumn } from 'typeorm';
import { column } from '../columns.js';

const { nullable } = column;

const TABLES: Table[] = [
  new Table({
    name: 'notifications',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.reference('user_id'),
      column.reference('channel_id'),
      column.reference('message_id'),
      column.text('kind', 20),
      nullable(column.reference('mentioned_channel_id')),
      column.boolean('is_muted'),
      column.time('created_time'),
      nullable(column.time('read_time')),
    ],
    indices: [
      { name: 'notifications_message', columnNames: ['channel_id', 'message_id', 'user_id'], isUnique: true },
      { name: 'notifications_user', columnNames: ['user_id', 'id'] },
    ],
  }),
  new Table({
    name: 'notification_counts',
    columns: [column.key('user_id'), column.reference('application_id'), column.count('total'), column.count('unread')],
  }),
];

export class CreateNotifications0006 implements MigrationInterface {
  readonly name = 'CreateNotifications1700000000006';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table.clone());
    await runner.addColumn('memberships', new TableColumn(column.boolean('is_muted')));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('memberships', 'is_muted');
    for (const { name } of [...TABLES].reverse()) await runner.dropTable(name);
  }
}
