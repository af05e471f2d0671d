import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exclusively, migrate } from '../../src/database/schema.js';
import { connect } from '../support/data-source.js';
import { emptyDatabase, EmptyDatabase, ServerProcess } from '../support/server-process.js';
import { until } from '../support/wait.js';

const isMysql = process.env.DATABASE_URL!.startsWith('mysql:');
const BOOTSTRAP = { BOOTSTRAP_CLIENT_ID: 'operator', BOOTSTRAP_CLIENT_SECRET: 'chosen by the operator' };

describe('a server that starts', () => {
  let database: EmptyDatabase;
  beforeEach(async () => {
    database = await emptyDatabase();
  });
  afterEach(async () => {
    await ServerProcess.endAll();
    await database.remove();
  });

  const environment = (more: Record<string, string> = {}) => ({ DATABASE_URL: database.url, ...more });
  const status = async (server: ServerProcess, path: string) => (await fetch(server.url + path)).status;
  const query = async <Row>(sql: string): Promise<Row[]> => {
    const dataSource = await connect(database.url);
    try {
      return await dataSource.query<Row[]>(sql);
    } finally {
      await dataSource.destroy();
    }
  };
  const token = async (server: ServerProcess, clientId: string, clientSecret: string): Promise<string | undefined> => {
    const response = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token } = (await response.json()) as { access_token?: string };
    return access_token;
  };
  const application = async (server: ServerProcess, accessToken: string | undefined) => {
    const response = await fetch(`${server.url}/v1/application`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    return response.status === 200 ? ((await response.json()) as { id: number; name: string }) : response.status;
  };
  const secretIn = (server: ServerProcess) => /client secret\s+(\S+)/.exec(server.stdout)?.[1];

  it('together with others on an empty database serves as well as they do', async () => {
    const servers = [1, 2, 3].map(() => ServerProcess.launch(environment()));
    await Promise.all(servers.map((server) => server.ready()));
    expect(await Promise.all(servers.map((server) => status(server, '/health')))).toEqual([200, 200, 200]);
    // A database of one's own is for trying things out; a server is not.
    const demos = isMysql ? 0 : 1;
    await until('the demo is printed', () => servers.filter(secretIn).length >= demos);
    expect(servers.filter(secretIn)).toHaveLength(demos);
    expect(await query('SELECT id FROM applications')).toHaveLength(demos);
    for (const { stderr } of servers) expect(stderr).toBe('');
  });

  it('together with another makes the application of the configuration once', async () => {
    const servers = [1, 2].map(() => ServerProcess.launch(environment(BOOTSTRAP)));
    await Promise.all(servers.map((server) => server.ready()));
    const { BOOTSTRAP_CLIENT_ID: id, BOOTSTRAP_CLIENT_SECRET: secret } = BOOTSTRAP;
    const found = await Promise.all(
      servers.map(async (server) => application(server, await token(server, id, secret))),
    );
    expect(found[0]).toMatchObject({ name: 'operator' });
    expect(found[1]).toEqual({ ...(found[0] as object), _links: expect.anything() });
    expect(await query('SELECT id FROM applications')).toHaveLength(1);
    for (const server of servers) expect(server.stdout + server.stderr).not.toContain(secret);
  });

  it('with another secret in the configuration takes that, and no longer the old one', async () => {
    const first = await ServerProcess.start(environment(BOOTSTRAP));
    await first.end('SIGTERM');
    const second = await ServerProcess.start(environment({ ...BOOTSTRAP, BOOTSTRAP_CLIENT_SECRET: 'another secret' }));
    expect(await token(second, 'operator', BOOTSTRAP.BOOTSTRAP_CLIENT_SECRET)).toBeUndefined();
    expect(await application(second, await token(second, 'operator', 'another secret'))).toMatchObject({
      name: 'operator',
    });
    expect(await query('SELECT id FROM applications')).toHaveLength(1);
  });

  if (!isMysql)
    it('on an empty file prints credentials that work, and only the first time', async () => {
      const first = await ServerProcess.start(environment());
      // After the line that says that it serves.
      await until('the credentials are printed', () => /\/v1\/application\n/.test(first.stdout));
      const id = /client id\s+(\S+)/.exec(first.stdout)![1]!;
      const secret = secretIn(first)!;
      expect(first.stdout).toMatch(/curl -s -u '.*oauth\/token/);
      expect(await application(first, await token(first, id, secret))).toMatchObject({ name: 'Demo' });
      await first.end('SIGTERM');
      const second = await ServerProcess.start(environment());
      expect(await application(second, await token(second, id, secret))).toMatchObject({ name: 'Demo' });
      await second.end('SIGTERM');
      expect(secretIn(second)).toBeUndefined();
      expect(second.stdout.trim().split('\n')).toHaveLength(1);
    });

  it('without the right to migrate is not ready until somebody else has', async () => {
    const server = await ServerProcess.start(environment({ ...BOOTSTRAP, MIGRATE_ON_START: 'false' }));
    const before = await fetch(`${server.url}/health`);
    expect(before.status).toBe(503);
    expect(await before.text()).toMatch(/not applied: \w+/);
    const dataSource = await connect(database.url);
    await exclusively(dataSource, () => migrate(dataSource));
    await dataSource.destroy();
    const after = await fetch(`${server.url}/health`);
    expect([after.status, await after.json()]).toEqual([200, expect.objectContaining({ status: 'ok' })]);
    const { BOOTSTRAP_CLIENT_ID: id, BOOTSTRAP_CLIENT_SECRET: secret } = BOOTSTRAP;
    let made: unknown;
    for (let tries = 0; tries < 100 && typeof made !== 'object'; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      made = await application(server, await token(server, id, secret));
    }
    expect(made).toMatchObject({ name: 'operator' });
  });

  it('tells operators how it is', async () => {
    const server = await ServerProcess.start(environment(BOOTSTRAP));
    const health = await fetch(`${server.url}/health`);
    expect([health.status, health.headers.get('content-type')]).toEqual([
      200,
      expect.stringMatching(/^application\/json/),
    ]);
    expect(await health.json()).toMatchObject({
      status: 'ok',
      details: { database: { status: 'up' }, migrations: { status: 'up' } },
    });
    await application(server, 'nobody');
    const metrics = await fetch(`${server.url}/metrics`);
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
    const text = await metrics.text();
    expect(text).toMatch(/^process_cpu_seconds_total \d/m);
    expect(text).toMatch(/^http_request_duration_seconds_count\{method="GET",route="\/health",status="200"\} 1$/m);
    expect(text).toMatch(
      /^http_request_duration_seconds_count\{method="GET",route="\/v1\/application",status="401"\} 1$/m,
    );
    expect(await status(server, '/')).toBe(200);
    expect(await status(server, '/docs')).toBe(200);
  });

  it('with a wrong configuration says all that is wrong, and ends', async () => {
    const server = ServerProcess.launch(
      environment({
        PORT: 'http',
        LOG_LEVEL: 'loud',
        PUBLIC_URL: 'chat.example.org',
        TLS_CERT_FILE: '/nowhere/cert.pem',
        BOOTSTRAP_CLIENT_SECRET: 'a good secret',
      }),
    );
    const { code } = await server.ended;
    expect(code).toBe(1);
    const lines = server.stderr.trim().split('\n');
    expect(lines[0]).toBe('The configuration is wrong:');
    expect(
      lines
        .slice(1)
        .map((line) => /^ {2}- (\w+) must /.exec(line)?.[1])
        .sort(),
    ).toEqual(['BOOTSTRAP_CLIENT_ID', 'LOG_LEVEL', 'PORT', 'PUBLIC_URL', 'TLS_CERT_FILE', 'TLS_KEY_FILE']);
    expect(server.stdout).toBe('');
    expect(server.stderr).not.toContain('a good secret');
  });

  it('on a port that is taken ends, and says so', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    const server = ServerProcess.launch(environment({ ...BOOTSTRAP, PORT: String(port) }));
    const { code } = await server.ended;
    await new Promise((resolve) => taken.close(resolve));
    expect(code).toBe(1);
    expect(server.stderr).toMatch(new RegExp(`EADDRINUSE.*${port}`));
  });

  it('without a database that it can reach ends, and says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chat-nowhere-'));
    const unreachable = isMysql ? 'mysql://root@127.0.0.1:1/chat' : `sqlite:${folder}`;
    const server = ServerProcess.launch({ DATABASE_URL: unreachable });
    const { code } = await server.ended;
    await rm(folder, { recursive: true });
    expect(code).toBe(1);
    expect(server.stderr).toMatch(/ECONNREFUSED|unable to open/i);
  });
});
