import { Entity, Index } from 'typeorm';
import {
  BooleanColumn,
  CountColumn,
  IdColumn,
  JsonColumn,
  PositionColumn,
  TextColumn,
  TimeColumn,
} from '../database/columns.js';

/** A tenant. */
@Entity('applications')
export class Application {
  @IdColumn()
  id!: number;

  /** Named by apps of end users, so it is public. */
  @Index('applications_key', { unique: true })
  @TextColumn('api_key', 64)
  key!: string;

  @TextColumn('name', 255)
  name!: string;

  @JsonColumn('properties')
  properties!: string;

  /** Guests may start sessions. */
  @BooleanColumn('guest_users')
  guestUsers!: boolean;

  /** End users may create channels. */
  @BooleanColumn('user_created_channels')
  userCreatedChannels!: boolean;

  @CountColumn('user_count')
  userCount!: number;

  @CountColumn('channel_count')
  channelCount!: number;

  /** Messages in channels that are not being deleted. */
  @CountColumn('message_count')
  messageCount!: number;

  @CountColumn('user_session_count')
  userSessionCount!: number;

  @CountColumn('active_user_session_count')
  activeUserSessionCount!: number;

  @CountColumn('chat_session_count')
  chatSessionCount!: number;

  @CountColumn('active_chat_session_count')
  activeChatSessionCount!: number;
  /** The same as the greatest of its channels has: no message up to this id is there any more. */
  @PositionColumn('cleared_message_id')
  clearedMessageId!: number;

  @TimeColumn('created_time')
  createdTime!: number;

  /** Set as soon as the application is deleted; its data goes later. */
  @TimeColumn('deleted_time', { nullable: true })
  deletedTime!: number | null;
}
