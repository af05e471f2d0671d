import { Injectable } from '@nestjs/common';
import { countInApplication } from '../applications/application-counters.js';
import { ChannelAccess } from '../channels/channel-access.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError, ResourceNotFoundError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { UsersRepository } from '../users/users.repository.js';
import { UserRow } from '../users/user.rows.js';
import { UNAVAILABLE } from '../users/users.service.js';
import { ChatSessionEnding } from './chat-session-ending.js';
import { ProcessLease } from './process-lease.js';
import { ChatSessionRow, SessionState, UserSessionRow } from './session.rows.js';
import { SessionsRepository } from './sessions.repository.js';

/** Chat sessions that a user session may have at a time. */
export const CHAT_SESSIONS_MAX = 10;
export const USER_AGENT_MAX = 255;
/** Presence of a user who has come online. */
export const AVAILABLE = 'AVAILABLE';

/** Who is connected, and which channels they are in. Whatever holds the connections of users begins and ends these. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly ending: ChatSessionEnding,
    private readonly lease: ProcessLease,
    private readonly access: ChannelAccess,
    private readonly users: UsersRepository,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  /** Begins a session of a connection that this process holds. The user is online from now on. */
  async startUserSession(applicationId: number, userId: number, userAgent?: string): Promise<UserSessionRow> {
    const processId = await this.lease.id();
    return this.unitOfWork.run(async () => {
      if (!(await this.users.findForUpdate(applicationId, userId))) throw new ResourceNotFoundError();
      const createdTime = Date.now();
      const agent = userAgent?.slice(0, USER_AGENT_MAX) ?? null;
      const id = await this.sessions.insertUserSession(applicationId, {
        userId,
        userAgent: agent,
        processId,
        createdTime,
      });
      await this.events.append({
        applicationId,
        type: 'user_session.started',
        subjectId: id,
        payload: { userId, userAgent: agent },
        createdTime,
      });
      await this.changePresence(applicationId, userId, true, createdTime);
      await this.count(applicationId, ['user_session_count', 'active_user_session_count'], 1);
      return this.retrieveUserSession(applicationId, id);
    });
  }

  /** Ends a session with its chat sessions; the user is offline if it was the last. One that has ended stays as it is. */
  endUserSession(applicationId: number, id: number): Promise<UserSessionRow> {
    return this.unitOfWork.run(async () => {
      const session = await this.sessions.findUserSession(applicationId, id);
      if (!session) throw new ResourceNotFoundError();
      const userId = session.user_id!;
      const inside = await this.ending.activeOfUserSession(applicationId, id);
      await this.sessions.lockChannels(
        applicationId,
        inside.map(({ channel_id }) => channel_id),
      );
      await this.sessions.lockUser(applicationId, userId);
      const endedTime = Date.now();
      if (!(await this.sessions.endUserSession(applicationId, id, endedTime))) return session;
      // None begins any more. The channel of one that has just begun is held now.
      const active = await this.ending.activeOfUserSession(applicationId, id);
      await this.sessions.lockChannels(
        applicationId,
        active.map(({ channel_id }) => channel_id),
      );
      const ended = await this.ending.end(applicationId, active, endedTime);
      await this.events.append({
        applicationId,
        type: 'user_session.ended',
        subjectId: id,
        payload: { userId },
        createdTime: endedTime,
      });
      if (!(await this.sessions.hasActiveSession(applicationId, userId)))
        await this.changePresence(applicationId, userId, false, endedTime);
      await this.ending.count(applicationId, ended);
      await this.count(applicationId, ['active_user_session_count'], -1);
      return { ...session, ...(await this.sessions.findUserSession(applicationId, id)) };
    });
  }

  /** Begins a session of a member in a channel. The same app may have several in one. */
  startChatSession(applicationId: number, userSessionId: number, channelId: number): Promise<ChatSessionRow> {
    return this.unitOfWork.run(async () => {
      const session = await this.sessions.findUserSession(applicationId, userSessionId);
      if (!session) throw new ResourceNotFoundError();
      const userId = session.user_id!;
      await this.access.retrieveForUpdate(applicationId, channelId);
      await this.access.requireMember(channelId, userId, 'ChatSession');
      if (!(await this.sessions.lockActive(applicationId, userSessionId)))
        throw ClientError.of('ChatSession', 'session', 'unprocessable', 'has ended');
      if ((await this.sessions.countActiveChatSessions(userSessionId)) >= CHAT_SESSIONS_MAX)
        throw ClientError.of(
          'ChatSession',
          'session',
          'unprocessable',
          `has ${CHAT_SESSIONS_MAX} active chat sessions, which is as many as there may be`,
        );
      const createdTime = Date.now();
      const id = await this.sessions.insertChatSession(applicationId, {
        userSessionId,
        userId,
        channelId,
        createdTime,
      });
      await this.events.append({
        applicationId,
        channelId,
        type: 'chat_session.started',
        subjectId: id,
        payload: { userId, userSessionId },
        createdTime,
      });
      await this.count(applicationId, ['chat_session_count', 'active_chat_session_count'], 1);
      return this.retrieveChatSession(applicationId, id);
    });
  }

  /** One that has ended stays as it is. */
  endChatSession(applicationId: number, id: number): Promise<ChatSessionRow> {
    return this.unitOfWork.run(async () => {
      const session = await this.retrieveChatSession(applicationId, id);
      const { channel_id, user_id, session_id } = session;
      await this.sessions.lockChannels(applicationId, [channel_id]);
      const active = { id, channel_id, user_id: user_id!, user_session_id: session_id };
      const ended = await this.ending.end(applicationId, [active], Date.now());
      await this.ending.count(applicationId, ended);
      return this.retrieveChatSession(applicationId, id);
    });
  }

  /** The ids of the sessions that a user has in a channel now. */
  activeChatSessions(applicationId: number, channelId: number, userId: number): Promise<number[]> {
    return this.sessions.activeChatSessions(applicationId, channelId, userId);
  }

  async retrieveUserSession(applicationId: number, id: number): Promise<UserSessionRow> {
    const session = await this.sessions.findUserSession(applicationId, id);
    if (!session || session.user_name === null) throw new ResourceNotFoundError();
    return session;
  }

  listUserSessions(
    applicationId: number,
    state: SessionState | undefined,
    query: PageQuery,
  ): Promise<Page<UserSessionRow>> {
    return this.sessions.listUserSessions(applicationId, state, query);
  }

  listChatSessions(
    applicationId: number,
    state: SessionState | undefined,
    query: PageQuery,
  ): Promise<Page<ChatSessionRow>> {
    return this.sessions.listChatSessions(applicationId, state, query);
  }

  /** The members who have an active chat session in a channel. */
  async listParticipants(applicationId: number, channelId: number, query: PageQuery): Promise<Page<UserRow>> {
    await this.access.retrieve(applicationId, channelId);
    return this.sessions.listParticipants(applicationId, channelId, query);
  }

  private async retrieveChatSession(applicationId: number, id: number): Promise<ChatSessionRow> {
    const session = await this.sessions.findChatSession(applicationId, id);
    if (!session) throw new ResourceNotFoundError();
    return session;
  }

  private async changePresence(
    applicationId: number,
    userId: number,
    online: boolean,
    createdTime: number,
  ): Promise<void> {
    const status = online ? AVAILABLE : UNAVAILABLE;
    if (await this.sessions.changePresence(applicationId, userId, online, status))
      await this.events.append({
        applicationId,
        type: 'user.presence_changed',
        subjectId: userId,
        payload: { online, status },
        createdTime,
      });
  }

  private async count(
    applicationId: number,
    counters: readonly Parameters<typeof countInApplication>[1][],
    change: number,
  ): Promise<void> {
    for (const counter of counters) {
      const { sql, parameters } = countInApplication(applicationId, counter, change);
      await this.database.execute(sql, parameters);
    }
  }
}
