import { Dialect } from '../database/dialect.js';
import { Statement } from '../database/sql.js';

/*
 * What a member has not read are the messages of the channel above the member's position that somebody else sent. Nobody
 * writes that down for each member when a message is sent. It follows from what the channel counts and three columns of
 * the membership: the position, how many messages there are up to it, and how many of those above are the member's own,
 * or are hidden from them because they deleted them for themselves.
 *
 * When a channel is cleared its memberships are left alone: a position below the clearing means that nothing is left of
 * what the other two columns counted. The next statement that counts for the member puts all three right.
 */

/** The membership, as `ms`, tells of messages that have been cleared away since, of the channel `c`. */
const IS_STALE = 'ms.read_message_id < c.cleared_message_id';

/** How many messages the member `ms` of the channel `c` has not read. */
export const UNREAD_COUNT = `(c.message_count - CASE WHEN ${IS_STALE} THEN 0 ELSE ms.read_count + ms.sent_count END)`;

/** The columns as they hold now, whatever was cleared meanwhile. */
export const READ_COUNT = `CASE WHEN ${IS_STALE} THEN 0 ELSE ms.read_count END`;
export const SENT_COUNT = `CASE WHEN ${IS_STALE} THEN 0 ELSE ms.sent_count END`;
/** Messages behind this one are not read. */
export const readPosition = (dialect: Dialect): string =>
  dialect.greatest('ms.read_message_id', 'c.cleared_message_id');

/** The memberships `ms` of a user, with their channels `c`. Said so, no engine begins with the channels of everybody. */
export const membershipsOfUser = (dialect: Dialect): string =>
  `memberships ms ${dialect.readBy('memberships_user')} ${dialect.joinInOrder} channels c ${dialect.readBy('PRIMARY')} ON c.id = ms.channel_id`;

/**
 * Counts a message for the member who has just sent it, in a channel that is locked. To look up how far the channel was
 * cleared costs more than the rest: whoever knows says so.
 */
export function countSent(dialect: Dialect, channelId: number, userId: number, clearedMessageId?: number): Statement {
  const cleared = clearedMessageId === undefined ? '(SELECT cleared_message_id FROM channels WHERE id = ?)' : '?';
  const value = clearedMessageId ?? channelId;
  const isStale = `read_message_id < ${cleared}`;
  // The position last: MySQL goes by the new values of the columns before.
  return {
    sql: `UPDATE memberships SET sent_count = CASE WHEN ${isStale} THEN 1 ELSE sent_count + 1 END, read_count = CASE WHEN ${isStale} THEN 0 ELSE read_count END, read_message_id = ${dialect.greatest('read_message_id', cleared)} WHERE channel_id = ? AND user_id = ?`,
    parameters: [value, value, value, channelId, userId],
  };
}

/** No user has this id. */
const NOBODY = 0;

/** Takes a message that is there no more out of what the members of its channel, which is locked, have read and sent. */
export function countDeleted(channelId: number, messageId: number, senderId: number | null): Statement {
  const sender = senderId ?? NOBODY;
  return {
    sql: 'UPDATE memberships SET read_count = read_count - CASE WHEN read_message_id >= ? THEN 1 ELSE 0 END, history_count = history_count - CASE WHEN history_message_id >= ? THEN 1 ELSE 0 END, sent_count = sent_count - CASE WHEN read_message_id < ? AND user_id = ? THEN 1 ELSE 0 END WHERE channel_id = ? AND (read_message_id >= ? OR user_id = ?)',
    parameters: [messageId, messageId, messageId, sender, channelId, messageId, sender],
  };
}

/** The same for those who had deleted the message for themselves and would otherwise not have read it. */
export function countHiddenDeleted(channelId: number, messageId: number, senderId: number | null): Statement {
  return {
    sql: 'UPDATE memberships SET sent_count = sent_count - 1 WHERE channel_id = ? AND read_message_id < ? AND user_id <> ? AND user_id IN (SELECT hm.user_id FROM hidden_messages hm WHERE hm.message_id = ?)',
    parameters: [channelId, messageId, senderId ?? NOBODY, messageId],
  };
}
