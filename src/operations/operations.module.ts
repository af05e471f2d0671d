import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ApplicationsModule } from '../applications/applications.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { Bootstrap } from './bootstrap.js';
import { Metrics } from './metrics.js';
import { MigrationsHealth } from './migrations.health.js';
import { OperationsController } from './operations.controller.js';
import { Retention } from './retention.js';

/** Running the server: first start, health, metrics, housekeeping. */
@Module({
  imports: [ApplicationsModule, NotificationsModule, TerminusModule, WebhooksModule],
  controllers: [OperationsController],
  providers: [Bootstrap, Metrics, MigrationsHealth, Retention],
  exports: [Bootstrap, Metrics],
})
export class OperationsModule {}
