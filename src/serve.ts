import { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp, listen } from './app.setup.js';
import { Config } from './config/config.js';
import { Bootstrap } from './operations/bootstrap.js';

/** What is in flight on shutdown gets this long to finish. */
const SHUTDOWN_MS = 10_000;

/** Starts the server, says where it is, and lets it end gracefully when it is asked to. */
export async function serve(config: Config): Promise<void> {
  const app = await createApp(config);
  const demo = await app.get(Bootstrap).prepare();
  await listen(app);
  endOnSignal(app);
  console.log(`Serving the ChatKitty Platform API at ${config.publicUrl} (docs: ${config.publicUrl}/docs)`);
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

function endOnSignal(app: NestFastifyApplication): void {
  let isEnding = false;
  const end = async () => {
    if (isEnding) return;
    isEnding = true;
    const deadline = setTimeout(() => process.exit(1), SHUTDOWN_MS);
    await app.close();
    clearTimeout(deadline);
    process.exit(0);
  };
  process.on('SIGTERM', () => void end());
  process.on('SIGINT', () => void end());
}
