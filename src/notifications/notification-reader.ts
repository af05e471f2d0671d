import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { DomainEvent } from '../events/domain-event.js';
import { EventDispatcher } from '../events/event-dispatcher.js';
import { EventLog } from '../events/event-log.js';
import { EventSubscriber } from '../events/event-subscriber.js';
import { JobsService } from '../jobs/jobs.service.js';
import { NOTIFICATION_DELETION } from './notification-deletion.job.js';
import { NotificationFanOut } from './notification-fan-out.js';
import { NOTIFICATIONS_READER } from './notification-feed.js';
import { NotificationRemoval } from './notification-removal.js';

/** An event that fails is tried this often, after 100, 200, 400, … ms. */
const ATTEMPTS = 6;
const BACKOFF_MS = 100;

/**
 * Makes notifications of messages, and takes them away with what they are about. It reads the log on its own, so that
 * no sender waits for it and no other reader either. All of an event is done before the next, so a message that was
 * sent and deleted leaves nothing behind.
 */
@Injectable()
export class NotificationReader implements EventSubscriber, OnModuleInit {
  readonly name = NOTIFICATIONS_READER;
  private readonly log = new Logger('Notifications');

  constructor(
    private readonly dispatcher: EventDispatcher,
    private readonly fanOut: NotificationFanOut,
    private readonly removal: NotificationRemoval,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobsService,
    private readonly events: EventLog,
  ) {}

  onModuleInit(): void {
    this.dispatcher.subscribe(this);
  }

  async handle(events: readonly DomainEvent[], stopping: AbortSignal): Promise<void> {
    for (const run of runsOfMessages(events))
      try {
        await this.react(run, stopping);
      } catch (error) {
        stopping.throwIfAborted();
        this.log.warn(`One of ${run.length} events from ${run[0]!.id} on is tried again: ${String(error)}`);
        for (const event of run) await this.reactPatiently(event, stopping);
      }
  }

  /**
   * One bad event must not keep all others waiting for ever: it is given up with a line in the log that says so. Only
   * failures while the database answers count. Otherwise the reader begins again with these events.
   */
  private async reactPatiently(event: DomainEvent, stopping: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++)
      try {
        return await this.react([event], stopping);
      } catch (error) {
        stopping.throwIfAborted();
        await this.database.query('SELECT 1');
        if (attempt < ATTEMPTS) {
          await new Promise((resolve) => setTimeout(resolve, BACKOFF_MS * 2 ** (attempt - 1)));
          continue;
        }
        const reason = error instanceof Error ? error.message : String(error);
        await this.giveUp(event, reason);
        this.log.error(
          `Event ${event.id} (${event.type} of ${event.subjectId}, application ${event.applicationId}) failed ${ATTEMPTS} times and was given up: ${reason}`,
        );
        return;
      }
  }

  private async giveUp({ id, applicationId, channelId, type, subjectId }: DomainEvent, reason: string): Promise<void> {
    await this.unitOfWork.run(() =>
      this.events.append({
        applicationId,
        // Not among the events of the channel, whose order is kept by its lock.
        type: 'event.failed',
        subjectId,
        payload: { reader: this.name, eventId: id, eventType: type, channelId, reason },
        createdTime: Date.now(),
      }),
    );
  }

  /** Several events are always messages that were sent. */
  private async react(run: readonly DomainEvent[], stopping: AbortSignal): Promise<void> {
    const { applicationId, channelId, subjectId, type } = run[0]!;
    if (type === 'message.sent')
      await this.fanOut.notify(
        run.filter(raisesNotifications).map((event) => event.subjectId),
        stopping,
      );
    else if (type === 'message.deleted')
      while (await this.removal.ofMessage(applicationId, channelId!, subjectId)) stopping.throwIfAborted();
    else if (type === 'channel.deleted') await this.deleteLater(applicationId, { channelId: subjectId });
    else if (type === 'messages.deleted_all')
      await this.deleteLater(applicationId, { upToMessageId: Number(run[0]!.payload.upToMessageId) });
    else if (type === 'user.deleted') await this.deleteLater(applicationId, { userId: subjectId });
  }

  private async deleteLater(applicationId: number, payload: Record<string, number>): Promise<void> {
    await this.unitOfWork.run(() => this.jobs.schedule(applicationId, NOTIFICATION_DELETION, payload));
  }
}

/** What was imported was said long ago. */
const raisesNotifications = ({ payload }: DomainEvent): boolean => payload.isImported !== true;

/** Neighbouring messages together, everything else by itself, in the same order. */
function runsOfMessages(events: readonly DomainEvent[]): DomainEvent[][] {
  const runs: DomainEvent[][] = [];
  for (const event of events) {
    const last = runs.at(-1);
    if (event.type === 'message.sent' && last?.[0]!.type === 'message.sent') last.push(event);
    else runs.push([event]);
  }
  return runs;
}
