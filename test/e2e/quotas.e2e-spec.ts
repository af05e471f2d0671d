import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LimitsService } from '../../src/limits/limits.service.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { startApp, TestApp } from '../support/app.js';
import { Answer } from '../support/answer.js';
import { Make } from '../support/make.js';

describe('a quota', () => {
  let test: TestApp;
  let make: Make;
  beforeAll(async () => {
    test = await startApp({ QUOTA_USERS: '10', QUOTA_CHANNELS: '4', QUOTA_MESSAGES_PER_MONTH: '8' });
    make = new Make(test.stranger);
  });
  afterAll(() => test.close());

  const atOnce = <T>(count: number, work: (at: number) => Promise<T>) =>
    Promise.all(Array.from({ length: count }, (_, at) => work(at)));

  function expectExact(answers: Answer[], allowed: number, quota: string): void {
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(allowed);
    for (const { status, body } of answers.filter((answer) => answer.status !== 200))
      expect([status, body]).toEqual([
        400,
        {
          error: 'QuotaExceededError',
          message: 'A quota of the application is used up',
          timestamp: expect.any(String),
          explanation: expect.stringContaining('allows at most'),
          errors: [
            {
              resource: 'Application',
              field: `quotas.${quota}`,
              code: 'unprocessable',
              message: expect.stringContaining('allows at most'),
            },
          ],
        },
      ]);
  }

  const total = async (path: string) => (await test.client.get(path)).body.page.totalElements as number;

  it('of users is exact when many are created at once; deleting one makes room', async () => {
    const create = (at: number) => test.client.post('/v1/users', { name: `user ${at}`, displayName: 'User' });
    expectExact(await atOnce(20, create), 10, 'users');
    expect(await total('/v1/users')).toBe(10);
    const [first] = await test.client.all('/v1/users', 'users');
    await test.client.delete(`/v1/users/${first!.id}`);
    expectExact(await atOnce(3, (at) => create(100 + at)), 1, 'users');
    expect(
      await test.database.query("SELECT id FROM events WHERE type = 'user.created' AND application_id = ?", [
        test.application.applicationId,
      ]),
    ).toHaveLength(11);
  });

  it('of channels is exact, and does not matter to a channel that there is', async () => {
    const create = (name: string) => test.client.post('/v1/channels', { type: 'PUBLIC', name });
    expectExact(await atOnce(12, (at) => create(`channel ${at}`)), 4, 'channels');
    expect(await total('/v1/channels')).toBe(4);
    const [channel] = await test.client.all<{ id: number; name: string }>('/v1/channels', 'channels');
    expect((await create(channel!.name)).body.id).toBe(channel!.id);
  });

  it('of messages in a month is exact; deleting gives nothing back', async () => {
    const [channel] = await test.client.all('/v1/channels', 'channels');
    const path = `/v1/channels/${channel!.id}/messages`;
    const send = () => test.client.post(path, { type: 'TEXT', body: 'Hello' });
    const answers = await atOnce(20, send);
    expectExact(answers, 8, 'messagesPerMonth');
    expect((await test.client.get(path)).body.page.total).toBe(8);
    // Between those that were sent ids are missing: refused ones had been given some.
    const [sent, other] = answers.flatMap(({ status, body }) => (status === 200 ? [body.id as number] : []));
    await test.client.delete(`/v1/messages/${sent}`);
    expectExact([await send()], 0, 'messagesPerMonth');
    expectExact(
      [await test.client.post(`/v1/threads/${other}/messages`, { type: 'TEXT', body: 'Hi' })],
      0,
      'messagesPerMonth',
    );
    // Another month begins anew.
    await test.database.execute("UPDATE message_usage SET month = '2001-01'");
    expectExact([await send()], 1, 'messagesPerMonth');
    expect((await test.client.post('/v1/channels/999999999/messages', { type: 'TEXT', body: 'x' })).status).toBe(404);
  });

  it('is none of another application, and may be another one for one', async () => {
    const { applicationId } = test.application;
    const channel = await make.channel();
    await make.users(10);
    await make.message(channel, 'Hello');
    await test.app.get(LimitsService).set(applicationId, { users: 12 });
    expectExact(
      await atOnce(4, (at) => test.client.post('/v1/users', { name: `more ${at}`, displayName: 'More' })),
      2,
      'users',
    );
    await test.app.get(LimitsService).set(applicationId, { users: 0 });
    expectExact([await test.client.post('/v1/users', { name: 'one more', displayName: 'More' })], 1, 'users');
  });

  it('is told to Prometheus when it refuses, and leaves every counter right', async () => {
    const { body } = await test.client.get('/metrics');
    expect(Number(/limited_requests_total\{limit="quota"\} (\d+)/.exec(body as string)![1])).toBeGreaterThan(20);
    expect((await new CounterCheck(test.database).run()).differences).toEqual([]);
  });
});
