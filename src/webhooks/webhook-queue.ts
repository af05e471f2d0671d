import { Injectable, OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { DomainEvent } from '../events/domain-event.js';
import { EventDispatcher } from '../events/event-dispatcher.js';
import { EventSubscriber } from '../events/event-subscriber.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { matches } from './event-types.js';
import { WebhookDeliverer } from './webhook-deliverer.js';
import { patternsOf, WebhookRow } from './webhook.rows.js';
import { WebhooksRepository } from './webhooks.repository.js';

/** Names the position in the log up to which webhooks are told, and the feed of events is complete. */
export const EVENTS_OUT = 'webhooks';

/**
 * Whether a webhook is told of an event: what it is for, but not what happens to itself. An import is news only to who
 * names its events: `*` means what happens just now.
 */
export function isFor(webhook: Pick<WebhookRow, 'id' | 'types'>, { type, subjectId, payload }: DomainEvent): boolean {
  if (type.startsWith('webhook.') && subjectId === webhook.id) return false;
  const patterns = patternsOf(webhook);
  return payload.isImported === true ? patterns.includes(type) : matches(patterns, type);
}

/** Puts what has happened in line for the webhooks that it concerns. */
@Injectable()
export class WebhookQueue implements EventSubscriber, OnModuleInit {
  readonly name = EVENTS_OUT;
  // Nobody waits for a webhook within milliseconds. Reading the log a few times a second costs the senders of
  // messages nothing that they would notice.
  readonly gatherMs = 50;

  constructor(
    private readonly dispatcher: EventDispatcher,
    private readonly unitOfWork: UnitOfWork,
    private readonly webhooks: WebhooksRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly deliverer: WebhookDeliverer,
  ) {}

  onModuleInit(): void {
    this.dispatcher.subscribe(this);
  }

  async handle(events: readonly DomainEvent[]): Promise<void> {
    const applicationIds = [...new Set(events.map(({ applicationId }) => applicationId))];
    if (!(await this.webhooks.concern(applicationIds))) return;
    const concerned = await this.unitOfWork.run(async () => {
      const found = await this.webhooks.enabledForUpdate(applicationIds);
      const now = Date.now();
      for (const webhook of found)
        await this.deliveries.enqueue(
          webhook.id,
          events.filter(
            (event) =>
              event.applicationId === webhook.application_id &&
              event.id > webhook.since_event_id &&
              isFor(webhook, event),
          ),
          now,
        );
      return found.map(({ id }) => id);
    });
    this.deliverer.wake(concerned);
  }
}
