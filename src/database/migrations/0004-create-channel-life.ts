import { MigrationInterface, QueryRunner, Table } from 'typeorm';
import { column } from '../columns.js';

const { nullable } = column;

const TABLES: Table[] = [
  new Table({
    name: 'session_processes',
    columns: [column.textKey('id', 36), column.time('leased_until')],
  }),
  new Table({
    name: 'user_sessions',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.reference('user_id'),
      column.text('state', 8),
      nullable(column.text('user_agent', 255)),
      column.text('process_id', 36),
      column.time('created_time'),
      nullable(column.time('ended_time')),
    ],
    indices: [
      { name: 'user_sessions_application', columnNames: ['application_id', 'id'] },
      { name: 'user_sessions_state', columnNames: ['application_id', 'state', 'id'] },
      { name: 'user_sessions_user', columnNames: ['user_id', 'ended_time'] },
      { name: 'user_sessions_process', columnNames: ['process_id', 'ended_time'] },
    ],
  }),
  new Table({
    name: 'chat_sessions',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.reference('user_session_id'),
      column.reference('user_id'),
      column.reference('channel_id'),
      column.text('state', 8),
      column.time('created_time'),
      nullable(column.time('ended_time')),
    ],
    indices: [
      { name: 'chat_sessions_application', columnNames: ['application_id', 'id'] },
      { name: 'chat_sessions_state', columnNames: ['application_id', 'state', 'id'] },
      { name: 'chat_sessions_channel', columnNames: ['channel_id', 'ended_time', 'user_id'] },
      { name: 'chat_sessions_user', columnNames: ['user_id', 'ended_time', 'channel_id'] },
      { name: 'chat_sessions_user_session', columnNames: ['user_session_id', 'ended_time'] },
    ],
  }),
];

/** Counters of tables that there are already. Added as they are, without a copy of the table. */
const COUNTERS: Record<string, string[]> = {
  applications: ['user_session_count', 'active_user_session_count', 'chat_session_count', 'active_chat_session_count'],
};

export class CreateChannelLife0004 implements MigrationInterface {
  readonly name = 'CreateChannelLife1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table.clone());
    for (const [table, columns] of Object.entries(COUNTERS))
      for (const name of columns)
        await runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} bigint NOT NULL DEFAULT 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, columns] of Object.entries(COUNTERS))
      for (const name of columns) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
    for (const table of [...TABLES].reverse()) await runner.dropTable(table.name);
  }
}
