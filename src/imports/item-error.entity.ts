import { Entity } from 'typeorm';
import { KeyColumn, LongTextColumn, ReferenceColumn } from '../database/columns.js';

/** An item of an import that could not be imported: a line of the report of its job. */
@Entity('import_errors')
export class ItemError {
  @KeyColumn('job_id')
  jobId!: number;

  /** Its place in the file, from 0. */
  @KeyColumn('item_index')
  itemIndex!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  /** The line, JSON. */
  @LongTextColumn('report')
  report!: string;
}
