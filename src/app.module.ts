import { DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
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
import { HalInterceptor } from './hal/hal.interceptor.js';
import { AllowedMethods } from './http/allowed-methods.js';
import { PathFamilyGuard } from './http/path-family.guard.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { IdempotencyModule } from './idempotency/idempotency.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { OpenapiModule } from './openapi/openapi.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { PaginationModule } from './pagination/pagination.module.js';
import { InputPipe } from './resource/input.pipe.js';
import { StorageModule } from './storage/storage.module.js';
import { UploadInterceptor } from './uploads/upload.interceptor.js';
import { UploadsModule } from './uploads/uploads.module.js';
import { UsersModule } from './users/users.module.js';

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
        UploadsModule,
        AuthModule,
        ApplicationsModule,
        UsersModule,
        ChannelsModule,
        MessagesModule,
        ApplicationJobsModule,
        ImportsModule,
        ExportsModule,
        OpenapiModule,
        OperationsModule,
      ],
      providers: [
        AllowedMethods,
        // In this order: who is calling, then whether the application in the path is theirs.
        { provide: APP_GUARD, useClass: BearerGuard },
        { provide: APP_GUARD, useClass: PathFamilyGuard },
        // The first is the outermost: it reads what comes as a form. The second stores the answer that the third has written.
        { provide: APP_INTERCEPTOR, useClass: UploadInterceptor },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        { provide: APP_INTERCEPTOR, useClass: HalInterceptor },
        { provide: APP_PIPE, useClass: InputPipe },
        ApiErrorFilter,
        { provide: APP_FILTER, useExisting: ApiErrorFilter },
      ],
    };
  }
}
