import { ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const READY = /^Serving .* at (https?:\/\/\S+)/m;
/** Migrations included. */
const START_MS = 30_000;
/** What the server grants itself to shut down, and a little more. */
const STOP_MS = 15_000;

/** The server as operators run it: the built program, in a process of its own. */
export interface BuiltServer {
  url: string;
  /** Of the application that it was started with. */
  credentials: { clientId: string; clientSecret: string };
  /** What it has printed so far. */
  output(): string;
  /** Ends it as operators do, and answers its exit code. */
  stop(): Promise<number | null>;
}

/** Starts the built server on a free port, with the database of this spec file. `environment` adds to what it gets. */
export async function startBuiltServer(environment: Record<string, string> = {}): Promise<BuiltServer> {
  if (!existsSync(MAIN)) throw new Error('dist/main.js is missing: run `npm run build`');
  const folder = await mkdtemp(join(tmpdir(), 'chat-server-'));
  const credentials = { clientId: 'built-server', clientSecret: 'a secret for the tests' };
  const server = spawn(process.execPath, [MAIN], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing of what the developer has set.
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: process.env.DATABASE_URL?.startsWith('mysql:')
        ? process.env.DATABASE_URL
        : `sqlite:${join(folder, 'chat.sqlite')}`,
      DATA_DIR: folder,
      LOG_LEVEL: 'warn',
      BOOTSTRAP_CLIENT_ID: credentials.clientId,
      BOOTSTRAP_CLIENT_SECRET: credentials.clientSecret,
      ...environment,
    },
  });
  let printed = '';
  const output = () => printed;
  for (const stream of [server.stdout, server.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  const stop = async () => {
    const code = await end(server);
    await rm(folder, { recursive: true, force: true });
    return code;
  };
  try {
    return { url: await ready(server, output), credentials, output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for the line that says where the server is. */
function ready(server: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      clearTimeout(deadline);
      reject(new Error(`The built server ${reason}. It said:\n${output()}`));
    };
    const deadline = setTimeout(() => fail(`did not start within ${START_MS} ms`), START_MS);
    server.stdout!.on('data', () => {
      const url = READY.exec(output())?.[1];
      if (!url) return;
      clearTimeout(deadline);
      resolve(url);
    });
    server.once('error', (error) => fail(`could not be started: ${error.message}`));
    // Not 'exit': what it printed last has arrived by then.
    server.once('close', (code, signal) => fail(`ended with ${signal ?? code} before it was ready`));
  });
}

async function end(server: ChildProcess): Promise<number | null> {
  if (server.pid !== undefined && server.exitCode === null && server.signalCode === null) {
    const exit = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    const deadline = setTimeout(() => server.kill('SIGKILL'), STOP_MS);
    await exit;
    clearTimeout(deadline);
  }
  return server.exitCode;
}
