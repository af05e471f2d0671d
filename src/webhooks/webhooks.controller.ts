import { Delete, Get, Patch, Post } from '@nestjs/common';
import { ApplicationResource, toApplicationResource } from '../applications/application.resource.js';
import { ApplicationsService } from '../applications/applications.service.js';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { page, resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PATCH_BODY_TYPES } from '../http/media-types.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { PageQuery } from '../pagination/page-query.js';
import { Page } from '../pagination/page.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { Body, Query } from '../resource/input.decorators.js';
import {
  CreateWebhookResource,
  ReplayWebhookResource,
  RotateWebhookSecretResource,
  SecretWebhookResource,
  toWebhookResource,
  WebhookPropertiesPatch,
  WebhookResource,
} from './webhook.resource.js';
import { SecretWebhook, WebhooksService } from './webhooks.service.js';

const withSecret = ({ webhook, secret }: SecretWebhook): SecretWebhookResource => ({
  ...toWebhookResource(webhook),
  secret,
});

@PlatformController('webhooks')
export class WebhooksController {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly applications: ApplicationsService,
  ) {}

  @Get()
  @Operation({
    id: 'list-webhooks',
    summary: 'List webhooks',
    description: 'Returns a page of the webhooks of this application',
    tag: 'webhooks',
    scopes: ['read:webhook'],
    answer: page(WebhookResource, 'webhooks'),
  })
  async list(@Caller() { applicationId }: Principal, @Query() query: PageQuery): Promise<Page<WebhookResource>> {
    return (await this.webhooks.list(applicationId, query)).map(toWebhookResource);
  }

  @Post()
  @Operation({
    id: 'create-webhook',
    summary: 'Create a webhook',
    description: 'Has events sent to a URL from now on. Returns the webhook with its secret, which is not shown again',
    tag: 'webhooks',
    scopes: ['create:webhook'],
    body: CreateWebhookResource,
    answer: resource(SecretWebhookResource),
  })
  async create(
    @Caller() { applicationId }: Principal,
    @Body() webhook: CreateWebhookResource,
  ): Promise<SecretWebhookResource> {
    return withSecret(await this.webhooks.create(applicationId, webhook));
  }

  @Get(':id')
  @Operation({
    id: 'retrieve-webhook',
    summary: 'Retrieve a webhook',
    description: 'Returns a webhook',
    tag: 'webhooks',
    scopes: ['read:webhook'],
    answer: resource(WebhookResource),
  })
  async retrieve(@Caller() { applicationId }: Principal, @IdParam('Webhook') id: number): Promise<WebhookResource> {
    return toWebhookResource(await this.webhooks.retrieve(applicationId, id));
  }

  @Patch(':id')
  @Operation({
    id: 'update-webhook',
    summary: 'Update a webhook',
    description: 'Updates the properties of a webhook. What is waiting is sent to the new URL',
    tag: 'webhooks',
    scopes: ['read:webhook', 'update:webhook'],
    body: WebhookPropertiesPatch,
    bodyTypes: PATCH_BODY_TYPES,
    bodyOptional: true,
    answer: resource(WebhookResource),
  })
  async update(
    @Caller() { applicationId }: Principal,
    @IdParam('Webhook') id: number,
    @Body() patch: WebhookPropertiesPatch,
  ): Promise<WebhookResource> {
    return toWebhookResource(await this.webhooks.update(applicationId, id, patch));
  }

  @Delete(':id')
  @Operation({
    id: 'delete-webhook',
    summary: 'Delete a webhook',
    description: 'Deletes a webhook with its deliveries. Returns the application',
    tag: 'webhooks',
    scopes: ['read:webhook', 'delete:webhook'],
    answer: resource(ApplicationResource),
  })
  async delete(@Caller() { applicationId }: Principal, @IdParam('Webhook') id: number): Promise<ApplicationResource> {
    await this.webhooks.delete(applicationId, id);
    return toApplicationResource(await this.applications.retrieve(applicationId));
  }

  @Post(':id/secret')
  @Operation({
    id: 'rotate-webhook-secret',
    summary: 'Rotate the secret of a webhook',
    description: 'Gives a webhook a new secret. Returns the webhook with it; it is not shown again',
    tag: 'webhooks',
    scopes: ['read:webhook', 'update:webhook'],
    body: RotateWebhookSecretResource,
    bodyOptional: true,
    answer: resource(SecretWebhookResource),
  })
  async rotateSecret(
    @Caller() { applicationId }: Principal,
    @IdParam('Webhook') id: number,
    @Body() { overlapSeconds }: RotateWebhookSecretResource,
  ): Promise<SecretWebhookResource> {
    return withSecret(await this.webhooks.rotateSecret(applicationId, id, overlapSeconds));
  }

  @Post(':id/replay')
  @Operation({
    id: 'replay-webhook',
    summary: 'Replay events to a webhook',
    description: 'Sends all events after a given one again, as far as the webhook is for them. Returns the webhook',
    tag: 'webhooks',
    scopes: ['read:webhook', 'update:webhook'],
    body: ReplayWebhookResource,
    answer: resource(WebhookResource),
  })
  async replay(
    @Caller() { applicationId }: Principal,
    @IdParam('Webhook') id: number,
    @Body() { after }: ReplayWebhookResource,
  ): Promise<WebhookResource> {
    return toWebhookResource(await this.webhooks.replay(applicationId, id, after));
  }
}
