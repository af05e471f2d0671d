import { Entity } from 'typeorm';
import { KeyColumn, LongTextColumn, ReferenceColumn } from '../database/columns.js';

/** Something that a job could not do, of all that it was to do: a line of its report. */
@Entity('job_errors')
export class JobError {
  @KeyColumn('job_id')
  jobId!: number;

  /** Which item of the job's file, from 0. */
  @KeyColumn('item_index')
  itemIndex!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  /** The line, JSON. */
  @LongTextColumn('report')
  report!: string;
}
