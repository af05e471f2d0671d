import { DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { ApplicationJobsModule } from './application-jobs/application-jobs.module.js';
import { ApplicationsModule } from './applications/applications.module.js';
import { AuthModule } from './auth/auth.module.js';
import { BearerGuard } from './auth/bearer.guard.js';
import { ChannelsModule } from './channels/channels.module.js';
import { ConfigModule } from './config/config.module.js';
import { Config } from './config/config.js';
import { DatabaseModule } from './database/database.module.js';
import { ApiErrorFilter } from './errors/api-error.filter.js';
import { EventsModule } from './events/events.module.js';
import { ExportsModule } from './exports/exports.module.js';
import { RepresentationGuard } from './hal/representation.guard.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { PathFamilyGuard } from './http/path-family.guard.js';
import { GrantsModule } from './grants/grants.module.js';
import { HistoryModule } from './history/history.module.js';
import { IdempotencyModule } from './idempotency/idempotency.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { LimitsModule } from './limits/limits.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { OpenapiModule } from './openapi/openapi.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { PaginationModule } from './pagination/pagination.module.js';
import { RealtimeModule } from './realtime/realtime.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { SignalsModule } from './signals/signals.module.js';
import { SecretsModule } from './secrets/secrets.module.js';
import { PreviewsModule } from './previews/previews.module.js';
import { SearchIndexingModule } from './search/search-indexing.module.js';
import { ReactionsModule } from './reactions/reactions.module.js';
import { ReceiptsModule } from './receipts/receipts.module.js';
import { StorageModule } from './storage/storage.module.js';
import { ThreadsModule } from './threads/threads.module.js';
import { UploadsModule } from './uploads/uploads.module.js';
import { UserBlocksModule } from './user-blocks/user-blocks.module.js';
import { UsersModule } from './users/users.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

/** The whole server. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        DatabaseModule.forRoot(),
        EventsModule,
        StorageModule,
        JobsModule,
        IdempotencyModule,
        PaginationModule,
        LimitsModule,
        StorageModule,
        UploadsModule,
        AuthModule,
        ApplicationsModule,
        UsersModule,
        SecretsModule,
        ChannelsModule,
        MessagesModule,
        ReportsModule,
        NotificationsModule,
        SessionsModule,
        SignalsModule,
        WebhooksModule,
        SearchIndexingModule,
        PreviewsModule,
        ReceiptsModule,
        HistoryModule,
        ReactionsModule,
        UserBlocksModule,
        GrantsModule,
        ThreadsModule,
        ApplicationJobsModule,
        ImportsModule,
        ExportsModule,
        RealtimeModule,
        OpenapiModule,
        OperationsModule,
      ],
      providers: [
        AllowedMethods,
        // In this order: who is calling, then whether the application in the path is theirs, then what they can be answered with.
        { provide: APP_GUARD, useClass: BearerGuard },
        { provide: APP_GUARD, useClass: PathFamilyGuard },
        { provide: APP_GUARD, useClass: RepresentationGuard },
        ApiErrorFilter,
        { provide: APP_FILTER, useExisting: ApiErrorFilter },
      ],
    };
  }
}
