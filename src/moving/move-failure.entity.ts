import { Entity, Index } from 'typeorm';
import { JsonColumn, KeyColumn, ReferenceColumn, TextKeyColumn } from '../database/columns.js';

/** What could not be copied, and why. */
@Entity('move_failures')
@Index('move_failures_application', ['applicationId'])
export class MoveFailure {
  @KeyColumn('move_id')
  moveId!: number;

  /** USER, CHANNEL, MEMBER, MESSAGE or FILE. */
  @TextKeyColumn('kind', 16)
  kind!: string;

  /** What the other server calls it; of a member, its channel and the user. */
  @TextKeyColumn('remote_id', 64)
  remoteId!: string;

  @ReferenceColumn('application_id')
  applicationId!: number;

  /** A line of the report. */
  @JsonColumn('report')
  report!: string;
}
