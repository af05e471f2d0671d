import { Injectable } from '@nestjs/common';
import { membershipsOfUser, readPosition, UNREAD_COUNT } from '../channels/read-counters.js';
import { Database } from '../database/database.js';
import { marks, rows } from '../database/sql.js';
import { isHiddenFrom, MESSAGE_COLUMNS, MessageRow, SENDER_JOIN } from '../messages/message.rows.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { CursorCollection, CursorReader } from '../pagination/cursor-reader.js';
import { CursorPage } from '../pagination/page.js';

/** A channel of a user in which something is unread, with the first of it that a page can have. */
interface UnreadChannel {
  channel_id: number;
  position: number;
  first_id: number;
}

interface Direction {
  order: 'ASC' | 'DESC';
  /** Between a message and where the page is to begin. */
  comparison: '<=' | '>';
}

const NEWEST_FIRST: Direction = { order: 'DESC', comparison: '<=' };
const OLDEST_FIRST: Direction = { order: 'ASC', comparison: '>' };

/** What a user has not read, in all channels that they are a member of. */
@Injectable()
export class UnreadMessagesRepository {
  constructor(
    private readonly database: Database,
    private readonly cursors: CursorReader,
  ) {}

  async count(applicationId: number, userId: number): Promise<number> {
    const [row] = await this.database.query<{ n: number | string | null }>(
      `SELECT SUM(${UNREAD_COUNT}) AS n FROM ${membershipsOfUser(this.database.dialect)} WHERE ms.user_id = ? AND ms.application_id = ? AND c.deleted_time IS NULL`,
      [userId, applicationId],
    );
    return Number(row!.n ?? 0);
  }

  list(applicationId: number, userId: number, query: CursorQuery): Promise<CursorPage<MessageRow>> {
    const read = (direction: Direction, id: number, count: number) =>
      this.read(applicationId, userId, direction, id, count);
    const collection: CursorCollection<MessageRow> = {
      upTo: (id, count) => read(NEWEST_FIRST, id ?? Number.MAX_SAFE_INTEGER, count),
      behind: (id, count) => read(OLDEST_FIRST, id, count),
      total: () => this.count(applicationId, userId),
    };
    return this.cursors.readFrom(collection, query);
  }

  /**
   * Channels are in no order among each other that an index has. A page of n messages is in the n channels that have the
   * first of them, and takes at most n of each.
   */
  private async read(
    applicationId: number,
    userId: number,
    direction: Direction,
    start: number,
    count: number,
  ): Promise<MessageRow[]> {
    const channels = await this.channels(applicationId, userId, direction, start, count);
    if (channels.length === 0) return [];
    const { order, comparison } = direction;
    const parts = channels.map(
      (_, index) =>
        `SELECT id FROM (SELECT m.id FROM messages m WHERE m.channel_id = ? AND m.id > ? AND m.id ${comparison} ? AND (m.user_id IS NULL OR m.user_id <> ?) AND NOT ${isHiddenFrom('?')} ORDER BY m.id ${order} LIMIT ${rows(count)}) part_${index}`,
    );
    const found = await this.database.query<{ id: number }>(
      `SELECT id FROM (${parts.join(' UNION ALL ')}) parts ORDER BY id ${order} LIMIT ${rows(count)}`,
      channels.flatMap(({ channel_id, position }) => [channel_id, position, start, userId, userId]),
    );
    const ids = found.map(({ id }) => id);
    if (ids.length === 0) return [];
    return this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m ${SENDER_JOIN} WHERE m.id IN (${marks(ids)}) AND m.application_id = ? ORDER BY m.id ${order}`,
      [...ids, applicationId],
    );
  }

  private channels(
    applicationId: number,
    userId: number,
    { order, comparison }: Direction,
    start: number,
    count: number,
  ): Promise<UnreadChannel[]> {
    const position = readPosition(this.database.dialect);
    return this.database.query<UnreadChannel>(
      `SELECT channel_id, position, first_id FROM (SELECT ms.channel_id, ${position} AS position, (SELECT m.id FROM messages m WHERE m.channel_id = ms.channel_id AND m.id > ${position} AND m.id ${comparison} ? AND (m.user_id IS NULL OR m.user_id <> ms.user_id) AND NOT ${isHiddenFrom('ms.user_id')} ORDER BY m.id ${order} LIMIT 1) AS first_id FROM ${membershipsOfUser(this.database.dialect)} WHERE ms.user_id = ? AND ms.application_id = ? AND c.deleted_time IS NULL AND ${UNREAD_COUNT} > 0) unread WHERE first_id IS NOT NULL ORDER BY first_id ${order} LIMIT ${rows(count)}`,
      [start, userId, applicationId],
    );
  }
}
