import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess } from './server-process.js';

/** What the server grants itself to shut down, and a little more. */
const STOP_MS = 15_000;

/** The built server in a process, with an application to talk to. */
export interface BuiltServer {
  url: string;
  /** Of the application that it was started with. */
  credentials: { clientId: string; clientSecret: string };
  /** What it has printed so far. */
  output(): string;
  /** Ends it as operators do, and answers its exit code. */
  stop(): Promise<number | null>;
}

/** Starts one on the database of this spec file; on SQLite on a new file. `environment` adds to what it gets. */
export async function startBuiltServer(environment: Record<string, string> = {}): Promise<BuiltServer> {
  const folder = await mkdtemp(join(tmpdir(), 'chat-server-'));
  const credentials = { clientId: 'built-server', clientSecret: 'a secret for the tests' };
  const given = process.env.DATABASE_URL!;
  const server = ServerProcess.launch(
    {
      DATABASE_URL: given.startsWith('mysql:') ? given : `sqlite:${join(folder, 'chat.sqlite')}`,
      DATA_DIR: folder,
      BOOTSTRAP_CLIENT_ID: credentials.clientId,
      BOOTSTRAP_CLIENT_SECRET: credentials.clientSecret,
      ...environment,
    },
    folder,
  );
  const stop = async () => {
    const deadline = setTimeout(() => server.signal('SIGKILL'), STOP_MS);
    const { code } = await server.end('SIGTERM');
    clearTimeout(deadline);
    await rm(folder, { recursive: true, force: true });
    return code;
  };
  try {
    await server.ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: server.url, credentials, output: () => server.stdout + server.stderr, stop };
}
