import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, JsonColumn, ReferenceColumn, TextColumn, TimeColumn } from '../database/columns.js';

/** Work that is too long for a request: survives the process, is done in steps. */
@Entity('jobs')
// The next job to take up.
@Index('jobs_waiting', ['state', 'leasedUntil'])
export class Job {
  @IdColumn()
  id!: number;

  // Lists the jobs of an application.
  @Index('jobs_application')
  @ReferenceColumn('application_id')
  applicationId!: number;

  @TextColumn('type', 64)
  type!: string;

  /** PENDING, RUNNING, FINISHED or FAILED. */
  @TextColumn('state', 16)
  state!: string;

  /** JSON of what the job is about. */
  @JsonColumn('payload')
  payload!: string;

  /** Steps that failed one after the other. */
  @IntColumn('failures')
  failures!: number;

  @TextColumn('lease_owner', 64, { nullable: true })
  leaseOwner!: string | null;

  /** Before this time only the owner works on the job; for a job that failed, when to try again. */
  @TimeColumn('leased_until')
  leasedUntil!: number;

  @TimeColumn('created_time')
  createdTime!: number;

  @TimeColumn('ended_time', { nullable: true })
  endedTime!: number | null;
}
