import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp, listen } from '../../src/app.setup.js';
import { ApplicationsService, CreatedApplication } from '../../src/applications/applications.service.js';
import { loadConfig } from '../../src/config/config.js';
import { Database } from '../../src/database/database.js';
import { Client } from './client.js';
import { Contract } from './contract.js';
import { Make } from './make.js';

/** A server on a database of its own, with two applications: most tests use the first, the second is the stranger. */
export interface TestApp {
  app: NestFastifyApplication;
  url: string;
  database: Database;
  application: CreatedApplication;
  /** Speaks for the first application, with all scopes. Every answer is checked against the served document. */
  client: Client;
  /** Speaks for another application. */
  stranger: Client;
  make: Make;
  /** Waits until all scheduled jobs have ended. */
  jobsDone(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a server on a free port. `environment` adds to what the spec files share. */
export async function startApp(environment: Record<string, string> = {}): Promise<TestApp> {
  const config = loadConfig({
    DATABASE_URL: process.env.DATABASE_URL,
    DATA_DIR: process.env.DATA_DIR,
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    // On MySQL there are no secrets without one.
    SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
    ...environment,
  });
  const app = await createApp(config);
  await listen(app);
  const url = config.publicUrl;
  const applications = app.get(ApplicationsService);
  const database = app.get(Database);
  const [application, other] = [await applications.create('First'), await applications.create('Second')];
  const contract = new Contract();
  const client = await Client.of(url, application, contract);
  const stranger = await Client.of(url, other, contract);
  return {
    app,
    url,
    database,
    application,
    client,
    stranger,
    make: new Make(client),
    jobsDone: () => jobsDone(database),
    close: () => app.close(),
  };
}

async function jobsDone(database: Database): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const open = await database.query("SELECT 1 FROM jobs WHERE state IN ('PENDING', 'RUNNING') LIMIT 1");
    if (open.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('The jobs have not ended in ten seconds');
}
