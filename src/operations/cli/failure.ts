import { ConfigError } from '../../config/config.js';
import { ApiException } from '../../errors/api-error.js';

/** The command could not be done. 1 is left for commands that were done and found something wrong. */
const FAILED = 2;

/** Something that the operator can put right. */
export class CommandError extends Error {}

/** Ends the process after help, or after a complaint about arguments that has been printed. */
export function endOnUsageError(error: Error): never {
  process.exit((error as Error & { exitCode?: number }).exitCode === 0 ? 0 : FAILED);
}

/** Says on stderr why the command was not done. */
export function reportFailure(error: unknown): void {
  process.stderr.write(onOneLine(`error: ${reasonOf(error)}`));
  process.exitCode = FAILED;
}

/** Suggestions come on a line of their own; whoever reads stderr by machine wants one line for one failure. */
export const onOneLine = (text: string): string => `${text.trim().replace(/\s*\n\s*/g, ' ')}\n`;

function reasonOf(error: unknown): string {
  if (error instanceof ApiException) return error.details.explanation ?? error.message;
  if (error instanceof ConfigError) return `the configuration is wrong: ${error.problems.join('; ')}`;
  // A refused connection to a host with several addresses has no message of its own.
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
