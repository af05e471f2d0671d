import { MigrationInterface, QueryRunner, Table } from 'typeorm';
import { column } from '../columns.js';

const { nullable } = column;

const TABLES: Table[] = [
  new Table({
    name: 'applications',
    columns: [
      column.id(),
      column.text('api_key', 64),
      column.text('name', 255),
      column.json('properties'),
      column.boolean('guest_users'),
      column.boolean('user_created_channels'),
      column.count('user_count'),
      column.count('channel_count'),
      column.count('message_count'),
      column.time('created_time'),
      nullable(column.time('deleted_time')),
    ],
    indices: [{ name: 'applications_key', columnNames: ['api_key'], isUnique: true }],
  }),
  new Table({
    name: 'clients',
    columns: [
      column.textKey('id', 128),
      column.reference('application_id'),
      column.text('secret_hash', 255),
      column.time('created_time'),
    ],
    indices: [{ name: 'clients_application', columnNames: ['application_id'] }],
  }),
  new Table({
    name: 'access_tokens',
    columns: [
      column.textKey('token_hash', 44),
      column.reference('application_id'),
      column.text('client_id', 128),
      column.text('scope', 2000),
      column.time('issued_time'),
      column.time('expires_time'),
    ],
    indices: [
      { name: 'access_tokens_application', columnNames: ['application_id'] },
      { name: 'access_tokens_client', columnNames: ['client_id'] },
      { name: 'access_tokens_expiry', columnNames: ['expires_time'] },
    ],
  }),
  new Table({
    name: 'users',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.text('type', 8),
      nullable(column.text('name', 255)),
      column.text('display_name', 255),
      column.boolean('is_guest'),
      column.text('presence_status', 64),
      column.boolean('presence_online'),
      column.json('properties'),
      column.count('channel_count'),
      column.count('message_count'),
      column.time('created_time'),
      nullable(column.time('deleted_time')),
    ],
    indices: [
      { name: 'users_name', columnNames: ['application_id', 'name'], isUnique: true },
      { name: 'users_id', columnNames: ['application_id', 'id'] },
      { name: 'users_display_name', columnNames: ['application_id', 'display_name', 'id'] },
    ],
  }),
  new Table({
    name: 'channels',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.text('type', 8),
      nullable(column.text('name', 255)),
      nullable(column.text('display_name', 255)),
      nullable(column.text('direct_key', 44)),
      nullable(column.reference('creator_id')),
      column.reference('main_thread_id'),
      nullable(column.reference('last_message_id')),
      column.count('message_count'),
      column.count('reply_count'),
      column.count('member_count'),
      column.json('properties'),
      column.time('created_time'),
      nullable(column.time('deleted_time')),
    ],
    indices: [
      { name: 'channels_name', columnNames: ['application_id', 'name'], isUnique: true },
      { name: 'channels_by_name', columnNames: ['application_id', 'name', 'id'] },
      { name: 'channels_direct_key', columnNames: ['application_id', 'direct_key'], isUnique: true },
      { name: 'channels_id', columnNames: ['application_id', 'id'] },
      { name: 'channels_created', columnNames: ['application_id', 'created_time', 'id'] },
      { name: 'channels_display_name', columnNames: ['application_id', 'display_name', 'id'] },
    ],
  }),
  new Table({
    name: 'memberships',
    columns: [
      column.key('channel_id'),
      column.key('user_id'),
      column.reference('application_id'),
      column.time('created_time'),
    ],
    indices: [{ name: 'memberships_user', columnNames: ['user_id', 'channel_id'] }],
  }),
  new Table({
    name: 'messages',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.reference('channel_id'),
      column.reference('thread_id'),
      nullable(column.reference('user_id')),
      column.text('type', 16),
      nullable(column.longText('body')),
      nullable(column.json('file')),
      nullable(column.longText('links')),
      nullable(column.longText('mentions')),
      nullable(column.text('group_tag', 255)),
      column.int('nested_level'),
      column.count('replies_count'),
      column.json('properties'),
      column.time('created_time'),
      nullable(column.time('last_edited_time')),
    ],
    indices: [
      { name: 'messages_application', columnNames: ['application_id', 'id'] },
      { name: 'messages_channel', columnNames: ['channel_id', 'id'] },
      { name: 'messages_thread', columnNames: ['thread_id', 'id'] },
      { name: 'messages_user', columnNames: ['user_id', 'id'] },
    ],
  }),
  new Table({
    name: 'threads',
    columns: [
      column.key('id'),
      column.reference('application_id'),
      column.reference('channel_id'),
      column.text('type', 16),
      nullable(column.text('name', 255)),
      column.int('nested_level'),
      column.count('message_count'),
      column.json('properties'),
      column.time('created_time'),
    ],
    indices: [{ name: 'threads_channel', columnNames: ['channel_id'] }],
  }),
  new Table({
    name: 'events',
    columns: [
      column.id(),
      column.reference('application_id'),
      nullable(column.reference('channel_id')),
      column.text('type', 64),
      column.reference('subject_id'),
      column.longText('payload'),
      column.time('created_time'),
    ],
  }),
  new Table({
    name: 'event_positions',
    columns: [
      column.textKey('subscriber', 64),
      column.reference('position'),
      column.json('gaps'),
      nullable(column.text('lease_owner', 64)),
      column.time('leased_until'),
    ],
  }),
  new Table({
    name: 'idempotency_keys',
    columns: [
      column.key('application_id'),
      column.textKey('idempotency_key', 255),
      column.text('fingerprint', 44),
      nullable(column.int('status')),
      nullable(column.text('content_type', 128)),
      nullable(column.longText('body')),
      column.time('created_time'),
    ],
    indices: [{ name: 'idempotency_keys_created', columnNames: ['created_time'] }],
  }),
  new Table({
    name: 'jobs',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.text('type', 64),
      column.text('state', 16),
      column.json('payload'),
      column.int('failures'),
      nullable(column.text('lease_owner', 64)),
      column.time('leased_until'),
      column.time('created_time'),
      nullable(column.time('ended_time')),
    ],
    indices: [
      { name: 'jobs_waiting', columnNames: ['state', 'leased_until'] },
      { name: 'jobs_application', columnNames: ['application_id'] },
    ],
  }),
];

export class CreateCoreTables0001 implements MigrationInterface {
  // TypeORM orders migrations by the number that their name ends in.
  readonly name = 'CreateCoreTables1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await runner.dropTable(table.name);
  }
}
