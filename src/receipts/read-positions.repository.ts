import { Injectable } from '@nestjs/common';
import { ChannelRow } from '../channels/channel.rows.js';
import { READ_COUNT, readPosition, SENT_COUNT } from '../channels/read-counters.js';
import { Database } from '../database/database.js';
import { forkNode } from './fork-node.js';

/** A member's place in a channel, and what is counted from there. See read-counters.ts. */
export interface ReadPositionRow {
  read_message_id: number;
  read_count: number;
  sent_count: number;
}

/** Messages of a part of a channel. */
export interface MessageCounts {
  all: number;
  /** Those of the member. */
  own: number;
}

@Injectable()
export class ReadPositionsRepository {
  constructor(private readonly database: Database) {}

  /** Of a member who is still a user, in a channel that has been found to be there. */
  async find(applicationId: number, channelId: number, userId: number): Promise<ReadPositionRow | undefined> {
    const [row] = await this.database.query<ReadPositionRow>(
      `SELECT ${readPosition(this.database.dialect)} AS read_message_id, ${READ_COUNT} AS read_count, ${SENT_COUNT} AS sent_count FROM memberships ms JOIN channels c ON c.id = ms.channel_id JOIN users u ON u.id = ms.user_id WHERE ms.channel_id = ? AND ms.user_id = ? AND ms.application_id = ? AND u.deleted_time IS NULL`,
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
      'SELECT COUNT(*) AS n, SUM(CASE WHEN user_id = ? THEN 1 ELSE 0 END) AS own FROM messages WHERE channel_id = ? AND id > ? AND id <= ?',
      [userId, channelId, from, to],
    );
    return { all: Number(row!.n), own: Number(row!.own ?? 0) };
  }

  async store(applicationId: number, channelId: number, userId: number, position: ReadPositionRow): Promise<void> {
    const { read_message_id, read_count, sent_count } = position;
    await this.database.execute(
      'UPDATE memberships SET read_message_id = ?, read_count = ?, sent_count = ? WHERE channel_id = ? AND user_id = ? AND application_id = ?',
      [read_message_id, read_count, sent_count, channelId, userId, applicationId],
    );
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
