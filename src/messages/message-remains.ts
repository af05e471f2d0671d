import { marks, Statement } from '../database/sql.js';

/** What is kept about messages. It goes with them; what is counted of it elsewhere is not its concern. */
const REMAINS = {
  reports: ['message_reports'],
  reactions: ['reactions', 'reaction_counts'],
  hidden: ['hidden_messages'],
} as const;
type Kind = keyof typeof REMAINS;

/** Deletes it, unless only some kinds are asked for. */
export const withoutMessages = (
  ids: readonly number[],
  kinds: readonly Kind[] = ['reports', 'reactions', 'hidden'],
): Statement[] =>
  kinds
    .flatMap((kind) => REMAINS[kind])
    .map((table) => ({ sql: `DELETE FROM ${table} WHERE message_id IN (${marks(ids)})`, parameters: [...ids] }));
