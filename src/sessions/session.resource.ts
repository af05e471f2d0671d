import { APPLICATION } from '../hal/links.js';
import { PageQuery } from '../pagination/page-query.js';
import { EnumField, IdField, ObjectField, TextField, TimeField } from '../resource/fields.js';
import { About, Links } from '../resource/registry.js';
import { ChatUserProperties, toUserProperties } from '../users/user.resource.js';
import { joinedUser } from '../users/user.rows.js';
import type { ChatSessionRow, SessionState, UserSessionRow } from './session.rows.js';
import { SESSION_STATES } from './session.rows.js';

/** A user session, as it stands inside other resources. */
export class ChatUserSessionProperties {
  @IdField({ description: '64-bit integer identifier associated with this resource' })
  id!: number;

  @EnumField({ description: 'State of this session', values: SESSION_STATES, enumName: 'SessionState' })
  state!: SessionState;

  @ObjectField({ description: 'The user who is connected', type: () => ChatUserProperties })
  user!: ChatUserProperties;

  @TextField({ description: 'User agent used to start this session', max: 255, optional: true })
  userAgent?: string;

  @TimeField({ description: 'Time this session was created' })
  createdTime!: number;

  @TimeField({ description: 'Time this session ended. Present if state is ENDED', optional: true })
  endTime?: number;
}

/** A connection of a user's app. */
@Links({ self: '/user-sessions/{id}', user: '/users/{userId}', application: APPLICATION })
export class ChatUserSessionResource extends ChatUserSessionProperties {
  /** For the link to the user. */
  userId!: number;
}

/** That a user's app is inside of a channel. */
@Links({ session: '/user-sessions/{sessionId}', channel: '/channels/{channelId}', application: APPLICATION })
export class ChatSessionResource {
  @IdField({ description: '64-bit integer identifier associated with this resource' })
  id!: number;

  @EnumField({ description: 'State of this session', values: SESSION_STATES, enumName: 'SessionState' })
  state!: SessionState;

  @ObjectField({ description: 'The connection that this session is part of', type: () => ChatUserSessionProperties })
  session!: ChatUserSessionProperties;

  @TimeField({ description: 'Time this session was created' })
  createdTime!: number;

  @TimeField({ description: 'Time this session ended. Present if state is ENDED', optional: true })
  endTime?: number;

  /** For the links. */
  sessionId!: number;
  channelId!: number;
}

/** What lists of sessions can be asked for. */
@About('Session')
export class ListSessionsQuery extends PageQuery {
  @EnumField({ description: 'Filters by state', values: SESSION_STATES, optional: true, enumName: 'SessionState' })
  state?: SessionState;
}

export function toUserSessionResource(session: UserSessionRow): ChatUserSessionResource {
  const user = toUserProperties(joinedUser(session)!);
  return {
    id: session.id,
    state: session.state,
    user,
    ...(session.user_agent !== null && { userAgent: session.user_agent }),
    createdTime: session.created_time,
    ...(session.ended_time !== null && { endTime: session.ended_time }),
    userId: user.id,
  };
}

export function toChatSessionResource(session: ChatSessionRow): ChatSessionResource {
  return {
    id: session.id,
    state: session.state,
    session: toUserSessionResource({
      ...session,
      id: session.session_id,
      state: session.session_state,
      user_agent: session.session_user_agent,
      created_time: session.session_created_time,
      ended_time: session.session_ended_time,
    }),
    createdTime: session.created_time,
    ...(session.ended_time !== null && { endTime: session.ended_time }),
    sessionId: session.session_id,
    channelId: session.channel_id,
  };
}
