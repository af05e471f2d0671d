import { MigrationInterface, QueryRunner, Table } from 'typeorm';
import { column } from '../columns.js';

const { nullable } = column;

const TABLES: Table[] = [
  new Table({
    name: 'user_secrets',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.reference('user_id'),
      column.text('name', 255),
      column.text('key_id', 16),
      column.longText('sealed'),
      column.time('updated_time'),
    ],
    indices: [
      { name: 'user_secrets_name', columnNames: ['user_id', 'name'], isUnique: true },
      { name: 'user_secrets_application', columnNames: ['application_id', 'id'] },
      { name: 'user_secrets_key', columnNames: ['key_id'] },
    ],
  }),
  new Table({
    name: 'application_limits',
    columns: [
      column.key('application_id'),
      nullable(column.reference('requests')),
      nullable(column.reference('seconds')),
      nullable(column.reference('users')),
      nullable(column.reference('channels')),
      nullable(column.reference('messages_per_month')),
    ],
  }),
  new Table({
    name: 'message_usage',
    columns: [column.key('application_id'), column.textKey('month', 7), column.count('messages_sent')],
  }),
];

export class CreateSecretsAndLimits0007 implements MigrationInterface {
  readonly name = 'CreateSecretsAndLimits1700000000007';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await runner.dropTable(table.name);
  }
}
