import { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { loadConfig } from '../../config/config.js';
import { migrationStatus } from '../../database/schema.js';
import { CommandError } from './failure.js';
import { ServicesModule } from './services.module.js';

/**
 * Runs `work` with the server's services on the configured database. As when a server starts, the schema is brought up
 * to date first, unless MIGRATE_ON_START is false: then it must be so already.
 */
export function withServices<T>(work: (services: INestApplicationContext) => Promise<T>): Promise<T> {
  return within(process.env, async (services) => {
    const pending = (await migrationStatus(services.get(DataSource))).filter(({ applied }) => !applied);
    if (pending.length > 0)
      throw new CommandError('the schema of the database is not up to date; run the command migrate first');
    return work(services);
  });
}

/** The same on the database as it is, for commands about the schema itself. */
export function withDataSource<T>(work: (dataSource: DataSource) => Promise<T>): Promise<T> {
  return within({ ...process.env, MIGRATE_ON_START: 'false' }, (services) => work(services.get(DataSource)));
}

async function within<T>(
  variables: NodeJS.ProcessEnv,
  work: (services: INestApplicationContext) => Promise<T>,
): Promise<T> {
  const module = ServicesModule.with(loadConfig(variables));
  const services = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}
