import { Entity, Index } from 'typeorm';
import { BooleanColumn, IdColumn, ReferenceColumn, TextColumn, TimeColumn } from '../database/columns.js';

/** That a user is to know of a message. Holds ids only: what is shown is read from the rows as they are then. */
@Entity('notifications')
// One for each user and message; finds those of a message and of a channel too. A message has one application.
@Index('notifications_message', ['channelId', 'messageId', 'userId'], { unique: true })
// The notifications of a user, newest first.
@Index('notifications_user', ['userId', 'id'])
export class Notification {
  /** In the order in which notifications become visible, see notification-feed.ts. */
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  /** The recipient. */
  @ReferenceColumn('user_id')
  userId!: number;

  @ReferenceColumn('channel_id')
  channelId!: number;

  @ReferenceColumn('message_id')
  messageId!: number;

  /** Why the recipient gets it, see notification-kind.ts. */
  @TextColumn('kind', 20)
  kind!: string;

  @ReferenceColumn('mentioned_channel_id', { nullable: true })
  mentionedChannelId!: number | null;

  /** The recipient had muted the channel. */
  @BooleanColumn('is_muted')
  isMuted!: boolean;

  @TimeColumn('created_time')
  createdTime!: number;

  @TimeColumn('read_time', { nullable: true })
  readTime!: number | null;
}
