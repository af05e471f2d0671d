import { setTimeout } from 'node:timers/promises';
import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { createApp, listen } from './app.setup.js';
import { Config } from './config/config.js';
import { migrationStatus } from './database/schema.js';
import { Connections } from './http/connections.js';
import { Bootstrap } from './operations/bootstrap.js';

/** What is in flight on shutdown gets this long to finish. */
const SHUTDOWN_MS = 10_000;

/** How often to look whether the schema is there. */
const SCHEMA_POLL_MS = 1_000;

/** Starts the server, says where it is, and lets it end gracefully when it is asked to. */
export async function serve(config: Config): Promise<void> {
  const app = await createApp(config);
  const bootstrap = app.get(Bootstrap);
  const dataSource = app.get(DataSource);
  const isMigrated = await hasWholeSchema(dataSource);
  let demo = isMigrated ? await bootstrap.prepare() : undefined;
  const connections = new Connections(app.getHttpServer());
  await listen(app);
  endOnSignal(app, connections);
  console.log(`Serving the ChatKitty Platform API at ${config.publicUrl} (docs: ${config.publicUrl}/docs)`);
  if (!isMigrated) {
    console.log('Not ready yet: MIGRATE_ON_START is false, and the schema of the database is not up to date');
    if (await wholeSchema(dataSource)) demo = await bootstrap.prepare();
  }
  if (demo)
    console.log(
      [
        '',
        'This is a new database, so a demo application was made. Its secret is shown only this once:',
        '',
        `  application id  ${demo.applicationId}`,
        `  key             ${demo.key}`,
        `  client id       ${demo.clientId}`,
        `  client secret   ${demo.clientSecret}`,
        '',
        'Get a token, then the application:',
        '',
        `  TOKEN=$(curl -s -u '${demo.clientId}:${demo.clientSecret}' -d grant_type=client_credentials ${config.publicUrl}/oauth/token | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
        `  curl -s -H "Authorization: Bearer $TOKEN" ${config.publicUrl}/v1/application`,
        '',
      ].join('\n'),
    );
}

async function hasWholeSchema(dataSource: DataSource): Promise<boolean> {
  return (await migrationStatus(dataSource)).every(({ applied }) => applied);
}

/** Waits until somebody else has brought the schema up to date; false if the server ends before. */
async function wholeSchema(dataSource: DataSource): Promise<boolean> {
  while (dataSource.isInitialized) {
    if (await hasWholeSchema(dataSource)) return true;
    await setTimeout(SCHEMA_POLL_MS);
  }
  return false;
}

function endOnSignal(app: NestFastifyApplication, connections: Connections): void {
  let isEnding = false;
  const end = async () => {
    if (isEnding) return;
    isEnding = true;
    void setTimeout(SHUTDOWN_MS).then(() => process.exit(1));
    connections.closeWhenIdle();
    await app.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void end());
  process.on('SIGINT', () => void end());
}
