import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, rows } from '../database/sql.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader } from '../pagination/page-reader.js';
import { UserRow, userColumns } from '../users/user.rows.js';
import {
  CHAT_SESSION_COLUMNS,
  ChatSessionRow,
  SessionState,
  USER_SESSION_COLUMNS,
  UserSessionRow,
} from './session.rows.js';

export interface NewUserSession {
  userId: number;
  userAgent: string | null;
  processId: string;
  createdTime: number;
}

export interface NewChatSession {
  userSessionId: number;
  userId: number;
  channelId: number;
  createdTime: number;
}

type Kept = 'user_session_count' | 'chat_session_count';

const CHAT_SESSION_JOINS =
  'LEFT JOIN user_sessions s ON s.id = cs.user_session_id LEFT JOIN users u ON u.id = cs.user_id';

@Injectable()
export class SessionsRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  async insertUserSession(applicationId: number, session: NewUserSession): Promise<number> {
    const { insertId } = await this.database.execute(
      "INSERT INTO user_sessions (application_id, user_id, state, user_agent, process_id, created_time) VALUES (?, ?, 'ACTIVE', ?, ?, ?)",
      [applicationId, session.userId, session.userAgent, session.processId, session.createdTime],
    );
    return insertId;
  }

  async insertChatSession(applicationId: number, session: NewChatSession): Promise<number> {
    const { insertId } = await this.database.execute(
      "INSERT INTO chat_sessions (application_id, user_session_id, user_id, channel_id, state, created_time) VALUES (?, ?, ?, ?, 'ACTIVE', ?)",
      [applicationId, session.userSessionId, session.userId, session.channelId, session.createdTime],
    );
    return insertId;
  }

  /** Also of a user who has been deleted meanwhile: such sessions have to end too. */
  async findUserSession(applicationId: number, id: number): Promise<UserSessionRow | undefined> {
    const [row] = await this.database.query<UserSessionRow>(
      `SELECT ${USER_SESSION_COLUMNS} FROM user_sessions s LEFT JOIN users u ON u.id = s.user_id WHERE s.id = ? AND s.application_id = ?`,
      [id, applicationId],
    );
    return row;
  }

  async findChatSession(applicationId: number, id: number): Promise<ChatSessionRow | undefined> {
    const [row] = await this.database.query<ChatSessionRow>(
      `SELECT ${CHAT_SESSION_COLUMNS} FROM chat_sessions cs ${CHAT_SESSION_JOINS} WHERE cs.id = ? AND cs.application_id = ?`,
      [id, applicationId],
    );
    return row;
  }

  /** Holds a user session until the open unit ends; true if it is active. */
  async lockActive(applicationId: number, id: number): Promise<boolean> {
    const found = await this.database.query<{ ended_time: number | null }>(
      `SELECT ended_time FROM user_sessions WHERE id = ? AND application_id = ? ${this.database.dialect.forUpdate}`,
      [id, applicationId],
    );
    return found[0]?.ended_time === null;
  }

  async countActiveChatSessions(userSessionId: number): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      'SELECT COUNT(*) AS n FROM chat_sessions WHERE user_session_id = ? AND ended_time IS NULL',
      [userSessionId],
    );
    return Number(row!.n);
  }

  /** True if it had not ended yet. */
  async endUserSession(applicationId: number, id: number, endedTime: number): Promise<boolean> {
    const { affectedRows } = await this.database.execute(
      "UPDATE user_sessions SET state = 'ENDED', ended_time = ? WHERE id = ? AND application_id = ? AND ended_time IS NULL",
      [endedTime, id, applicationId],
    );
    return affectedRows > 0;
  }

  async hasActiveSession(applicationId: number, userId: number): Promise<boolean> {
    const found = await this.database.query(
      'SELECT 1 FROM user_sessions WHERE user_id = ? AND application_id = ? AND ended_time IS NULL LIMIT 1',
      [userId, applicationId],
    );
    return found.length > 0;
  }

  /** Holds channels, deleted ones too, in the order in which everybody locks them. */
  async lockChannels(applicationId: number, channelIds: readonly number[]): Promise<void> {
    if (channelIds.length === 0) return;
    await this.database.query(
      `SELECT id FROM channels WHERE application_id = ? AND id IN (${marks(channelIds)}) ORDER BY id ${this.database.dialect.forUpdate}`,
      [applicationId, ...channelIds],
    );
  }

  /** Holds a user, or what is left of one. */
  async lockUser(applicationId: number, userId: number): Promise<void> {
    await this.database.query(
      `SELECT id FROM users WHERE id = ? AND application_id = ? ${this.database.dialect.forUpdate}`,
      [userId, applicationId],
    );
  }

  /** True if the presence was not that one before. What a tenant says of a user who is there already stays. */
  async changePresence(applicationId: number, userId: number, online: boolean, status: string): Promise<boolean> {
    const { affectedRows } = await this.database.execute(
      'UPDATE users SET presence_online = ?, presence_status = ? WHERE id = ? AND application_id = ? AND deleted_time IS NULL AND presence_online <> ?',
      [online ? 1 : 0, status, userId, applicationId, online ? 1 : 0],
    );
    return affectedRows > 0;
  }

  listUserSessions(
    applicationId: number,
    state: SessionState | undefined,
    query: PageQuery,
  ): Promise<Page<UserSessionRow>> {
    const index = state ? 'user_sessions_state' : 'user_sessions_application';
    return this.pages.read<UserSessionRow>(
      {
        columns: USER_SESSION_COLUMNS,
        // Joined from the left, so that no engine begins with the users.
        from: `user_sessions s ${this.database.dialect.readBy(index)} LEFT JOIN users u ON u.id = s.user_id`,
        where: [
          { sql: 's.application_id = ? AND u.deleted_time IS NULL', parameters: [applicationId] },
          ...(state ? [{ sql: 's.state = ?', parameters: [state] }] : []),
        ],
        sortable: { id: { column: 's.id' }, createdTime: { column: 's.id' } },
        key: 's.id',
        total: () => this.total(applicationId, 'user_session_count', state),
      },
      query,
    );
  }

  listChatSessions(
    applicationId: number,
    state: SessionState | undefined,
    query: PageQuery,
  ): Promise<Page<ChatSessionRow>> {
    const index = state ? 'chat_sessions_state' : 'chat_sessions_application';
    return this.pages.read<ChatSessionRow>(
      {
        columns: CHAT_SESSION_COLUMNS,
        from: `chat_sessions cs ${this.database.dialect.readBy(index)} ${CHAT_SESSION_JOINS}`,
        where: [
          { sql: 'cs.application_id = ? AND u.deleted_time IS NULL', parameters: [applicationId] },
          ...(state ? [{ sql: 'cs.state = ?', parameters: [state] }] : []),
        ],
        sortable: { id: { column: 'cs.id' }, createdTime: { column: 'cs.id' } },
        key: 'cs.id',
        total: () => this.total(applicationId, 'chat_session_count', state),
      },
      query,
    );
  }

  /** The members with an active chat session in a channel, each once however many sessions they have. */
  listParticipants(applicationId: number, channelId: number, query: PageQuery): Promise<Page<UserRow>> {
    return this.pages.read<UserRow>(
      {
        columns: userColumns('u'),
        from: `chat_sessions cs ${this.database.dialect.readBy('chat_sessions_channel')} LEFT JOIN users u ON u.id = cs.user_id LEFT JOIN memberships ms ON ms.channel_id = cs.channel_id AND ms.user_id = cs.user_id`,
        where: [
          {
            sql: 'cs.channel_id = ? AND cs.application_id = ? AND cs.ended_time IS NULL AND u.deleted_time IS NULL AND ms.user_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chat_sessions o WHERE o.channel_id = cs.channel_id AND o.ended_time IS NULL AND o.user_id = cs.user_id AND o.id < cs.id)',
            parameters: [channelId, applicationId],
          },
        ],
        sortable: {
          id: { column: 'cs.user_id' },
          name: { column: 'u.name' },
          displayName: { column: 'u.display_name' },
          createdTime: { column: 'cs.user_id' },
        },
        key: 'cs.user_id',
      },
      query,
    );
  }

  async activeChatSessions(applicationId: number, channelId: number, userId: number): Promise<number[]> {
    const found = await this.database.query<{ id: number }>(
      `SELECT id FROM chat_sessions ${this.database.dialect.readBy('chat_sessions_channel')} WHERE channel_id = ? AND ended_time IS NULL AND user_id = ? AND application_id = ?`,
      [channelId, userId, applicationId],
    );
    return found.map(({ id }) => id);
  }

  /** Some active sessions of a process. */
  activeOfProcess(processId: string, count: number): Promise<{ id: number; application_id: number }[]> {
    return this.database.query(
      `SELECT id, application_id FROM user_sessions WHERE process_id = ? AND ended_time IS NULL LIMIT ${rows(count)}`,
      [processId],
    );
  }

  private async total(applicationId: number, counter: Kept, state: SessionState | undefined): Promise<number> {
    const active = `active_${counter}`;
    const kept = { ACTIVE: active, ENDED: `${counter} - ${active}`, ALL: counter }[state ?? 'ALL'];
    const [row] = await this.database.query<{ n: number }>(`SELECT ${kept} AS n FROM applications WHERE id = ?`, [
      applicationId,
    ]);
    return Number(row?.n ?? 0);
  }
}
