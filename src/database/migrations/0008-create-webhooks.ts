import { MigrationInterface, QueryRunner, Table } from 'typeorm';
import { column } from '../columns.js';

const { nullable } = column;

const TABLES: Table[] = [
  new Table({
    name: 'webhooks',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.text('url', 2048),
      column.json('types'),
      nullable(column.text('description', 1000)),
      column.boolean('enabled'),
      column.text('secret', 512),
      nullable(column.text('previous_secret', 512)),
      nullable(column.time('previous_secret_until')),
      column.reference('since_event_id'),
      nullable(column.reference('replay_after')),
      nullable(column.reference('replay_up_to')),
      column.count('delivery_count'),
      column.time('created_time'),
    ],
    indices: [{ name: 'webhooks_application', columnNames: ['application_id', 'id'] }],
  }),
  new Table({
    name: 'webhook_deliveries',
    columns: [
      column.key('webhook_id'),
      column.key('event_id'),
      column.text('event_type', 64),
      nullable(column.reference('channel_id')),
      column.reference('lane'),
      nullable(column.reference('position')),
      column.text('state', 16),
      column.longText('body'),
      column.int('attempts'),
      nullable(column.int('last_status')),
      nullable(column.text('last_error', 255)),
      nullable(column.time('last_attempt_time')),
      column.time('queued_time'),
      nullable(column.time('ended_time')),
    ],
    indices: [
      { name: 'webhook_deliveries_waiting', columnNames: ['webhook_id', 'lane', 'position'] },
      { name: 'webhook_deliveries_state', columnNames: ['webhook_id', 'state', 'event_id'] },
    ],
  }),
  new Table({
    name: 'webhook_lanes',
    columns: [
      column.key('webhook_id'),
      column.key('lane'),
      column.int('failures'),
      nullable(column.text('lease_owner', 64)),
      column.time('due_time'),
    ],
    indices: [{ name: 'webhook_lanes_due', columnNames: ['webhook_id', 'due_time'] }],
  }),
];

export class CreateWebhooks0008 implements MigrationInterface {
  readonly name = 'CreateWebhooks1700000000008';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await runner.dropTable(table.name);
  }
}
