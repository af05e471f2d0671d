import 'reflect-metadata';
import { CommandFactory } from 'nest-commander';
import { CliModule } from './operations/cli/cli.module.js';
import { endOnUsageError, onOneLine, reportFailure } from './operations/cli/failure.js';

// Whoever reads may have read enough: `check | head`.
process.stdout.on('error', () => process.exit());

// The commands themselves start at once: each opens the database only when its arguments are right.
await CommandFactory.run(CliModule, {
  logger: false,
  errorHandler: endOnUsageError,
  serviceErrorHandler: reportFailure,
  outputConfiguration: { outputError: (text, write) => write(onOneLine(text)) },
});
