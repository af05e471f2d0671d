import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ResourceNotFoundError } from '../errors/api-error.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { CursorPage } from '../pagination/page.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { WebhookDeliverer } from './webhook-deliverer.js';
import { DeliveryRow, DeliveryState, WebhookRow } from './webhook.rows.js';
import { WebhooksRepository } from './webhooks.repository.js';

const LINES_A_STEP = 1_000;
const WEBHOOKS_A_LOOK = 100;

/** What webhooks were told, and what they are still to be told. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly webhooks: WebhooksRepository,
    private readonly deliveries: DeliveriesRepository,
    private readonly deliverer: WebhookDeliverer,
  ) {}

  async list(
    applicationId: number,
    webhookId: number,
    state: DeliveryState | undefined,
    query: CursorQuery,
  ): Promise<CursorPage<DeliveryRow>> {
    return this.deliveries.list(await this.webhook(applicationId, webhookId), state, query);
  }

  async retrieve(applicationId: number, webhookId: number, eventId: number): Promise<DeliveryRow> {
    await this.webhook(applicationId, webhookId);
    const delivery = await this.deliveries.find(webhookId, eventId);
    if (!delivery) throw new ResourceNotFoundError();
    return delivery;
  }

  /** Has it delivered once more, whatever became of it, and now if it is waiting for its next attempt. */
  async retry(applicationId: number, webhookId: number, eventId: number): Promise<DeliveryRow> {
    const delivery = await this.unitOfWork.run(async () => {
      if (!(await this.webhooks.findForUpdate(applicationId, webhookId))) throw new ResourceNotFoundError();
      if (!(await this.deliveries.find(webhookId, eventId))) throw new ResourceNotFoundError();
      await this.deliveries.enqueueAgain(webhookId, eventId, Date.now());
      return (await this.deliveries.find(webhookId, eventId))!;
    });
    this.unitOfWork.afterCommit(() => this.deliverer.wake([webhookId]));
    return delivery;
  }

  /** Deletes what was put in line before, of all webhooks, in short steps. */
  async forget(before: number, isStopped: () => boolean): Promise<void> {
    let last = 0;
    for (;;) {
      const next = await this.webhooks.idsAfter(last, WEBHOOKS_A_LOOK);
      for (const webhook of next)
        while (!isStopped() && (await this.forgetPortion(webhook.application_id, webhook.id, before)) === LINES_A_STEP);
      if (next.length === 0 || isStopped()) return;
      last = next.at(-1)!.id;
    }
  }

  private forgetPortion(applicationId: number, webhookId: number, before: number): Promise<number> {
    return this.unitOfWork.run(async () => {
      const webhook = await this.webhooks.findForUpdate(applicationId, webhookId);
      return webhook ? this.deliveries.forget(webhookId, before, LINES_A_STEP) : 0;
    });
  }

  private async webhook(applicationId: number, id: number): Promise<WebhookRow> {
    const webhook = await this.webhooks.find(applicationId, id);
    if (!webhook) throw new ResourceNotFoundError();
    return webhook;
  }
}
