import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError, ResourceNotFoundError } from '../errors/api-error.js';
import { DomainEventType } from '../events/domain-event.js';
import { EventHistory } from '../events/event-history.js';
import { EventLog } from '../events/event-log.js';
import { JobsService } from '../jobs/jobs.service.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { EVERYTHING, refuseUnknownTypes } from './event-types.js';
import { WebhookDeliverer } from './webhook-deliverer.js';
import { EVENTS_OUT } from './webhook-queue.js';
import { newSecret, seal } from './webhook-secret.js';
import { CreateWebhookResource, OVERLAP_DEFAULT, WebhookPropertiesPatch } from './webhook.resource.js';
import { patternsOf, WebhookRow } from './webhook.rows.js';
import { WebhooksRepository } from './webhooks.repository.js';

/** Every event is matched with each of them. */
export const WEBHOOKS_MAX = 50;
export const WEBHOOK_DELETION = 'WEBHOOK_DELETION';
export const WEBHOOK_REPLAY = 'WEBHOOK_REPLAY';

/** A webhook with its secret, as it is handed to whoever made it. */
export interface SecretWebhook {
  webhook: WebhookRow;
  secret: string;
}

/** The webhooks of an application. */
@Injectable()
export class WebhooksService {
  constructor(
    private readonly webhooks: WebhooksRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
    private readonly history: EventHistory,
    private readonly jobs: JobsService,
    private readonly deliverer: WebhookDeliverer,
  ) {}

  create(applicationId: number, given: CreateWebhookResource): Promise<SecretWebhook> {
    const types = given.types ?? [EVERYTHING];
    refuseTypes(types);
    refuseUrl(given.url);
    const secret = newSecret();
    const createdTime = Date.now();
    return this.unitOfWork.run(async () => {
      if ((await this.webhooks.countForUpdate(applicationId)) >= WEBHOOKS_MAX)
        throw ClientError.of('Webhook', 'url', 'invalid', `an application can have ${WEBHOOKS_MAX} webhooks`);
      const id = await this.webhooks.insert(applicationId, {
        url: given.url,
        types: JSON.stringify(types),
        description: given.description || null,
        enabled: given.enabled === false ? 0 : 1,
        secret: seal(secret),
        created_time: createdTime,
      });
      const since = await this.append(applicationId, 'webhook.created', id, { url: given.url, types });
      // What is committed after its creation has a higher id.
      await this.webhooks.update(applicationId, id, { since_event_id: since });
      return { webhook: (await this.webhooks.find(applicationId, id))!, secret };
    });
  }

  async retrieve(applicationId: number, id: number): Promise<WebhookRow> {
    const webhook = await this.webhooks.find(applicationId, id);
    if (!webhook) throw new ResourceNotFoundError();
    return webhook;
  }

  list(applicationId: number, query: PageQuery): Promise<Page<WebhookRow>> {
    return this.webhooks.list(applicationId, query);
  }

  update(applicationId: number, id: number, patch: WebhookPropertiesPatch): Promise<WebhookRow> {
    return this.unitOfWork.run(async () => {
      const webhook = await this.hold(applicationId, id);
      if (patch.types) refuseTypes(patch.types);
      if (patch.url !== undefined) refuseUrl(patch.url);
      const types = patch.types ?? patternsOf(webhook);
      const changes = {
        url: patch.url ?? webhook.url,
        types: JSON.stringify(types),
        description: patch.description === undefined ? webhook.description : patch.description || null,
        enabled: patch.enabled === undefined ? webhook.enabled : Number(patch.enabled),
      };
      await this.webhooks.update(applicationId, id, changes);
      await this.append(applicationId, 'webhook.updated', id, {
        url: patch.url,
        types: patch.types,
        description: patch.description,
        enabled: patch.enabled,
      });
      this.unitOfWork.afterCommit(() => this.deliverer.wake([id]));
      return { ...webhook, ...changes };
    });
  }

  /** What it was told, and what is waiting, of which there may be much, goes by a job. */
  async delete(applicationId: number, id: number): Promise<void> {
    await this.unitOfWork.run(async () => {
      const { url } = await this.hold(applicationId, id);
      await this.webhooks.delete(applicationId, id);
      await this.append(applicationId, 'webhook.deleted', id, { url });
      await this.jobs.schedule(applicationId, WEBHOOK_DELETION, { webhookId: id });
    });
  }

  rotateSecret(applicationId: number, id: number, overlapSeconds = OVERLAP_DEFAULT): Promise<SecretWebhook> {
    const secret = newSecret();
    return this.unitOfWork.run(async () => {
      const webhook = await this.hold(applicationId, id);
      await this.webhooks.replaceSecret(applicationId, id, seal(secret), Date.now() + overlapSeconds * 1000);
      await this.append(applicationId, 'webhook.updated', id, { secretRotated: true });
      return { webhook, secret };
    });
  }

  /** Has all events behind `after` delivered again, up to those that are still to be put in line anyway. */
  replay(applicationId: number, id: number, after: number): Promise<WebhookRow> {
    return this.unitOfWork.run(async () => {
      const webhook = await this.hold(applicationId, id);
      // Of what has not appeared up to here, it is told when that appears.
      const { read: upTo } = await this.history.horizon(EVENTS_OUT);
      // One that is under way begins where it has got to, or earlier.
      await this.webhooks.update(applicationId, id, {
        replay_after: Math.min(after, webhook.replay_after ?? after),
        replay_up_to: upTo,
      });
      await this.append(applicationId, 'webhook.updated', id, { replayedAfter: after });
      if (webhook.replay_after === null) await this.jobs.schedule(applicationId, WEBHOOK_REPLAY, { webhookId: id });
      return webhook;
    });
  }

  private async hold(applicationId: number, id: number): Promise<WebhookRow> {
    const webhook = await this.webhooks.findForUpdate(applicationId, id);
    if (!webhook) throw new ResourceNotFoundError();
    return webhook;
  }

  private append(
    applicationId: number,
    type: DomainEventType,
    subjectId: number,
    payload: Record<string, unknown>,
  ): Promise<number> {
    return this.events.append({ applicationId, type, subjectId, payload, createdTime: Date.now() });
  }
}

function refuseTypes(types: readonly string[]): void {
  if (types.length === 0) throw ClientError.of('Webhook', 'types', 'invalid', 'must name at least one type of event');
  refuseUnknownTypes('Webhook', types);
}

/** The rule of the field knows how it has to begin. Credentials would stand in every list of webhooks. */
function refuseUrl(url: string): void {
  const problem = !URL.canParse(url)
    ? 'must be an absolute http or https URL'
    : new URL(url).username || new URL(url).password
      ? 'must not have credentials in it; events are signed'
      : new URL(url).hash
        ? 'must not have a fragment, which is never sent'
        : undefined;
  if (problem) throw ClientError.of('Webhook', 'url', 'invalid', problem);
}
