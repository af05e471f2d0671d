import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, JsonColumn, ReferenceColumn, TextColumn, TimeColumn } from '../database/columns.js';

/** That an application of another server is copied into one of this server, and how far that is. */
@Entity('moves')
// The move of an application.
@Index('moves_application', ['applicationId', 'source'], { unique: true })
// The same command again means the same move.
@Index('moves_source', ['source'])
export class Move {
  @IdColumn()
  id!: number;

  /** The one that is copied into. */
  @ReferenceColumn('application_id')
  applicationId!: number;

  /** Where the other server is, and the id that it has for the application. */
  @TextColumn('source', 255)
  source!: string;

  /** USERS, CHANNELS, CONTENTS or ENDED. */
  @TextColumn('stage', 16)
  stage!: string;

  /** The page of the stage that comes next. */
  @IntColumn('page')
  page!: number;

  /** What has been done of each kind in this pass. */
  @JsonColumn('counts')
  counts!: string;

  /** The process that is at work, for as long as it says so. */
  @TextColumn('lease_owner', 64, { nullable: true })
  leaseOwner!: string | null;

  @TimeColumn('leased_until')
  leasedUntil!: number;

  @TimeColumn('created_time')
  createdTime!: number;
}
