import { Command } from 'nest-commander';
import { exclusively, migrate } from '../../database/schema.js';
import { CliCommand, Outcome } from './cli-command.js';
import { withDataSource } from './services.js';

@Command({ name: 'migrate', description: 'Bring the schema of the database up to date' })
export class MigrateCommand extends CliCommand {
  protected async perform(): Promise<Outcome> {
    const applied = await withDataSource((dataSource) => exclusively(dataSource, () => migrate(dataSource)));
    const lines = applied.map((name) => `applied ${name}`);
    return { result: { applied }, text: lines.join('\n') || 'The schema is up to date.' };
  }
}
