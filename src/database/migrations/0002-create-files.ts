import { MigrationInterface, QueryRunner, Table, TableColumn } from 'typeorm';
import { column } from '../columns.js';

const { nullable } = column;

const FILES = new Table({
  name: 'files',
  columns: [
    column.id(),
    column.reference('application_id'),
    column.text('owner_type', 16),
    column.reference('owner_id'),
    column.text('storage_key', 255),
    column.text('token', 64),
    column.text('name', 255),
    column.text('content_type', 255),
    column.reference('size'),
    column.text('sha256', 64),
    column.time('created_time'),
    nullable(column.time('released_time')),
  ],
  indices: [
    { name: 'files_token', columnNames: ['token'], isUnique: true },
    { name: 'files_storage_key', columnNames: ['storage_key'], isUnique: true },
    { name: 'files_owner', columnNames: ['owner_type', 'owner_id'] },
    { name: 'files_application', columnNames: ['application_id', 'id'] },
    { name: 'files_released', columnNames: ['released_time'] },
  ],
});

const DISPLAY_PICTURE = nullable(column.text('display_picture', 2048));

export class CreateFiles0002 implements MigrationInterface {
  readonly name = 'CreateFiles1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(FILES.clone());
    await runner.addColumn('users', new TableColumn(DISPLAY_PICTURE));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('users', DISPLAY_PICTURE.name);
    await runner.dropTable(FILES.name);
  }
}
