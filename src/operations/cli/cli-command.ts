import { CommandRunner, Option } from 'nest-commander';
import { CommandError, endOnUsageError } from './failure.js';

/** What a command has done or found. */
export interface Outcome {
  /** Printed by `--json`, as one line. */
  result: unknown;
  /** The same for people. */
  text: string;
  /** Something is not as it should be: the process ends with 1. */
  isBad?: boolean;
}

/** A command. Its outcome, and nothing else, goes to stdout. */
export abstract class CliCommand<Options = object> extends CommandRunner {
  protected abstract perform(options: Options & { json: boolean }): Promise<Outcome>;

  override setCommand(command: Parameters<CommandRunner['setCommand']>[0]): this {
    return super.setCommand(command.allowExcessArguments(false).exitOverride(endOnUsageError));
  }

  async run(_: string[], options: Record<string, unknown>): Promise<void> {
    const json = options.json === true;
    const { result, text, isBad = false } = await this.perform({ ...(options as Options), json });
    process.stdout.write(`${json ? JSON.stringify(result) : text}\n`);
    if (isBad) process.exitCode = 1;
  }

  @Option({ flags: '--json', description: 'Print one line of JSON' })
  json(): boolean {
    return true;
  }
}

/** Reads the id that an option names. */
export function idOption(option: string, given: string): number {
  const id = Number(given);
  if (!/^[1-9][0-9]*$/.test(given) || !Number.isSafeInteger(id))
    throw new CommandError(`${option} must be a whole number such as 1, not ${JSON.stringify(given)}`);
  return id;
}
