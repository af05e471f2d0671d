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
  new Table({
    name: 'moderators',
    columns: [
      column.key('channel_id'),
      column.key('user_id'),
      column.reference('application_id'),
      column.time('created_time'),
    ],
    indices: [{ name: 'moderators_user', columnNames: ['user_id', 'channel_id'] }],
  }),
  new Table({
    name: 'channel_invites',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.reference('channel_id'),
      column.reference('user_id'),
      nullable(column.reference('inviter_id')),
      column.time('created_time'),
    ],
    indices: [
      { name: 'channel_invites_user', columnNames: ['user_id', 'channel_id'], isUnique: true },
      { name: 'channel_invites_channel', columnNames: ['channel_id', 'id'] },
    ],
  }),
  new Table({
    name: 'message_reports',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.reference('channel_id'),
      column.reference('message_id'),
      column.reference('user_id'),
      column.text('reason', 1000),
      column.json('properties'),
      column.time('created_time'),
    ],
    indices: [
      { name: 'message_reports_message', columnNames: ['message_id', 'user_id'], isUnique: true },
      { name: 'message_reports_channel', columnNames: ['channel_id', 'message_id'] },
      { name: 'message_reports_user', columnNames: ['user_id', 'id'] },
      { name: 'message_reports_application', columnNames: ['application_id'] },
    ],
  }),
];

/** Counters of tables that there are already. Added as they are, without a copy of the table. */
const COUNTERS: Record<string, string[]> = {
  applications: ['user_session_count', 'active_user_session_count', 'chat_session_count', 'active_chat_session_count'],
  channels: ['moderator_count', 'invite_count', 'reported_message_count'],
  messages: ['report_count'],
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
