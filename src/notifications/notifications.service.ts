import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ResourceNotFoundError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { CursorPage } from '../pagination/page.js';
import { NotificationFeed } from './notification-feed.js';
import { NotificationRenderer } from './notification-renderer.js';
import { NotificationResource } from './notification.resource.js';
import { NotificationCounts, NotificationsRepository } from './notifications.repository.js';

const PORTION = 1_000;

/** What users have been notified of, and what of it they have read. */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly notifications: NotificationsRepository,
    private readonly feed: NotificationFeed,
    private readonly renderer: NotificationRenderer,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  async list(applicationId: number, userId: number, query: CursorQuery): Promise<CursorPage<NotificationResource>> {
    const { total } = await this.counts(applicationId, userId);
    const page = await this.notifications.listOfUser(applicationId, userId, total, query);
    return page.with(await this.renderer.resources(applicationId, page.items));
  }

  async counts(applicationId: number, userId: number): Promise<NotificationCounts> {
    const counts = await this.notifications.countsOfUser(applicationId, userId);
    if (!counts) throw new ResourceNotFoundError();
    return counts;
  }

  /** What {@link NotificationFeed.after} found of one application, ready to be passed on; what is gone is left out. */
  async describe(applicationId: number, ids: readonly number[]): Promise<NotificationResource[]> {
    return this.renderer.resources(applicationId, await this.notifications.findByIds(applicationId, ids));
  }

  /** Says that a user has read a notification of theirs; the first time counts. */
  async read(applicationId: number, userId: number, notificationId: number): Promise<void> {
    await this.unitOfWork.run(async () => {
      const readTime = Date.now();
      if ((await this.notifications.markRead(applicationId, userId, [notificationId], readTime)) > 0)
        await this.events.append({
          applicationId,
          type: 'notification.read',
          subjectId: notificationId,
          payload: { userId },
          createdTime: readTime,
        });
      else if (!(await this.notifications.exists(applicationId, userId, notificationId)))
        throw new ResourceNotFoundError();
    });
  }

  /** The same for all that there are now, in portions; answers how many were unread. */
  async readAll(applicationId: number, userId: number): Promise<number> {
    await this.counts(applicationId, userId);
    const upTo = await this.feed.newestId();
    let count = 0;
    for (let below = upTo; ;) {
      const ids = await this.notifications.unreadOf(applicationId, userId, below, PORTION);
      if (ids.length === 0) break;
      count += await this.unitOfWork.run(async () => {
        const readTime = Date.now();
        const read = await this.notifications.markRead(applicationId, userId, ids, readTime);
        if (read > 0)
          await this.events.append({
            applicationId,
            type: 'notification.all_read',
            subjectId: userId,
            payload: { upTo: ids[0], from: ids.at(-1), count: read },
            createdTime: readTime,
          });
        return read;
      });
      if (ids.length < PORTION) break;
      below = ids.at(-1)! - 1;
    }
    return count;
  }
}
