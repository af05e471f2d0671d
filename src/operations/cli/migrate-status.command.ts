import { Command } from 'nest-commander';
import { migrationStatus } from '../../database/schema.js';
import { CliCommand, Outcome } from './cli-command.js';
import { withDataSource } from './services.js';

@Command({ name: 'migrate:status', description: 'Say which migrations are applied; ends with 1 if one is not' })
export class MigrateStatusCommand extends CliCommand {
  protected async perform(): Promise<Outcome> {
    const migrations = await withDataSource(migrationStatus);
    return {
      result: migrations,
      text: migrations.map(({ name, applied }) => `${applied ? 'applied' : 'pending'}  ${name}`).join('\n'),
      isBad: migrations.some(({ applied }) => !applied),
    };
  }
}
