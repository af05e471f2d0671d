import { Entity, Index } from 'typeorm';
import { KeyColumn, ReferenceColumn, TimeColumn } from '../database/columns.js';

/** That a member of a group channel moderates it. */
@Entity('moderators')
// Ends what a user moderates.
@Index('moderators_user', ['userId', 'channelId'])
export class Moderator {
  @KeyColumn('channel_id')
  channelId!: number;

  @KeyColumn('user_id')
  userId!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @TimeColumn('created_time')
  createdTime!: number;
}
