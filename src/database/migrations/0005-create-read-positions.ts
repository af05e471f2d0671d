import { MigrationInterface, QueryRunner, Table, TableIndex } from 'typeorm';
import { column } from '../columns.js';

const READ_MARKS = new Table({
  name: 'read_marks',
  columns: [
    column.key('channel_id'),
    column.key('node'),
    column.key('to_message_id'),
    column.key('user_id'),
    column.reference('from_message_id'),
    column.reference('application_id'),
    column.time('created_time'),
  ],
  indices: [
    { name: 'read_marks_from', columnNames: ['channel_id', 'node', 'from_message_id'] },
    { name: 'read_marks_application', columnNames: ['application_id', 'to_message_id'] },
  ],
});

/** Columns that are 0 where nothing else is known. */
const ADDED = {
  applications: ['cleared_message_id'],
  channels: ['cleared_message_id'],
  memberships: ['read_message_id', 'read_count', 'sent_count'],
};
const MEMBERSHIPS_APPLICATION = new TableIndex({
  name: 'memberships_application',
  columnNames: ['application_id', 'channel_id', 'user_id'],
});

const ofChannel = (expression: string) =>
  `COALESCE((SELECT ${expression} FROM channels c WHERE c.id = memberships.channel_id), 0)`;

export class CreateReadPositions0005 implements MigrationInterface {
  readonly name = 'CreateReadPositions1700000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(READ_MARKS.clone());
    // By hand: the builder copies whole tables of SQLite, and forgets on the way which keys were given.
    for (const [table, columns] of Object.entries(ADDED))
      for (const name of columns)
        await runner.query(`ALTER TABLE ${table} ADD COLUMN ${name} bigint NOT NULL DEFAULT 0`);
    await runner.createIndex('memberships', MEMBERSHIPS_APPLICATION.clone());
    // Whoever is a member already begins as those do who join: at the newest message, with all of them read.
    await runner.query(
      `UPDATE memberships SET read_message_id = ${ofChannel('c.last_message_id')}, read_count = ${ofChannel('c.message_count')}`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('memberships', 'memberships_application');
    for (const [table, columns] of Object.entries(ADDED))
      for (const name of columns) await runner.query(`ALTER TABLE ${table} DROP COLUMN ${name}`);
    await runner.dropTable(READ_MARKS.name);
  }
}
