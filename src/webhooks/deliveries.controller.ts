import { Get, Post } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { cursorPage, resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { CursorPage } from '../pagination/page.js';
import { EnumField } from '../resource/fields.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { Query } from '../resource/input.decorators.js';
import { About } from '../resource/registry.js';
import { DeliveriesService } from './deliveries.service.js';
import { toDeliveryResource, WebhookDeliveryResource } from './webhook.resource.js';
import { DELIVERY_STATES } from './webhook.rows.js';
import type { DeliveryState } from './webhook.rows.js';

@About('WebhookDelivery')
export class ListWebhookDeliveriesQuery extends CursorQuery {
  @EnumField({ description: 'Filters by state', values: DELIVERY_STATES, optional: true })
  state?: DeliveryState;
}

@PlatformController('webhooks/:id/deliveries')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Get()
  @Operation({
    id: 'list-webhook-deliveries',
    summary: 'List webhook deliveries',
    description: 'Returns what was and what is to be delivered to a webhook, newest events first',
    tag: 'webhooks',
    scopes: ['read:webhook'],
    answer: cursorPage(WebhookDeliveryResource, 'deliveries'),
  })
  async list(
    @Caller() { applicationId }: Principal,
    @IdParam('Webhook') id: number,
    @Query() query: ListWebhookDeliveriesQuery,
  ): Promise<CursorPage<WebhookDeliveryResource>> {
    const page = await this.deliveries.list(applicationId, id, query.state, query);
    return page.with(page.items.map(toDeliveryResource));
  }

  @Get(':delivery_id')
  @Operation({
    id: 'retrieve-webhook-delivery',
    summary: 'Retrieve a webhook delivery',
    description: 'Returns a delivery',
    tag: 'webhooks',
    scopes: ['read:webhook'],
    answer: resource(WebhookDeliveryResource),
  })
  async retrieve(
    @Caller() { applicationId }: Principal,
    @IdParam('Webhook') id: number,
    @IdParam('WebhookDelivery', 'delivery_id') deliveryId: number,
  ): Promise<WebhookDeliveryResource> {
    return toDeliveryResource(await this.deliveries.retrieve(applicationId, id, deliveryId));
  }

  @Post(':delivery_id/retry')
  @Operation({
    id: 'retry-webhook-delivery',
    summary: 'Retry a webhook delivery',
    description: 'Puts an event in line for a webhook once more, also one that was given up. Returns the delivery',
    tag: 'webhooks',
    scopes: ['read:webhook', 'update:webhook'],
    answer: resource(WebhookDeliveryResource),
  })
  async retry(
    @Caller() { applicationId }: Principal,
    @IdParam('Webhook') id: number,
    @IdParam('WebhookDelivery', 'delivery_id') deliveryId: number,
  ): Promise<WebhookDeliveryResource> {
    return toDeliveryResource(await this.deliveries.retry(applicationId, id, deliveryId));
  }
}
