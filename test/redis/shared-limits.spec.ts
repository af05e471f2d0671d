import { randomBytes } from 'node:crypto';
import { createConnection, createServer, Server, Socket } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { emptyDatabase, EmptyDatabase, ServerProcess } from '../support/server-process.js';
import { until } from '../support/wait.js';

const CREDENTIALS = { BOOTSTRAP_CLIENT_ID: 'operator', BOOTSTRAP_CLIENT_SECRET: 'chosen by the operator' };

/** Passes everything on to Redis, until it is told to stop. */
class Wire {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  port = 0;

  constructor(private readonly target: URL) {}

  async open(): Promise<void> {
    const { hostname, port } = this.target;
    const server = createServer((near) => {
      const far = createConnection(Number(port || 6379), hostname);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.sockets.add(socket);
        socket.pipe(other);
        socket.on('error', () => other.destroy());
        socket.on('close', () => other.destroy());
      }
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as { port: number }).port;
    this.server = server;
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve) ?? resolve(undefined));
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
    this.server = undefined;
    await closed;
  }

  /** The address of Redis by this wire; keys are of this test alone. */
  url(prefix: string): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${this.port}`;
    url.searchParams.set('keyPrefix', prefix);
    return url.href;
  }
}

describe('processes that have a Redis', () => {
  const wire = new Wire(new URL(process.env.TEST_REDIS_URL!));
  let database: EmptyDatabase;
  let servers: ServerProcess[];
  let token: string;

  async function start(environment: Record<string, string>): Promise<void> {
    const prefix = `test-${randomBytes(6).toString('hex')}:`;
    const settings = { ...CREDENTIALS, DATABASE_URL: database.url, REDIS_URL: wire.url(prefix), ...environment };
    servers = [];
    for (let count = 0; count < 2; count++) servers.push(await ServerProcess.start(settings));
    token = (await ask(servers[0]!, CREDENTIALS.BOOTSTRAP_CLIENT_SECRET)).token!;
  }

  async function ask(server: ServerProcess, secret: string) {
    const response = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${CREDENTIALS.BOOTSTRAP_CLIENT_ID}:${secret}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return { status: response.status, token: ((await response.json()) as { access_token?: string }).access_token };
  }

  const get = async (server: ServerProcess) => {
    const response = await fetch(`${server.url}/v1/application`, { headers: { authorization: `Bearer ${token}` } });
    await response.arrayBuffer();
    return response;
  };
  /** How many of so many requests to both, at once, are let through. */
  const passing = async (count: number) => {
    const answers = await Promise.all(Array.from({ length: count }, (_, at) => get(servers[at % 2]!)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
    return statuses.filter((status) => status === 200).length;
  };

  beforeEach(async () => {
    database = await emptyDatabase();
    await wire.open();
  });
  afterEach(async () => {
    await ServerProcess.endAll();
    await wire.cut();
    await database.remove();
  });
  afterAll(() => ServerProcess.endAll());

  it.each([10, 100, 900])('share one limit, which is exact: %d', async (limit) => {
    await start({ RATE_LIMIT_REQUESTS: String(limit), RATE_LIMIT_SECONDS: '3600' });
    let passed = 0;
    for (let sent = 0; sent < limit + 50; sent += 50) passed += await passing(50);
    expect(passed).toBe(limit);
    for (const server of servers) {
      const { status, headers } = await get(server);
      expect([status, headers.get('ratelimit-remaining')]).toEqual([429, '0']);
    }
  });

  it('let no more through than allowed, and hardly less, when they take portions', async () => {
    await start({ RATE_LIMIT_REQUESTS: '2000', RATE_LIMIT_SECONDS: '3600' });
    let passed = 0;
    for (let sent = 0; sent < 2_050; sent += 50) passed += await passing(50);
    expect(passed).toBeLessThanOrEqual(2_000);
    expect(passed).toBeGreaterThanOrEqual(1_998);
  });

  it('share the count of failed credentials', async () => {
    await start({ OAUTH_FAILURES_PER_MINUTE: '4' });
    const statuses: number[] = [];
    for (let count = 0; count < 6; count++) statuses.push((await ask(servers[count % 2]!, 'wrong')).status);
    expect(statuses).toEqual([401, 401, 401, 401, 429, 429]);
  });

  it('go on, each with the whole limit, while Redis is away, and say so once; then they share it again', async () => {
    await start({ RATE_LIMIT_REQUESTS: '20', RATE_LIMIT_SECONDS: '2' });
    expect(await passing(60)).toBe(20);
    await wire.cut();
    await until('a new window has begun', async () => (await passing(2)) === 2);
    await until('each process counts for itself', async () => (await passing(100)) > 20);
    const said = (server: ServerProcess) => server.stdout.split('Redis does not answer').length - 1;
    expect(servers.map(said)).toEqual([1, 1]);
    await wire.open();
    await until(
      'the limit is shared again',
      async () => {
        await until('a new window has begun', async () => (await get(servers[0]!)).status === 200);
        return (await passing(100)) <= 20;
      },
      30_000,
    );
    expect(servers.map(said)).toEqual([1, 1]);
  });

  it('start without Redis, and use it as soon as it is there', async () => {
    await wire.cut();
    await start({ RATE_LIMIT_REQUESTS: '10', RATE_LIMIT_SECONDS: '3600' });
    expect(await passing(40)).toBe(20);
    for (const server of servers) expect((await server.end('SIGTERM')).code).toBe(0);
  });
});
