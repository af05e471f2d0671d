import { Module } from '@nestjs/common';
import { ApplicationCreateCommand } from './application-create.command.js';
import { ApplicationDeleteCommand } from './application-delete.command.js';
import { ApplicationListCommand } from './application-list.command.js';
import { CheckCommand } from './check.command.js';
import { CredentialsRotateCommand } from './credentials-rotate.command.js';
import { JobsWatchCommand } from './jobs-watch.command.js';
import { FilesCheckCommand } from './files-check.command.js';
import { MigrateStatusCommand } from './migrate-status.command.js';
import { MigrateCommand } from './migrate.command.js';

/** What operators can do from a shell. */
@Module({
  providers: [
    ApplicationCreateCommand,
    ApplicationListCommand,
    ApplicationDeleteCommand,
    CredentialsRotateCommand,
    MigrateCommand,
    MigrateStatusCommand,
    CheckCommand,
    JobsWatchCommand,
    FilesCheckCommand,
  ],
})
export class CliModule {}
