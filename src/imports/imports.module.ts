import { Module } from '@nestjs/common';
import { ApplicationJobsModule } from '../application-jobs/application-jobs.module.js';
import { ChannelsModule } from '../channels/channels.module.js';
import { MessageReadingModule } from '../messages/message-reading.module.js';
import { ChannelImporter } from './channel-importer.js';
import { ImportedReading } from './imported-reading.js';
import { Importers } from './importers.js';
import { ImportJobs } from './import.job.js';
import { ImportKeysRepository } from './import-keys.repository.js';
import { ImportLookup } from './import-lookup.js';
import { ImportsController } from './imports.controller.js';
import { ImportsService } from './imports.service.js';
import { MemberImporter } from './member-importer.js';
import { MessageImporter } from './message-importer.js';
import { MessageImportRepository } from './message-import.repository.js';
import { UserImporter } from './user-importer.js';

/** Imports of users, channels, members and messages from files. */
@Module({
  imports: [ApplicationJobsModule, ChannelsModule, MessageReadingModule],
  controllers: [ImportsController],
  providers: [
    ChannelImporter,
    ImportedReading,
    Importers,
    ImportJobs,
    ImportKeysRepository,
    ImportLookup,
    ImportsService,
    MemberImporter,
    MessageImporter,
    MessageImportRepository,
    UserImporter,
  ],
})
export class ImportsModule {}
