import { Command } from 'nest-commander';
import { CounterCheck } from '../counter-check.js';
import { CliCommand, Outcome } from './cli-command.js';
import { withServices } from './services.js';

@Command({ name: 'check', description: 'Count again what counters say; ends with 1 if one is wrong' })
export class CheckCommand extends CliCommand {
  protected async perform(): Promise<Outcome> {
    const { counters, differences } = await withServices((services) => services.get(CounterCheck).run());
    const lines = differences.map(
      ({ applicationId, table, id, counter, kept, counted }) =>
        `${table} ${id}: ${counter} is ${kept ?? 'empty'}, should be ${counted ?? 'empty'} (application ${applicationId})`,
    );
    return {
      result: { counters, differences },
      text: lines.join('\n') || `All is right: ${counters.length} kinds of counters were counted again.`,
      isBad: differences.length > 0,
    };
  }
}
