import { MigrationInterface, QueryRunner, Table, TableIndex } from 'typeorm';
import { column } from '../columns.js';

const TABLES: Table[] = [
  new Table({
    name: 'reactions',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.reference('channel_id'),
      column.reference('message_id'),
      column.reference('user_id'),
      column.text('emoji', 64),
      column.time('created_time'),
    ],
    indices: [
      { name: 'reactions_message', columnNames: ['message_id', 'user_id', 'emoji'], isUnique: true },
      { name: 'reactions_emoji', columnNames: ['message_id', 'emoji', 'id'] },
      { name: 'reactions_user', columnNames: ['user_id', 'id'] },
      { name: 'reactions_application', columnNames: ['application_id'] },
    ],
  }),
  new Table({
    name: 'reaction_counts',
    columns: [
      column.key('message_id'),
      column.textKey('emoji', 64),
      column.reference('application_id'),
      column.reference('first_reaction_id'),
      column.count('reaction_count'),
    ],
    indices: [{ name: 'reaction_counts_application', columnNames: ['application_id', 'message_id'] }],
  }),
  new Table({
    name: 'user_blocks',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.reference('user_id'),
      column.reference('blocked_user_id'),
      column.time('created_time'),
    ],
    indices: [
      { name: 'user_blocks_user', columnNames: ['user_id', 'blocked_user_id'], isUnique: true },
      { name: 'user_blocks_list', columnNames: ['user_id', 'id'] },
      { name: 'user_blocks_blocked', columnNames: ['blocked_user_id', 'user_id'] },
      { name: 'user_blocks_application', columnNames: ['application_id'] },
    ],
  }),
  new Table({
    name: 'channel_blocks',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.reference('channel_id'),
      column.reference('user_id'),
      column.time('created_time'),
    ],
    indices: [
      { name: 'channel_blocks_user', columnNames: ['user_id', 'channel_id'], isUnique: true },
      { name: 'channel_blocks_channel', columnNames: ['channel_id', 'id'] },
    ],
  }),
  new Table({
    name: 'hidden_channels',
    columns: [
      column.key('channel_id'),
      column.key('user_id'),
      column.reference('application_id'),
      column.reference('message_id'),
      column.time('created_time'),
    ],
    indices: [{ name: 'hidden_channels_user', columnNames: ['user_id', 'channel_id'] }],
  }),
  new Table({
    name: 'hidden_messages',
    columns: [
      column.key('user_id'),
      column.key('channel_id'),
      column.key('message_id'),
      column.reference('application_id'),
      column.time('created_time'),
    ],
    indices: [
      { name: 'hidden_messages_message', columnNames: ['message_id', 'user_id'] },
      { name: 'hidden_messages_application', columnNames: ['application_id', 'message_id'] },
    ],
  }),
];

/** Columns that are 0 where nothing else is known. */
const ADDED = {
  channels: ['block_count'],
  messages: ['reaction_count'],
  memberships: ['history_message_id', 'history_count'],
};

const INDICES: [table: string, index: TableIndex][] = [
  [
    'users',
    new TableIndex({ name: 'users_online', columnNames: ['application_id', 'presence_online', 'display_name', 'id'] }),
  ],
  ['read_marks', new TableIndex({ name: 'read_marks_user', columnNames: ['user_id', 'channel_id', 'to_message_id'] })],
  ['threads', new TableIndex({ name: 'threads_type', columnNames: ['channel_id', 'type', 'id'] })],
];

/** The index of threads by channel and type does for those by channel as well. */
const OUTDONE = new TableIndex({ name: 'threads_channel', columnNames: ['channel_id'] });

export class CreateUserActions0010 implements MigrationInterface {
  readonly name = 'CreateUserActions1700000000010';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table.clone());
    for (const [table, columns] of Object.entries(ADDED))
      for (const name of columns)
        await runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} bigint NOT NULL DEFAULT 0`);
    for (const [table, index] of INDICES) await runner.createIndex(table, index.clone());
    await runner.dropIndex('threads', OUTDONE.name!);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.createIndex('threads', OUTDONE.clone());
    for (const [table, { name }] of [...INDICES].reverse()) await runner.dropIndex(table, name!);
    for (const [table, columns] of Object.entries(ADDED))
      for (const name of columns) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
    for (const table of [...TABLES].reverse()) await runner.dropTable(table.name);
  }
}
