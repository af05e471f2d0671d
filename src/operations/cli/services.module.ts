import { DynamicModule, Module } from '@nestjs/common';
import { ApplicationsService } from '../../applications/applications.service.js';
import { ClientsService } from '../../auth/clients.service.js';
import { TokensService } from '../../auth/tokens.service.js';
import { ConfigModule } from '../../config/config.module.js';
import { Config } from '../../config/config.js';
import { DatabaseModule } from '../../database/database.module.js';
import { EventsModule } from '../../events/events.module.js';
import { FileCheck } from '../../files/file-check.js';
import { FilesRepository } from '../../files/files.repository.js';
import { JobRunner } from '../../jobs/job-runner.js';
import { JobsService } from '../../jobs/jobs.service.js';
import { IMPORT_WRITERS } from '../../imports/imports.module.js';
import { LimitsService } from '../../limits/limits.service.js';
import { ModeratorsRepository } from '../../channels/moderators.repository.js';
import { Mentions } from '../../messages/mentions.js';
import { MOVING } from '../../moving/moving.js';
import { PaginationModule } from '../../pagination/pagination.module.js';
import { SecretKeys } from '../../secrets/secret-keys.js';
import { SecretRotation } from '../../secrets/secret-rotation.js';
import { SecretsRepository } from '../../secrets/secrets.repository.js';
import { SearchRebuild } from '../../search/search-rebuild.js';
import { SearchModule } from '../../search/search.module.js';
import { StorageModule } from '../../storage/storage.module.js';
import { UsersRepository } from '../../users/users.repository.js';
import { CounterCheck } from '../counter-check.js';

/** Jobs that a command schedules are done by the servers, which look for them by themselves. */
const NOBODY: Pick<JobRunner, 'wake'> = { wake: () => undefined };

/** The services that commands use, without routes and without anything that works in the background. */
@Module({})
export class ServicesModule {
  static with(config: Config): DynamicModule {
    return {
      module: ServicesModule,
      imports: [
        ConfigModule.with(config),
        DatabaseModule.forRoot(),
        EventsModule,
        PaginationModule,
        SearchModule,
        StorageModule,
      ],
      providers: [
        ApplicationsService,
        ClientsService,
        CounterCheck,
        FileCheck,
        FilesRepository,
        JobsService,
        ...IMPORT_WRITERS,
        LimitsService,
        Mentions,
        ModeratorsRepository,
        ...MOVING,
        SecretKeys,
        SecretRotation,
        SecretsRepository,
        SearchRebuild,
        TokensService,
        UsersRepository,
        { provide: JobRunner, useValue: NOBODY },
      ],
    };
  }
}
