import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DeliveriesService } from './deliveries.service.js';
import { EventFeedService } from './event-feed.service.js';
import { EventsController } from './events.controller.js';
import { LanesRepository } from './lanes.repository.js';
import { WebhookDeletionJob } from './webhook-deletion.job.js';
import { WebhookDeliverer } from './webhook-deliverer.js';
import { WebhookQueue } from './webhook-queue.js';
import { WebhookReplayJob } from './webhook-replay.job.js';
import { WebhookSender } from './webhook-sender.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksRepository } from './webhooks.repository.js';
import { WebhooksService } from './webhooks.service.js';

/** The ways by which others learn what has changed: webhooks, and a feed for whoever asks. */
@Module({
  imports: [ApplicationsModule],
  controllers: [DeliveriesController, EventsController, WebhooksController],
  providers: [
    DeliveriesRepository,
    DeliveriesService,
    EventFeedService,
    LanesRepository,
    WebhookDeletionJob,
    WebhookDeliverer,
    WebhookQueue,
    WebhookReplayJob,
    WebhookSender,
    WebhooksRepository,
    WebhooksService,
  ],
  exports: [DeliveriesService],
})
export class WebhooksModule {}
