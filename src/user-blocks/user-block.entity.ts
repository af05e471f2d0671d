import { Entity, Index } from 'typeorm';
import { IdColumn, ReferenceColumn, TimeColumn } from '../database/columns.js';

/** That a user does not want to hear of another. */
@Entity('user_blocks')
// A user blocks another once.
@Index('user_blocks_user', ['userId', 'blockedUserId'], { unique: true })
// The block list of a user, in order of creation.
@Index('user_blocks_list', ['userId', 'id'])
// Who has blocked a sender.
@Index('user_blocks_blocked', ['blockedUserId', 'userId'])
// Deletes those of an application.
@Index('user_blocks_application', ['applicationId'])
export class UserBlock {
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  /** Who blocks. */
  @ReferenceColumn('user_id')
  userId!: number;

  @ReferenceColumn('blocked_user_id')
  blockedUserId!: number;

  @TimeColumn('created_time')
  createdTime!: number;
}
