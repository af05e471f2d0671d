import { MigrationInterface, QueryRunner, Table, TableColumn, TableIndex } from 'typeorm';
import { column } from '../columns.js';

const { nullable } = column;

const JOB_COLUMNS = [
  column.boolean('is_published'),
  column.boolean('has_files'),
  nullable(column.json('checkpoint')),
  column.count('total'),
  column.count('processed'),
  column.count('created'),
  column.count('skipped'),
  column.count('failed'),
];

const JOB_INDICES = [
  { name: 'jobs_published', columnNames: ['application_id', 'is_published', 'id'] },
  { name: 'jobs_files', columnNames: ['has_files', 'ended_time'] },
];

const TABLES = [
  new Table({
    name: 'import_keys',
    columns: [
      column.key('application_id'),
      column.textKey('kind', 32),
      column.textKey('import_key', 255),
      column.reference('subject_id'),
      nullable(column.reference('channel_id')),
    ],
  }),
  new Table({
    name: 'job_errors',
    columns: [
      column.key('job_id'),
      column.key('item_index'),
      column.reference('application_id'),
      column.longText('report'),
    ],
  }),
];

/** Jobs show how far they are and go on from there; imports know what they have imported, and what they could not. */
export class JobProgressAndImports0003 implements MigrationInterface {
  readonly name = 'JobProgressAndImports1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns(
      'jobs',
      JOB_COLUMNS.map((options) => new TableColumn(options)),
    );
    await runner.createIndices(
      'jobs',
      JOB_INDICES.map((options) => new TableIndex(options)),
    );
    for (const table of TABLES) await runner.createTable(table.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await runner.dropTable(table.name);
    for (const { name } of JOB_INDICES) await runner.dropIndex('jobs', name);
    for (const { name } of [...JOB_COLUMNS].reverse()) await runner.dropColumn('jobs', name);
  }
}
