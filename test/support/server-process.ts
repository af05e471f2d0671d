import { ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mysql from 'mysql2/promise';
import { pause } from './wait.js';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const READY = /^Serving .* at (https?:\/\/\S+)/m;
const START_MS = 30_000;

/** How a process ended: with a code of its own, or by a signal. */
export interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The built server in a process, for tests of how it begins and ends. */
export class ServerProcess {
  private static readonly all = new Set<ServerProcess>();
  private readonly child: ChildProcess;
  private printed = '';
  private complained = '';
  readonly ended: Promise<End>;

  private constructor(environment: Record<string, string>, folder: string) {
    this.child = spawn(process.execPath, [MAIN], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Nothing of what the developer has set.
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'warn', ...environment },
    });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.printed += text));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.complained += text));
    this.ended = new Promise((resolve) => this.child.once('close', (code, signal) => resolve({ code, signal })));
    void this.ended.then(() => ServerProcess.all.delete(this));
    ServerProcess.all.add(this);
  }

  /** Starts one, whatever becomes of it. */
  static launch(environment: Record<string, string>, folder = tmpdir()): ServerProcess {
    return new ServerProcess(environment, folder);
  }

  /** Starts one and waits until it serves. */
  static async start(environment: Record<string, string>): Promise<ServerProcess> {
    const server = ServerProcess.launch(environment);
    await server.ready();
    return server;
  }

  /** Ends those that a failed test has left. */
  static async endAll(): Promise<void> {
    await Promise.all([...ServerProcess.all].map((server) => server.end('SIGKILL')));
  }

  get stdout(): string {
    return this.printed;
  }

  get stderr(): string {
    return this.complained;
  }

  get url(): string {
    return READY.exec(this.printed)![1]!;
  }

  async ready(): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (!READY.test(this.printed)) {
      const hasEnded = this.child.exitCode !== null || this.child.signalCode !== null;
      if (hasEnded || Date.now() > deadline)
        throw new Error(`The server does not serve. It said:\n${this.printed}${this.complained}`);
      await pause(20);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  end(signal: NodeJS.Signals): Promise<End> {
    this.signal(signal);
    return this.ended;
  }
}

/** A database with nothing in it. */
export interface EmptyDatabase {
  url: string;
  remove(): Promise<void>;
}

/** The database of this spec file, emptied; on SQLite a new file. */
export async function emptyDatabase(): Promise<EmptyDatabase> {
  const url = process.env.DATABASE_URL!;
  if (url.startsWith('mysql:')) {
    const name = new URL(url).pathname.slice(1);
    const connection = await mysql.createConnection(url.slice(0, -name.length));
    await connection.query(`DROP DATABASE ${name}`);
    await connection.query(`CREATE DATABASE ${name}`);
    await connection.end();
    return { url, remove: async () => {} };
  }
  const folder = await mkdtemp(join(tmpdir(), 'chat-database-'));
  return {
    url: `sqlite:${join(folder, 'chat.sqlite')}`,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
