import { Injectable, OnModuleInit } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { EventHistory } from '../events/event-history.js';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobRunner } from '../jobs/job-runner.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { typesOf } from './event-types.js';
import { WebhookDeliverer } from './webhook-deliverer.js';
import { isFor } from './webhook-queue.js';
import { patternsOf } from './webhook.rows.js';
import { WEBHOOK_REPLAY } from './webhooks.service.js';
import { WebhooksRepository } from './webhooks.repository.js';

const EVENTS_A_STEP = 200;

/** Puts old events in line again, from where the webhook says to where it says. */
@Injectable()
export class WebhookReplayJob implements JobHandler, OnModuleInit {
  readonly type = WEBHOOK_REPLAY;

  constructor(
    private readonly runner: JobRunner,
    private readonly unitOfWork: UnitOfWork,
    private readonly webhooks: WebhooksRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly history: EventHistory,
    private readonly deliverer: WebhookDeliverer,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  async step({ applicationId, payload }: JobContext): Promise<boolean> {
    const webhookId = Number(payload.webhookId);
    const isDone = await this.unitOfWork.run(async () => {
      const webhook = await this.webhooks.findForUpdate(applicationId, webhookId);
      if (!webhook || webhook.replay_after === null) return true;
      const upTo = webhook.replay_up_to ?? 0;
      const types = typesOf(patternsOf(webhook));
      const { events, next } = await this.history.read({
        applicationId,
        after: webhook.replay_after,
        upTo,
        types,
        count: EVENTS_A_STEP,
      });
      const own = events.filter((event) => isFor(webhook, event));
      await this.deliveries.enqueue(webhookId, own, Date.now(), true);
      const isOver = next >= upTo;
      await this.webhooks.update(applicationId, webhookId, {
        replay_after: isOver ? null : next,
        replay_up_to: isOver ? null : upTo,
      });
      return isOver;
    });
    this.deliverer.wake([webhookId]);
    return isDone;
  }
}
