import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, rows } from '../database/sql.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { CursorReader } from '../pagination/cursor-reader.js';
import { CursorPage } from '../pagination/page.js';
import { NOTIFICATIONS_READER } from './notification-feed.js';
import { NOTIFICATION_COLUMNS, NotificationRow, VISIBLE } from './notification.rows.js';

/** Notifications of one user. */
export interface NotificationCounts {
  total: number;
  unread: number;
}

/** How far behind the reader of the log may be for totals to be exact at any moment. */
const LAG_MAX = 1_000;

@Injectable()
export class NotificationsRepository {
  constructor(
    private readonly database: Database,
    private readonly cursors: CursorReader,
  ) {}

  listOfUser(
    applicationId: number,
    userId: number,
    total: number,
    query: CursorQuery,
  ): Promise<CursorPage<NotificationRow>> {
    return this.cursors.read<NotificationRow>(
      {
        columns: NOTIFICATION_COLUMNS,
        from: `notifications n ${this.database.dialect.readBy('notifications_user')} ${VISIBLE}`,
        where: [{ sql: 'n.user_id = ? AND n.application_id = ?', parameters: [userId, applicationId] }],
        id: 'n.id',
        total,
      },
      query,
    );
  }

  /** Those of these that there still are, by whomever they were received; in the order of their ids. */
  findByIds(applicationId: number, ids: readonly number[]): Promise<NotificationRow[]> {
    if (ids.length === 0) return Promise.resolve([]);
    return this.database.query<NotificationRow>(
      `SELECT ${NOTIFICATION_COLUMNS} FROM notifications n ${VISIBLE} WHERE n.id IN (${marks(ids)}) AND n.application_id = ? ORDER BY n.id`,
      [...ids, applicationId],
    );
  }

  /**
   * From the kept counts, without those whose message is deleted but whose event has not been read yet. Undefined when
   * there is no such user.
   */
  async countsOfUser(applicationId: number, userId: number): Promise<NotificationCounts | undefined> {
    const [row] = await this.database.query<Record<'total' | 'unread' | 'gone' | 'gone_unread', number | null>>(
      `SELECT k.total, k.unread, g.gone, g.gone_unread FROM users u LEFT JOIN notification_counts k ON k.user_id = u.id CROSS JOIN (
        SELECT COUNT(*) AS gone, SUM(CASE WHEN n.read_time IS NULL THEN 1 ELSE 0 END) AS gone_unread FROM (
          SELECT channel_id, subject_id, type FROM events WHERE id > (SELECT position FROM event_positions WHERE subscriber = ?) ORDER BY id LIMIT ${rows(LAG_MAX)}
        ) e JOIN notifications n ON n.channel_id = e.channel_id AND n.message_id = e.subject_id AND n.user_id = ? WHERE e.type = 'message.deleted'
      ) g WHERE u.id = ? AND u.application_id = ? AND u.deleted_time IS NULL`,
      [NOTIFICATIONS_READER, userId, userId, applicationId],
    );
    if (!row) return undefined;
    return {
      total: (row.total ?? 0) - Number(row.gone ?? 0),
      unread: (row.unread ?? 0) - Number(row.gone_unread ?? 0),
    };
  }

  async exists(applicationId: number, userId: number, id: number): Promise<boolean> {
    const found = await this.database.query(
      'SELECT 1 FROM notifications WHERE id = ? AND user_id = ? AND application_id = ?',
      [id, userId, applicationId],
    );
    return found.length > 0;
  }

  /** The newest that are unread, up to this id. */
  async unreadOf(applicationId: number, userId: number, upTo: number, count: number): Promise<number[]> {
    const found = await this.database.query<{ id: number }>(
      `SELECT id FROM notifications ${this.database.dialect.readBy('notifications_user')} WHERE user_id = ? AND application_id = ? AND id <= ? AND read_time IS NULL ORDER BY id DESC LIMIT ${rows(count)}`,
      [userId, applicationId, upTo],
    );
    return found.map(({ id }) => id);
  }

  /** Marks those of these that are unread, and counts them; answers how many they were. */
  async markRead(applicationId: number, userId: number, ids: readonly number[], readTime: number): Promise<number> {
    const { affectedRows } = await this.database.execute(
      `UPDATE notifications SET read_time = ? WHERE id IN (${marks(ids)}) AND user_id = ? AND application_id = ? AND read_time IS NULL`,
      [readTime, ...ids, userId, applicationId],
    );
    if (affectedRows > 0)
      await this.database.execute(
        'UPDATE notification_counts SET unread = unread - ? WHERE user_id = ? AND application_id = ?',
        [affectedRows, userId, applicationId],
      );
    return affectedRows;
  }
}
