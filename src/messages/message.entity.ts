import { Entity, Index } from 'typeorm';
import {
  CountColumn,
  IdColumn,
  IntColumn,
  JsonColumn,
  LongTextColumn,
  ReferenceColumn,
  TextColumn,
  TimeColumn,
} from '../database/columns.js';

/** Something said, by a user or by the system. */
@Entity('messages')
// All messages of an application, newest first.
@Index('messages_application', ['applicationId', 'id'])
// The messages of a channel, newest first.
@Index('messages_channel', ['channelId', 'id'])
// The messages of a thread, newest first.
@Index('messages_thread', ['threadId', 'id'])
// The messages that a user sent, newest first.
@Index('messages_user', ['userId', 'id'])
export class Message {
  /** Out of the one sequence that messages and threads share. */
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @ReferenceColumn('channel_id')
  channelId!: number;

  @ReferenceColumn('thread_id')
  threadId!: number;

  /** The sender; null when the system speaks. */
  @ReferenceColumn('user_id', { nullable: true })
  userId!: number | null;

  /** TEXT, FILE, SYSTEM_TEXT or SYSTEM_FILE. */
  @TextColumn('type', 16)
  type!: string;

  @LongTextColumn('body', { nullable: true })
  body!: string | null;

  /** Of file messages: what FileProperties holds. */
  @JsonColumn('file', { nullable: true })
  file!: string | null;

  /** Links found in the body, see message-text.ts. */
  @LongTextColumn('links', { nullable: true })
  links!: string | null;

  /** Mentions found in the body, with the ids of whom they name. */
  @LongTextColumn('mentions', { nullable: true })
  mentions!: string | null;

  @TextColumn('group_tag', 255, { nullable: true })
  groupTag!: string | null;

  /** 0 in the channel itself, one more for each level of replies. */
  @IntColumn('nested_level')
  nestedLevel!: number;

  @CountColumn('replies_count')
  repliesCount!: number;

  /** Users who reported this message. */
  @CountColumn('report_count')
  reportCount!: number;

  /** Reactions of all emoji. */
  @CountColumn('reaction_count')
  reactionCount!: number;

  @JsonColumn('properties')
  properties!: string;

  @TimeColumn('created_time')
  createdTime!: number;

  @TimeColumn('last_edited_time', { nullable: true })
  lastEditedTime!: number | null;
}
