import { MigrationInterface, QueryRunner, Table } from 'typeorm';
import { column } from '../columns.js';

const TABLES: Table[] = [
  new Table({
    name: 'search_segments',
    columns: [column.key('application_id'), column.key('segment'), column.bytes('ids'), column.longText('terms')],
    indices: [{ name: 'search_segments_all', columnNames: ['segment'] }],
  }),
  new Table({
    name: 'search_postings',
    columns: [column.key('application_id'), column.textKey('term', 16), column.key('segment'), column.bytes('ids')],
    withoutRowid: true,
  }),
];

/**
 * The index of messages in tables of its own. Messages that are there already are indexed by the first server that
 * starts; until then searches compare them. `message_search`, the index before, stays for processes that still use it
 * during an update: the next release drops it.
 */
export class CreateSearchSegments0014 implements MigrationInterface {
  readonly name = 'CreateSearchSegments1700000000014';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await runner.createTable(table.clone());
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...TABLES].reverse()) await runner.dropTable(table.name);
  }
}
