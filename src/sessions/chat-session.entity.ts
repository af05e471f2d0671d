import { Entity, Index } from 'typeorm';
import { IdColumn, ReferenceColumn, TextColumn, TimeColumn } from '../database/columns.js';

/** That a user's app is inside of a channel. */
@Entity('chat_sessions')
// Lists in order of id, which is also the order of creation.
@Index('chat_sessions_application', ['applicationId', 'id'])
// Lists of those that are active, or have ended.
@Index('chat_sessions_state', ['applicationId', 'state', 'id'])
// Who is, or at some moment was, in a channel: active ones have no end, the others ended after that moment.
@Index('chat_sessions_channel', ['channelId', 'endedTime', 'userId'])
// The same for a user.
@Index('chat_sessions_user', ['userId', 'endedTime', 'channelId'])
// The chat sessions of a user session.
@Index('chat_sessions_user_session', ['userSessionId', 'endedTime'])
export class ChatSession {
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @ReferenceColumn('user_session_id')
  userSessionId!: number;

  @ReferenceColumn('user_id')
  userId!: number;

  @ReferenceColumn('channel_id')
  channelId!: number;

  /** ACTIVE or ENDED. */
  @TextColumn('state', 8)
  state!: string;

  @TimeColumn('created_time')
  createdTime!: number;

  /** Null while the session is active. */
  @TimeColumn('ended_time', { nullable: true })
  endedTime!: number | null;
}
