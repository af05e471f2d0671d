import { Module } from '@nestjs/common';
import { ApplicationCreateCommand } from './application-create.command.js';
import { ApplicationDeleteCommand } from './application-delete.command.js';
import { ApplicationListCommand } from './application-list.command.js';
import { CheckCommand } from './check.command.js';
import { CredentialsRotateCommand } from './credentials-rotate.command.js';
import { LimitsSetCommand } from './limits-set.command.js';
import { JobsWatchCommand } from './jobs-watch.command.js';
import { FilesCheckCommand } from './files-check.command.js';
import { MigrateStatusCommand } from './migrate-status.command.js';
import { MigrateFromChatkittyCommand } from './migrate-from-chatkitty.command.js';
import { MigrateCommand } from './migrate.command.js';
import { SecretsRotateCommand } from './secrets-rotate.command.js';
import { SearchRebuildCommand } from './search-rebuild.command.js';

/** What operators can do from a shell. */
@Module({
  providers: [
    ApplicationCreateCommand,
    ApplicationListCommand,
    ApplicationDeleteCommand,
    CredentialsRotateCommand,
    SecretsRotateCommand,
    LimitsSetCommand,
    MigrateCommand,
    MigrateStatusCommand,
    MigrateFromChatkittyCommand,
    CheckCommand,
    SearchRebuildCommand,
    JobsWatchCommand,
    FilesCheckCommand,
  ],
})
export class CliModule {}
