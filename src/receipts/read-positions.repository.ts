import { Injectable } from '@nestjs/common';
import { ChannelRow } from '../channels/channel.rows.js';
import { READ_COUNT, readPosition, SENT_COUNT } from '../channels/read-counters.js';
import { Database } from '../database/database.js';
import { rows } from '../database/sql.js';
import { forkNode } from './fork-node.js';

/** A member's place in a channel, and what is counted from there. See read-counters.ts. */
export interface ReadPositionRow {
  read_message_id: number;
  read_count: number;
  sent_count: number;
  /** What the member has cleared away for themselves is never unread. */
  history_message_id: number;
}

/** Messages of a part of a channel. */
export interface MessageCounts {
  all: number;
  /** Those that the member does not have to read: their own, and those they deleted for themselves. */
  own: number;
}

@Injectable()
export class ReadPositionsRepository {
  constructor(private readonly database: Database) {}

  /** Of a member who is still a user, in a channel that has been found to be there. */
  async find(applicationId: number, channelId: number, userId: number): Promise<ReadPositionRow | undefined> {
    const [row] = await this.database.query<ReadPositionRow>(
      `SELECT ${readPosition(this.database.dialect)} AS read_message_id, ${READ_COUNT} AS read_count, ${SENT_COUNT} AS sent_count, ms.history_message_id FROM memberships ms JOIN channels c ON c.id = ms.channel_id JOIN users u ON u.id = ms.user_id WHERE ms.channel_id = ? AND ms.user_id = ? AND ms.application_id = ? AND u.deleted_time IS NULL`,
      [channelId, userId, applicationId],
    );
    return row;
  }

  async hasMessage({ id, cleared_message_id }: ChannelRow, messageId: number): Promise<boolean> {
    if (messageId <= cleared_message_id) return false;
    const found = await this.database.query('SELECT 1 FROM messages WHERE id = ? AND channel_id = ?', [messageId, id]);
    return found.length > 0;
  }

  /** Behind one message, up to and with the other. */
  async countBetween(channelId: number, userId: number, from: number, to: number): Promise<MessageCounts> {
    const [row] = await this.database.query<{ n: number; own: number | string | null }>(
      'SELECT COUNT(*) AS n, SUM(CASE WHEN m.user_id = ? OR EXISTS (SELECT 1 FROM hidden_messages hm WHERE hm.user_id = ? AND hm.channel_id = m.channel_id AND hm.message_id = m.id) THEN 1 ELSE 0 END) AS own FROM messages m WHERE m.channel_id = ? AND m.id > ? AND m.id <= ?',
      [userId, userId, channelId, from, to],
    );
    return { all: Number(row!.n), own: Number(row!.own ?? 0) };
  }

  /** Those of others behind one message, up to and with the other: at most so many of the newest, in their order. */
  async ofOthersBetween(channelId: number, userId: number, from: number, to: number, count: number): Promise<number[]> {
    const found = await this.database.query<{ id: number }>(
      `SELECT id FROM messages WHERE channel_id = ? AND id > ? AND id <= ? AND (user_id IS NULL OR user_id <> ?) ORDER BY id DESC LIMIT ${rows(count)}`,
      [channelId, from, to, userId],
    );
    return found.map(({ id }) => id).reverse();
  }

  async store(applicationId: number, channelId: number, userId: number, position: ReadPositionRow): Promise<void> {
    const { read_message_id, read_count, sent_count } = position;
    await this.database.execute(
      'UPDATE memberships SET read_message_id = ?, read_count = ?, sent_count = ? WHERE channel_id = ? AND user_id = ? AND application_id = ?',
      [read_message_id, read_count, sent_count, channelId, userId, applicationId],
    );
  }

  /** The last message of a part of the channel; undefined when there is none. */
  async lastBetween(channelId: number, from: number, to: number): Promise<number | undefined> {
    const [row] = await this.database.query<{ id: number }>(
      'SELECT id FROM messages WHERE channel_id = ? AND id > ? AND id <= ? ORDER BY id DESC LIMIT 1',
      [channelId, from, to],
    );
    return row?.id;
  }

  /** Takes back that a member read what is behind a message. What was read up to there remains so. */
  async unmark(channelId: number, userId: number, position: number): Promise<void> {
    const found = await this.database.query<{
      to_message_id: number;
      from_message_id: number;
      created_time: number;
      application_id: number;
    }>(
      `SELECT to_message_id, from_message_id, created_time, application_id FROM read_marks ${this.database.dialect.readBy('read_marks_user')} WHERE user_id = ? AND channel_id = ? AND to_message_id > ?`,
      [userId, channelId, position],
    );
    await this.database.execute('DELETE FROM read_marks WHERE user_id = ? AND channel_id = ? AND to_message_id > ?', [
      userId,
      channelId,
      position,
    ]);
    for (const { from_message_id: from, application_id, created_time: createdTime } of found)
      if (from < position) await this.mark(application_id, channelId, userId, { from, to: position, createdTime });
  }

  async mark(
    applicationId: number,
    channelId: number,
    userId: number,
    { from, to, createdTime }: { from: number; to: number; createdTime: number },
  ): Promise<void> {
    await this.database.execute(
      'INSERT INTO read_marks (channel_id, node, to_message_id, user_id, from_message_id, application_id, created_time) VALUES (?, ?, ?, ?, ?, ?, ?)',
      [channelId, forkNode(from, to), to, userId, from, applicationId, createdTime],
    );
  }
}
