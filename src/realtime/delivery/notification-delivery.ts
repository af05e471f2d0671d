import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { EventBell } from '../../events/event-bell.js';
import { CreatedNotification, NotificationFeed } from '../../notifications/notification-feed.js';
import { NotificationResource } from '../../notifications/notification.resource.js';
import { NotificationsService } from '../../notifications/notifications.service.js';
import { Connections } from '../connections/connections.js';
import { Topics } from '../connections/topics.js';
import { Renderer } from '../resources/renderer.js';
import { userTopic } from '../resources/topics.js';

/** How often to look for what other processes have made, if nothing tells of it. */
const POLL_MS = 1_000;
const PORTION = 500;

/** Passes new notifications on to their recipients, as far as they are connected here. */
@Injectable()
export class NotificationDelivery implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Realtime');
  private last: number | undefined;
  private running: Promise<void> | undefined;
  private isAwake = false;
  private isStopped = false;
  private timer: NodeJS.Timeout | undefined;
  private endListening = (): void => undefined;

  constructor(
    private readonly feed: NotificationFeed,
    private readonly notifications: NotificationsService,
    private readonly renderer: Renderer,
    private readonly topics: Topics,
    private readonly connections: Connections,
    private readonly bell: EventBell,
  ) {}

  onApplicationBootstrap(): void {
    this.endListening = this.feed.onCreated(() => this.wake());
    this.bell.listen('notifications', () => this.wake());
    this.timer = setInterval(() => this.wake(), POLL_MS).unref();
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.endListening();
    clearInterval(this.timer);
    await this.running;
  }

  wake(): void {
    this.isAwake = true;
    if (this.isStopped) return;
    this.running ??= this.run()
      .catch((error: unknown) => this.log.warn(`notifications are passed on later: ${String(error)}`))
      .finally(() => (this.running = undefined));
  }

  private async run(): Promise<void> {
    this.last ??= await this.feed.newestId();
    while (this.isAwake && !this.isStopped) {
      this.isAwake = false;
      if (await this.passedOver()) continue;
      const found = await this.feed.after(this.last, PORTION);
      await this.pass(found.filter(({ userId }) => this.topics.isWanted(userTopic(userId, 'notifications'))));
      this.last = found.at(-1)?.id ?? this.last;
      this.isAwake ||= found.length === PORTION;
    }
  }

  /**
   * While nobody is connected there is nobody to tell, and what there is need not be read. Answers whether that was so
   * until it was known what is new: somebody who has connected meanwhile would have to be told of it.
   */
  private async passedOver(): Promise<boolean> {
    if (this.connections.count > 0) return false;
    const newest = await this.feed.newestId();
    if (this.connections.count > 0) return false;
    this.last = newest;
    return true;
  }

  private async pass(wanted: readonly CreatedNotification[]): Promise<void> {
    const byApplication = new Map<number, number[]>();
    for (const { applicationId, id } of wanted)
      byApplication.set(applicationId, [...(byApplication.get(applicationId) ?? []), id]);
    for (const [applicationId, ids] of byApplication)
      for (const notification of await this.notifications.describe(applicationId, ids))
        this.topics.publish({
          topics: [userTopic(notification.recipientId, 'notifications')],
          type: 'user.notification.created',
          resource: this.renderer.forAll(applicationId, NotificationResource, notification, 'MEMBER'),
        });
  }
}
