import { Entity, Index } from 'typeorm';
import {
  BooleanColumn,
  CountColumn,
  KeyColumn,
  PositionColumn,
  ReferenceColumn,
  TimeColumn,
} from '../database/columns.js';

/** A user's place in a channel. */
@Entity('memberships')
// The channels of a user.
@Index('memberships_user', ['userId', 'channelId'])
// The memberships of an application, by channel.
@Index('memberships_application', ['applicationId', 'channelId', 'userId'])
export class Membership {
  @KeyColumn('channel_id')
  channelId!: number;

  @KeyColumn('user_id')
  userId!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @TimeColumn('created_time')
  createdTime!: number;

  /** Up to where the member has read. See read-counters.ts for what follows from this and the next two. */
  @PositionColumn('read_message_id')
  readMessageId!: number;

  /** Messages of the channel up to there. */
  @CountColumn('read_count')
  readCount!: number;

  /** Messages above that the member sent. */
  @CountColumn('sent_count')
  sentCount!: number;

  /** The member has cleared away what was said up to there, for themselves only. */
  @PositionColumn('history_message_id')
  historyMessageId!: number;

  /** Messages of the channel up to there. */
  @CountColumn('history_count')
  historyCount!: number;

  /** The member does not want to be alerted by what happens in the channel. */
  @BooleanColumn('is_muted')
  isMuted!: boolean;
}
