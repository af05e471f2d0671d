import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Condition, marks, rows } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { counting } from './notification-counting.js';

const PORTION = 1_000;

interface RemovedRow {
  id: number;
  application_id: number;
  user_id: number;
  read_time: number | null;
}

/** Takes notifications away, with their counts, in portions: each method answers whether there may be more. */
@Injectable()
export class NotificationRemoval {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  ofMessage(applicationId: number, channelId: number, messageId: number): Promise<boolean> {
    return this.remove({
      sql: 'n.channel_id = ? AND n.message_id = ? AND n.application_id = ?',
      parameters: [channelId, messageId, applicationId],
    });
  }

  ofChannel(applicationId: number, channelId: number): Promise<boolean> {
    return this.remove({
      sql: 'n.channel_id = ? AND n.application_id = ?',
      parameters: [channelId, applicationId],
    });
  }

  /** Those of all messages of the application up to this one. */
  async upToMessage(applicationId: number, messageId: number): Promise<boolean> {
    const found = await this.database.query<{ id: number }>(
      `SELECT n.id FROM channels c JOIN notifications n ON n.channel_id = c.id AND n.message_id <= ? WHERE c.application_id = ? LIMIT ${rows(PORTION)}`,
      [messageId, applicationId],
    );
    if (found.length === 0) return false;
    const ids = found.map(({ id }) => id);
    await this.remove({ sql: `n.id IN (${marks(ids)})`, parameters: ids });
    return true;
  }

  async ofUser(applicationId: number, userId: number): Promise<boolean> {
    const isMore = await this.remove({
      sql: 'n.user_id = ? AND n.application_id = ?',
      parameters: [userId, applicationId],
    });
    if (!isMore)
      await this.database.execute(
        'DELETE FROM notification_counts WHERE user_id = ? AND application_id = ? AND total = 0',
        [userId, applicationId],
      );
    return isMore;
  }

  /** The oldest of all applications, if they are from before this time. */
  async olderThan(time: number): Promise<boolean> {
    const oldest = await this.database.query<{ id: number; created_time: number }>(
      `SELECT id, created_time FROM notifications ORDER BY id LIMIT ${rows(PORTION)}`,
    );
    // Ids are in the order of time, but for clocks of processes that are not quite the same.
    const last = oldest.filter(({ created_time }) => created_time < time).at(-1);
    if (!last) return false;
    return this.remove({ sql: 'n.id <= ?', parameters: [last.id] });
  }

  private remove({ sql, parameters }: Condition): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      const found = await this.database.query<RemovedRow>(
        `SELECT n.id, n.application_id, n.user_id, n.read_time FROM notifications n WHERE ${sql} LIMIT ${rows(PORTION)} ${this.database.dialect.forUpdate}`,
        parameters,
      );
      if (found.length === 0) return false;
      const ids = found.map(({ id }) => id);
      await this.database.execute(`DELETE FROM notifications WHERE id IN (${marks(ids)})`, ids);
      const changes = found.map((row) => ({
        applicationId: row.application_id,
        userId: row.user_id,
        total: -1,
        unread: row.read_time === null ? -1 : 0,
      }));
      await this.unitOfWork.batch(counting(changes, this.database.dialect));
      return found.length === PORTION;
    });
  }
}
