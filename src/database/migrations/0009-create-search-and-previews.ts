import { MigrationInterface, QueryRunner, Table } from 'typeorm';
import { column } from '../columns.js';
import { createFullTextTable } from '../full-text.js';

const { nullable } = column;

const TABLES: Table[] = [
  new Table({
    name: 'search_positions',
    columns: [column.textKey('name', 32), column.reference('message_id')],
  }),
  new Table({
    name: 'search_edits',
    columns: [column.key('message_id'), column.reference('application_id')],
    indices: [{ name: 'search_edits_application', columnNames: ['application_id'] }],
  }),
  new Table({
    name: 'link_previews',
    columns: [
      column.textKey('url_hash', 44),
      column.text('url', 2048),
      nullable(column.json('preview')),
      column.time('fetched_time'),
      column.time('expires_time'),
    ],
    indices: [{ name: 'link_previews_expiry', columnNames: ['expires_time'] }],
  }),
  new Table({
    name: 'preview_tasks',
    columns: [
      column.key('message_id'),
      column.reference('application_id'),
      column.time('due_time'),
      column.int('attempts'),
    ],
    indices: [
      { name: 'preview_tasks_due', columnNames: ['due_time'] },
      { name: 'preview_tasks_application', columnNames: ['application_id'] },
    ],
  }),
];

export class CreateSearchAndPreviews0009 implements MigrationInterface {
  readonly name = 'CreateSearchAndPreviews1700000000009';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table.clone());
    await runner.query(createFullTextTable('message_search'));
    // Messages that are there already are indexed by the first server that starts.
    await runner.query("INSERT INTO search_positions (name, message_id) VALUES ('indexed', 0)");
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE message_search');
    for (const table of [...TABLES].reverse()) await runner.dropTable(table.name);
  }
}
