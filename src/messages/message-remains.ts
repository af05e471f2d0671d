import { marks, Statement } from '../database/sql.js';

/** What is kept about messages. It goes with them; what is counted of it elsewhere is not its concern. */
const TABLES = ['message_reports', 'reactions', 'reaction_counts', 'hidden_messages'];

export const withoutMessages = (ids: readonly number[]): Statement[] =>
  TABLES.map((table) => ({ sql: `DELETE FROM ${table} WHERE message_id IN (${marks(ids)})`, parameters: [...ids] }));
