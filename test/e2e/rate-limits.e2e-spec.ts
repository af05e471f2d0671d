import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ApplicationsService } from '../../src/applications/applications.service.js';
import { LimitsService } from '../../src/limits/limits.service.js';
import { startApp, TestApp } from '../support/app.js';
import { Answer } from '../support/answer.js';
import { Client } from '../support/client.js';
import { Contract } from '../support/contract.js';
import { emptyDatabase } from '../support/server-process.js';
import { until } from '../support/wait.js';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const HOUR = '3600';

describe('a limit of requests', () => {
  let test: TestApp;
  afterEach(() => test.close());

  const fieldsOf = ({ headers }: Answer) => ({
    limit: headers.get('ratelimit-limit'),
    remaining: headers.get('ratelimit-remaining'),
    policy: headers.get('ratelimit-policy'),
    current: headers.get('ratelimit'),
  });
  const many = (client: Client, count: number) =>
    Promise.all(Array.from({ length: count }, () => client.get('/v1/application')));
  const count = (answers: Answer[], wanted: number) => answers.filter(({ status }) => status === wanted).length;

  it('is told with every answer of the API, refusals among them', async () => {
    test = await startApp({ RATE_LIMIT_REQUESTS: '100', RATE_LIMIT_SECONDS: HOUR });
    const narrow = await Client.of(test.url, test.application, new Contract(), 'read:user');
    const asked: [number, () => Promise<Answer>][] = [
      [200, () => test.client.get('/v1/application')],
      [200, () => test.client.get('/users')],
      [404, () => test.client.get('/v1/users/999999999')],
      [400, () => test.client.post('/v1/users', {})],
      [403, () => narrow.get('/v1/channels')],
      [404, () => test.client.get('/v1/applications/999999999/users')],
      [307, () => test.client.get('/v1/applications/me/users')],
      [404, () => test.client.head('/v1/users?name=nobody')],
    ];
    for (const [at, [status, ask]] of asked.entries()) {
      const answer = await ask();
      const remaining = String(99 - at);
      const reset = Number(answer.headers.get('ratelimit-reset'));
      expect([status, answer.status]).toEqual([status, status]);
      expect(reset > 3_500 && reset <= 3_600).toBe(true);
      expect([status, fieldsOf(answer)]).toEqual([
        status,
        { limit: '100', remaining, policy: '"requests";q=100;w=3600', current: `"requests";r=${remaining};t=${reset}` },
      ]);
    }
    // Without an application there is nobody to count for.
    expect((await test.client.with('').get('/v1/users')).headers.get('ratelimit')).toBeNull();
    expect((await test.client.get('/health')).headers.get('ratelimit')).toBeNull();
  });

  it.each([7, 100, 2_000])('is exact when many ask at once: %d', async (limit) => {
    test = await startApp({ RATE_LIMIT_REQUESTS: String(limit), RATE_LIMIT_SECONDS: HOUR });
    const before = Math.max(0, limit - 20);
    for (let sent = 0; sent < before; sent += 50) await many(test.client, Math.min(50, before - sent));
    const answers = await many(test.client, 50);
    expect([count(answers, 200), count(answers, 429)]).toEqual([limit - before, 50 - (limit - before)]);
  });

  it('is answered with 429, and with how long to wait', async () => {
    test = await startApp({ RATE_LIMIT_REQUESTS: '1', RATE_LIMIT_SECONDS: HOUR });
    await test.client.get('/v1/application');
    const answer = await test.client.post('/v1/users', { name: 'too many', displayName: 'Too Many' });
    expect([answer.status, answer.body]).toEqual([
      429,
      {
        error: 'RateLimitedError',
        message: 'Too many requests',
        timestamp: expect.any(String),
        explanation: 'This application may send 1 requests in 3600 seconds',
        properties: { coolOffDuration: expect.stringMatching(/^PT\d+(\.\d+)?S$/) },
      },
    ]);
    const seconds = Number(/[\d.]+/.exec(answer.body.properties.coolOffDuration as string)![0]);
    const after = Number(answer.headers.get('retry-after'));
    expect(after >= seconds && after < seconds + 1.001).toBe(true);
    expect(fieldsOf(answer)).toMatchObject({ limit: '1', remaining: '0' });
    expect(await test.database.query("SELECT id FROM users WHERE name = 'too many'")).toEqual([]);
    const { body: metrics } = await test.client.get('/metrics');
    expect(metrics).toContain('limited_requests_total{limit="requests"} 1');
  });

  it('is of an application, whatever token it uses, and none of another application', async () => {
    test = await startApp({ RATE_LIMIT_REQUESTS: '3', RATE_LIMIT_SECONDS: HOUR });
    const second = await Client.of(test.url, test.application, new Contract());
    expect(second.token).not.toBe(test.client.token);
    const answers = [...(await many(test.client, 2)), ...(await many(second, 2)), ...(await many(test.client, 1))];
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429, 429]);
    expect(count(await many(test.stranger, 3), 200)).toBe(3);
  });

  it('is as it was once the window has ended', async () => {
    test = await startApp({ RATE_LIMIT_REQUESTS: '5', RATE_LIMIT_SECONDS: '4' });
    expect(count(await many(test.client, 20), 200)).toBe(5);
    await until('a request passes', async () => (await test.client.get('/v1/application')).status === 200);
  });

  it('is none when it is 0', async () => {
    test = await startApp({ RATE_LIMIT_REQUESTS: '0' });
    expect(fieldsOf(await test.client.get('/v1/application')).limit).toBeNull();
  });

  it('may be another one for one application, and changes while requests come in', async () => {
    test = await startApp({ RATE_LIMIT_REQUESTS: '1000', RATE_LIMIT_SECONDS: HOUR });
    await many(test.client, 10);
    const { applicationId } = test.application;
    await test.app.get(LimitsService).set(applicationId, { requests: 12 });
    expect(count(await many(test.client, 10), 200)).toBe(2);
    await test.app.get(LimitsService).set(applicationId, { requests: 0 });
    expect(count(await many(test.client, 10), 200)).toBe(10);
    await test.app.get(LimitsService).set(applicationId, { requests: null });
    expect(fieldsOf(await test.client.get('/v1/application')).limit).toBe('1000');
    expect(fieldsOf(await test.stranger.get('/v1/application')).limit).toBe('1000');
  });

  it('is set by operators from a shell, and noticed by the server soon', async () => {
    const database = await emptyDatabase();
    test = await startApp({ DATABASE_URL: database.url });
    const { applicationId } = test.application;
    const cli = async (...args: string[]) => {
      const child = spawn(process.execPath, [CLI, 'limits:set', ...args], {
        env: { PATH: process.env.PATH, DATABASE_URL: database.url },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [printed, complained] = ['', ''];
      child.stdout.on('data', (text) => (printed += String(text)));
      child.stderr.on('data', (text) => (complained += String(text)));
      const [code] = (await once(child, 'close')) as [number];
      return { code, printed, complained };
    };
    await test.client.get('/v1/application');
    const id = String(applicationId);
    const set = await cli('--application-id', id, '--requests', '40', '--seconds', '60', '--users', 'none', '--json');
    expect(set.complained).toBe('');
    expect(JSON.parse(set.printed)).toEqual({
      applicationId,
      requests: 40,
      seconds: 60,
      users: 0,
      channels: 0,
      messagesPerMonth: 0,
    });
    await until(
      'the server knows',
      async () => fieldsOf(await test.client.get('/v1/application')).policy === '"requests";q=40;w=60',
    );
    expect((await cli('--application-id', id, '--requests', 'default')).printed).toContain('1000000 (default)');
    for (const [option, value] of [
      ['--requests', '-1'],
      ['--users', 'many'],
      ['--seconds', 'none'],
      ['--channels', '1.5'],
    ] as const)
      expect([option, await cli('--application-id', id, option, value)]).toEqual([
        option,
        { code: 2, printed: '', complained: expect.stringContaining(option) },
      ]);
    expect((await cli('--requests', '1')).complained).toContain('--application-id');
    expect((await cli('--application-id', '999999999', '--requests', '1')).complained).toContain('no application');
    await test.close();
    await database.remove();
    test = await startApp();
  });

  it('goes with its application', async () => {
    test = await startApp({ QUOTA_MESSAGES_PER_MONTH: '5' });
    const { applicationId, key } = await test.app.get(ApplicationsService).create('Limited');
    const rows = async () => [
      ...(await test.database.query('SELECT application_id FROM application_limits WHERE application_id = ?', [
        applicationId,
      ])),
      ...(await test.database.query('SELECT application_id FROM message_usage WHERE application_id = ?', [
        applicationId,
      ])),
    ];
    await test.app.get(LimitsService).set(applicationId, { users: 5 });
    await test.database.execute(
      "INSERT INTO message_usage (application_id, month, messages_sent) VALUES (?, '2024-05', 1)",
      [applicationId],
    );
    expect(await rows()).toHaveLength(2);
    await test.app.get(ApplicationsService).delete(applicationId, key);
    await test.jobsDone();
    expect(await rows()).toEqual([]);
  });
});
