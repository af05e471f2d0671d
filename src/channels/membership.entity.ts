import { Entity, Index } from 'typeorm';
import { BooleanColumn, KeyColumn, ReferenceColumn, TimeColumn } from '../database/columns.js';

/** A user's place in a channel. */
@Entity('memberships')
// The channels of a user.
@Index('memberships_user', ['userId', 'channelId'])
export class Membership {
  @KeyColumn('channel_id')
  channelId!: number;

  @KeyColumn('user_id')
  userId!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @TimeColumn('created_time')
  createdTime!: number;

  /** The member does not want to be alerted by what happens in the channel. */
  @BooleanColumn('is_muted')
  isMuted!: boolean;
}
