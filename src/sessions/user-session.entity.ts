import { Entity, Index } from 'typeorm';
import { IdColumn, ReferenceColumn, TextColumn, TimeColumn } from '../database/columns.js';

/** One connection of a user's app. */
@Entity('user_sessions')
// Lists in order of id, which is also the order of creation.
@Index('user_sessions_application', ['applicationId', 'id'])
// Lists of those that are active, or have ended.
@Index('user_sessions_state', ['applicationId', 'state', 'id'])
// The sessions of a user: those with no end are active.
@Index('user_sessions_user', ['userId', 'endedTime'])
// The sessions that a process left behind.
@Index('user_sessions_process', ['processId', 'endedTime'])
export class UserSession {
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @ReferenceColumn('user_id')
  userId!: number;

  /** ACTIVE or ENDED. */
  @TextColumn('state', 8)
  state!: string;

  @TextColumn('user_agent', 255, { nullable: true })
  userAgent!: string | null;

  /** The process that holds the connection, see session-process.entity.ts. */
  @TextColumn('process_id', 36)
  processId!: string;

  @TimeColumn('created_time')
  createdTime!: number;

  /** Null while the session is active. */
  @TimeColumn('ended_time', { nullable: true })
  endedTime!: number | null;
}
