import { Statement } from '../database/sql.js';

/** Takes a reaction away, to a message whose channel is held, and out of every count. */
export const removalOfReaction = (id: number, messageId: number, emoji: string): Statement[] => [
  { sql: 'DELETE FROM reactions WHERE id = ?', parameters: [id] },
  {
    sql: 'UPDATE reaction_counts SET reaction_count = reaction_count - 1 WHERE message_id = ? AND emoji = ?',
    parameters: [messageId, emoji],
  },
  {
    sql: 'DELETE FROM reaction_counts WHERE message_id = ? AND emoji = ? AND reaction_count = 0',
    parameters: [messageId, emoji],
  },
  { sql: 'UPDATE messages SET reaction_count = reaction_count - 1 WHERE id = ?', parameters: [messageId] },
];
