import { counting, Statement } from '../database/sql.js';

type Counter =
  | 'user_count'
  | 'channel_count'
  | 'message_count'
  | 'user_session_count'
  | 'active_user_session_count'
  | 'chat_session_count'
  | 'active_chat_session_count';

/**
 * Moves a counter of the application, in no case past `max`, if there is one: then the statement fails. Last in a unit:
 * its row is shared by everything the application writes.
 */
export function countInApplication(applicationId: number, counter: Counter, change: number, max = 0): Statement {
  if (max === 0) return counting('applications', counter, applicationId, change);
  return {
    sql: `UPDATE applications SET ${counter} = CASE WHEN ${counter} + ? <= ? THEN ${counter} + ? END WHERE id = ?`,
    parameters: [change, max, change, applicationId],
  };
}
