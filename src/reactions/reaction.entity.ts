import { Entity, Index } from 'typeorm';
import { IdColumn, ReferenceColumn, TextColumn, TimeColumn } from '../database/columns.js';

/** What a user thinks of a message, said with an emoji. */
@Entity('reactions')
// A user reacts with an emoji once.
@Index('reactions_message', ['messageId', 'userId', 'emoji'], { unique: true })
// The reactions to a message by emoji, the first of each first.
@Index('reactions_emoji', ['messageId', 'emoji', 'id'])
// Deletes those of a user.
@Index('reactions_user', ['userId', 'id'])
// Deletes those of an application.
@Index('reactions_application', ['applicationId'])
export class Reaction {
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @ReferenceColumn('channel_id')
  channelId!: number;

  @ReferenceColumn('message_id')
  messageId!: number;

  @ReferenceColumn('user_id')
  userId!: number;

  /** The character, see emoji.ts. */
  @TextColumn('emoji', 64)
  emoji!: string;

  @TimeColumn('created_time')
  createdTime!: number;
}
