import { MigrationInterface, QueryRunner, Table } from 'typeorm';
import { column } from '../columns.js';

const { nullable } = column;

const TABLES: Table[] = [
  new Table({
    name: 'moves',
    columns: [
      column.id(),
      column.reference('application_id'),
      column.text('source', 255),
      column.text('stage', 16),
      column.int('page'),
      column.json('counts'),
      nullable(column.text('lease_owner', 64)),
      column.time('leased_until'),
      column.time('created_time'),
    ],
    indices: [
      { name: 'moves_application', columnNames: ['application_id', 'source'], isUnique: true },
      { name: 'moves_source', columnNames: ['source'] },
    ],
  }),
  new Table({
    name: 'moved_channels',
    columns: [
      column.key('move_id'),
      column.key('remote_id'),
      column.reference('application_id'),
      column.boolean('is_direct'),
      column.boolean('is_done'),
      nullable(column.json('checkpoint')),
      column.count('members_copied'),
      column.count('members_skipped'),
      column.count('messages_copied'),
      column.count('messages_skipped'),
      column.count('files_copied'),
    ],
    indices: [
      { name: 'moved_channels_open', columnNames: ['move_id', 'is_done', 'remote_id'] },
      { name: 'moved_channels_application', columnNames: ['application_id'] },
    ],
  }),
  new Table({
    name: 'moved_replies',
    columns: [
      column.key('move_id'),
      column.key('remote_id'),
      column.reference('application_id'),
      column.reference('channel_id'),
      column.reference('parent_id'),
    ],
    indices: [
      { name: 'moved_replies_channel', columnNames: ['move_id', 'channel_id', 'remote_id'] },
      { name: 'moved_replies_application', columnNames: ['application_id'] },
    ],
  }),
  new Table({
    name: 'move_failures',
    columns: [
      column.key('move_id'),
      column.textKey('kind', 16),
      column.textKey('remote_id', 64),
      column.reference('application_id'),
      column.json('report'),
    ],
    indices: [{ name: 'move_failures_application', columnNames: ['application_id'] }],
  }),
];

/** How far applications are that are copied from other servers. */
export class CreateMoves0011 implements MigrationInterface {
  readonly name = 'CreateMoves1700000000011';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await runner.dropTable(table.name);
  }
}
