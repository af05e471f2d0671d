import { JoinedUserRow, joinedUserColumns } from '../users/user.rows.js';

export const SESSION_STATES = ['ACTIVE', 'ENDED'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

/** A row of `user_sessions` with its user. */
export interface UserSessionRow extends JoinedUserRow {
  id: number;
  state: SessionState;
  user_agent: string | null;
  created_time: number;
  ended_time: number | null;
}

/** A row of `chat_sessions` with its user session and its user. */
export interface ChatSessionRow extends JoinedUserRow {
  id: number;
  state: SessionState;
  channel_id: number;
  created_time: number;
  ended_time: number | null;
  session_id: number;
  session_state: SessionState;
  session_user_agent: string | null;
  session_created_time: number;
  session_ended_time: number | null;
}

/** Of `user_sessions s LEFT JOIN users u`. */
export const USER_SESSION_COLUMNS = `s.id, s.state, s.user_agent, s.created_time, s.ended_time, ${joinedUserColumns('u')}`;

/** Of `chat_sessions cs LEFT JOIN user_sessions s LEFT JOIN users u`. */
export const CHAT_SESSION_COLUMNS = `cs.id, cs.state, cs.channel_id, cs.created_time, cs.ended_time, s.id AS session_id, s.state AS session_state, s.user_agent AS session_user_agent, s.created_time AS session_created_time, s.ended_time AS session_ended_time, ${joinedUserColumns('u')}`;
