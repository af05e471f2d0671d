import { Module } from '@nestjs/common';
import { ApplicationJobsModule } from '../application-jobs/application-jobs.module.js';
import { ChannelsModule } from '../channels/channels.module.js';
import { MessageReadingModule } from '../messages/message-reading.module.js';
import { ChannelImporter } from './channel-importer.js';
import { ImportedReading } from './imported-reading.js';
import { ImportBatches } from './import-batches.js';
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

/** What imports batches of items, wherever they come from. */
export const IMPORT_WRITERS = [
  ChannelImporter,
  ImportBatches,
  ImportedReading,
  Importers,
  ImportKeysRepository,
  ImportLookup,
  MemberImporter,
  MessageImporter,
  MessageImportRepository,
  UserImporter,
];

/** Imports of users, channels, members and messages from files. */
@Module({
  imports: [ApplicationJobsModule, ChannelsModule, MessageReadingModule],
  controllers: [ImportsController],
  providers: [...IMPORT_WRITERS, ImportJobs, ImportsService],
})
export class ImportsModule {}
