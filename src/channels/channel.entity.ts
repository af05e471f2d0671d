import { Entity, Index } from 'typeorm';
import {
  CountColumn,
  IdColumn,
  JsonColumn,
  PositionColumn,
  ReferenceColumn,
  TextColumn,
  TimeColumn,
} from '../database/columns.js';

/** A conversation. */
@Entity('channels')
// Names are unique in an application.
@Index('channels_name', ['applicationId', 'name'], { unique: true })
// Lists in order of name; direct channels have none. MySQL reads no order with a tie-break off a unique index.
@Index('channels_by_name', ['applicationId', 'name', 'id'])
// One direct channel for each exact set of users.
@Index('channels_direct_key', ['applicationId', 'directKey'], { unique: true })
// Lists in order of id.
@Index('channels_id', ['applicationId', 'id'])
// Lists of a range of time, and in order of time.
@Index('channels_created', ['applicationId', 'createdTime', 'id'])
// Lists in order of display name.
@Index('channels_display_name', ['applicationId', 'displayName', 'id'])
export class Channel {
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  /** PUBLIC, PRIVATE or DIRECT. */
  @TextColumn('type', 8)
  type!: string;

  /** Of group channels; null once the channel is deleted. */
  @TextColumn('name', 255, { nullable: true })
  name!: string | null;

  @TextColumn('display_name', 255, { nullable: true })
  displayName!: string | null;

  /** Of direct channels: names the set of members, see direct-key.ts. */
  @TextColumn('direct_key', 44, { nullable: true })
  directKey!: string | null;

  @ReferenceColumn('creator_id', { nullable: true })
  creatorId!: number | null;

  /** The thread that messages of the channel itself belong to. */
  @ReferenceColumn('main_thread_id')
  mainThreadId!: number;

  // No foreign key: with one, every send would wait for every other of the channel, and deadlock.
  @ReferenceColumn('last_message_id', { nullable: true })
  lastMessageId!: number | null;

  /** Messages up to this id have been cleared away: they are there no more, though rows may still be. */
  @PositionColumn('cleared_message_id')
  clearedMessageId!: number;

  /** All messages, replies included. */
  @CountColumn('message_count')
  messageCount!: number;

  /** Those that are replies. */
  @CountColumn('reply_count')
  replyCount!: number;

  @CountColumn('member_count')
  memberCount!: number;

  @CountColumn('moderator_count')
  moderatorCount!: number;

  /** Invites that wait for an answer. */
  @CountColumn('invite_count')
  inviteCount!: number;

  /** Users who are blocked from the channel. */
  @CountColumn('block_count')
  blockCount!: number;

  /** Messages that somebody reported. */
  @CountColumn('reported_message_count')
  reportedMessageCount!: number;

  @JsonColumn('properties')
  properties!: string;

  @TimeColumn('created_time')
  createdTime!: number;

  /** Set as soon as the channel is deleted; its messages and memberships go later. */
  @TimeColumn('deleted_time', { nullable: true })
  deletedTime!: number | null;
}
