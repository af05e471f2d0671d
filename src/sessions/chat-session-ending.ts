import { Injectable } from '@nestjs/common';
import { countInApplication } from '../applications/application-counters.js';
import { Database } from '../database/database.js';
import { EventLog } from '../events/event-log.js';

/** A chat session that has not ended. */
export interface ActiveChatSession {
  id: number;
  channel_id: number;
  user_id: number;
  user_session_id: number;
}

const COLUMNS = 'id, channel_id, user_id, user_session_id';

/** Ends chat sessions, in a unit that holds their channels. */
@Injectable()
export class ChatSessionEnding {
  constructor(
    private readonly database: Database,
    private readonly events: EventLog,
  ) {}

  activeOfUserSession(applicationId: number, userSessionId: number): Promise<ActiveChatSession[]> {
    return this.database.query<ActiveChatSession>(
      `SELECT ${COLUMNS} FROM chat_sessions WHERE application_id = ? AND user_session_id = ? AND ended_time IS NULL ORDER BY id`,
      [applicationId, userSessionId],
    );
  }

  /** Those who are no member any more have no chat sessions. Last in its unit: it counts in the application. */
  async endOfMember(applicationId: number, channelId: number, userId: number, endedTime: number): Promise<void> {
    const sessions = await this.database.query<ActiveChatSession>(
      `SELECT ${COLUMNS} FROM chat_sessions WHERE application_id = ? AND channel_id = ? AND user_id = ? AND ended_time IS NULL ORDER BY id`,
      [applicationId, channelId, userId],
    );
    await this.count(applicationId, await this.end(applicationId, sessions, endedTime));
  }

  /** Answers how many had not ended yet. They are to be counted with {@link count}. */
  async end(applicationId: number, sessions: readonly ActiveChatSession[], endedTime: number): Promise<number> {
    let ended = 0;
    for (const session of sessions) {
      const { affectedRows } = await this.database.execute(
        "UPDATE chat_sessions SET state = 'ENDED', ended_time = ? WHERE id = ? AND application_id = ? AND ended_time IS NULL",
        [endedTime, session.id, applicationId],
      );
      if (affectedRows === 0) continue;
      ended++;
      await this.events.append({
        applicationId,
        channelId: session.channel_id,
        type: 'chat_session.ended',
        subjectId: session.id,
        payload: { userId: session.user_id, userSessionId: session.user_session_id },
        createdTime: endedTime,
      });
    }
    return ended;
  }

  async count(applicationId: number, ended: number): Promise<void> {
    if (ended === 0) return;
    const { sql, parameters } = countInApplication(applicationId, 'active_chat_session_count', -ended);
    await this.database.execute(sql, parameters);
  }
}
