import { Agent, request } from 'node:http';
import { connect as connectSocket, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from '../support/data-source.js';
import { emptyDatabase, EmptyDatabase, End, ServerProcess } from '../support/server-process.js';
import { pause, until } from '../support/wait.js';

const isMysql = process.env.DATABASE_URL!.startsWith('mysql:');
const CREDENTIALS = { BOOTSTRAP_CLIENT_ID: 'operator', BOOTSTRAP_CLIENT_SECRET: 'chosen by the operator' };
const DEADLINE_MS = 10_000;

describe('a server that is asked to end', () => {
  let files: EmptyDatabase;
  let server: ServerProcess;
  let token: string;
  let channelId: number;
  /** Has a request that never ends; was asked to end when the others began. */
  let stuck: Promise<End & { after: number }>;
  const sockets: Socket[] = [];

  const start = () => ServerProcess.start({ ...CREDENTIALS, DATABASE_URL: files.url });
  const post = async (path: string, body: unknown) => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as { id: number };
  };
  const open = (of: ServerProcess): Socket => {
    const socket = connectSocket(Number(new URL(of.url).port), '127.0.0.1');
    sockets.push(socket.on('error', () => {}));
    return socket;
  };
  /** Sends a message up to the middle of its body; gives what is left, and what the server answers. */
  const beginSending = (of: ServerProcess, text: string) => {
    const body = JSON.stringify({ type: 'TEXT', body: text });
    const socket = open(of);
    const answer = { text: '' };
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer.text += chunk));
    socket.write(
      `POST /v1/channels/${channelId}/messages HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
    );
    return { answer, finish: () => socket.write(body.slice(10)) };
  };
  const isRefused = (of: ServerProcess) =>
    new Promise<boolean>((resolve) => {
      const socket = open(of);
      socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
      socket.once('connect', () => socket.destroy());
    });
  const bodies = async (): Promise<string[]> => {
    const dataSource = await connect(files.url);
    const rows = await dataSource.query<{ body: string }[]>('SELECT body FROM messages ORDER BY id');
    await dataSource.destroy();
    return rows.map(({ body }) => body);
  };
  const endedWithin = async (ms: number, of: ServerProcess) => {
    const begin = Date.now();
    const end = await of.ended;
    expect(Date.now() - begin).toBeLessThan(ms);
    return end;
  };

  beforeAll(async () => {
    files = await emptyDatabase();
    server = await start();
    const response = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: CREDENTIALS.BOOTSTRAP_CLIENT_ID,
        client_secret: CREDENTIALS.BOOTSTRAP_CLIENT_SECRET,
      }),
    });
    token = ((await response.json()) as { access_token: string }).access_token;
    channelId = (await post('/v1/channels', { type: 'PUBLIC' })).id;

    const other = await start();
    beginSending(other, 'never finished');
    await pause(100);
    const begin = Date.now();
    stuck = other.end('SIGTERM').then((end) => ({ ...end, after: Date.now() - begin }));
  });
  afterEach(() => {
    for (const socket of sockets.splice(1)) socket.destroy();
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await ServerProcess.endAll();
    await files.remove();
  });

  it('finishes what is in flight, and takes on nothing new', async () => {
    const { answer, finish } = beginSending(server, 'in flight');
    await pause(100);
    server.signal('SIGTERM');
    await until('new connections are refused', () => isRefused(server), 3_000);
    expect(answer.text).toBe('');
    server.signal('SIGTERM');
    finish();
    expect(await endedWithin(3_000, server)).toEqual({ code: 0, signal: null });
    expect(answer.text).toMatch(/^HTTP\/1\.1 200 /);
    expect(await bodies()).toEqual(['in flight']);
    expect(server.stderr).toBe('');
  });

  it('finishes a write that has to wait for another process', async () => {
    server = await start();
    const holder = await connect(files.url);
    const runner = holder.createQueryRunner();
    await runner.query(isMysql ? 'START TRANSACTION' : 'BEGIN IMMEDIATE');
    await runner.query('UPDATE channels SET display_name = NULL WHERE id = ?', [channelId]);
    const sending = post(`/v1/channels/${channelId}/messages`, { type: 'TEXT', body: 'waited' });
    await pause(300);
    server.signal('SIGTERM');
    await pause(300);
    await runner.query('COMMIT');
    expect((await sending).id).toBeGreaterThan(0);
    expect(await endedWithin(3_000, server)).toEqual({ code: 0, signal: null });
    await holder.destroy();
    expect(await bodies()).toEqual(['in flight', 'waited']);
  });

  it('is not held up by connections that wait for a next request', async () => {
    server = await start();
    const agent = new Agent({ keepAlive: true });
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(`${server.url}/health`, { agent }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
    open(server);
    await pause(50);
    server.signal('SIGINT');
    expect(await endedWithin(3_000, server)).toEqual({ code: 0, signal: null });
    agent.destroy();
  });

  it('ends at the deadline whatever is in flight, and says so by its code', async () => {
    const { code, after } = await stuck;
    expect(code).toBe(1);
    expect(after).toBeGreaterThanOrEqual(DEADLINE_MS - 100);
    expect(after).toBeLessThan(DEADLINE_MS + 3_000);
  });
});
