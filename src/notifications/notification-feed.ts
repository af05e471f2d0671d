import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/database.js';
import { rows, Statement } from '../database/sql.js';
import { EventBell } from '../events/event-bell.js';
import { UnitOfWork } from '../database/unit-of-work.js';

/** The name under which notifications are made from the log of events. Never to be changed. */
export const NOTIFICATIONS_READER = 'notifications';

/** A notification that is there, for whoever passes it on to its recipient. */
export interface CreatedNotification {
  id: number;
  applicationId: number;
  userId: number;
}

/**
 * How others learn of new notifications as they come. There is no domain event for each: the log would hold a message
 * as often as its channel has members. The table of notifications is the log instead.
 *
 * Ids become visible in their order: whoever inserts holds one row until the commit ({@link inOrder}), however many
 * processes there are. So a reader keeps the last id that it has seen, beginning with {@link newestId}, and reads
 * {@link after} it: again whenever {@link onCreated} tells of a commit of this process, and from time to time for those
 * of other processes. A connection that is to miss nothing keeps its own last id in the same way. One that is gone by
 * then had its message deleted.
 */
@Injectable()
export class NotificationFeed {
  private readonly log = new Logger('Notifications');
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly bell: EventBell,
  ) {}

  /** Calls `listener` after commits of this process that may have brought notifications; answers how to end that. */
  onCreated(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async newestId(): Promise<number> {
    const [row] = await this.database.query<{ id: number | null }>('SELECT MAX(id) AS id FROM notifications');
    return Number(row?.id ?? 0);
  }

  /** The next notifications of all applications, oldest first. */
  async after(id: number, count: number): Promise<CreatedNotification[]> {
    const found = await this.database.query<{ id: number; application_id: number; user_id: number }>(
      `SELECT id, application_id, user_id FROM notifications WHERE id > ? ORDER BY id LIMIT ${rows(count)}`,
      [id],
    );
    return found.map((row) => ({ id: row.id, applicationId: row.application_id, userId: row.user_id }));
  }

  /** First in every unit that inserts notifications. */
  inOrder(): Statement {
    return {
      sql: 'UPDATE event_positions SET position = position WHERE subscriber = ?',
      parameters: [NOTIFICATIONS_READER],
    };
  }

  /** There are new notifications once the open unit is committed. */
  announce(): void {
    this.unitOfWork.afterCommit(() => {
      this.bell.ring('notifications');
      for (const listener of this.listeners)
        try {
          listener();
        } catch (error) {
          this.log.error(error instanceof Error ? error.stack : String(error));
        }
    });
  }
}
