import { Entity, Index } from 'typeorm';
import {
  BooleanColumn,
  CountColumn,
  IdColumn,
  IntColumn,
  JsonColumn,
  ReferenceColumn,
  TextColumn,
  TimeColumn,
} from '../database/columns.js';

/** Work that is too long for a request: survives the process, is done in steps. */
@Entity('jobs')
// The next job to take up.
@Index('jobs_waiting', ['state', 'leasedUntil'])
// Lists the jobs that an application asked for, and finds whether one of them is before another.
@Index('jobs_published', ['applicationId', 'isPublished', 'id'])
// Jobs that have ended, whose files have had their time.
@Index('jobs_files', ['hasFiles', 'endedTime'])
export class Job {
  @IdColumn()
  id!: number;

  // All jobs of an application.
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

  /** The API shows it. Those of an application are done one after the other, since one may need what another makes. */
  @BooleanColumn('is_published')
  isPublished!: boolean;

  /** There are files in storage, or lines of a report, that belong to it. */
  @BooleanColumn('has_files')
  hasFiles!: boolean;

  /** JSON of how far it has got. */
  @JsonColumn('checkpoint', { nullable: true })
  checkpoint!: string | null;

  /** Items that there are to do, as far as that is known. */
  @CountColumn('total')
  total!: number;

  /** Items that were done, well or badly. */
  @CountColumn('processed')
  processed!: number;

  @CountColumn('created')
  created!: number;

  @CountColumn('skipped')
  skipped!: number;

  @CountColumn('failed')
  failed!: number;

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
