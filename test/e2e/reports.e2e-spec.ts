import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { ReportsService } from '../../src/reports/reports.service.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeMessage, MadeUser } from '../support/make.js';

describe('reports of messages', () => {
  let test: TestApp;
  let reports: ReportsService;
  let applicationId: number;
  let ann: MadeUser;
  let bob: MadeUser;
  let channel: MadeChannel;
  let message: MadeMessage;
  let quiet: MadeMessage;
  beforeAll(async () => {
    test = await startApp();
    reports = test.app.get(ReportsService);
    ({ applicationId } = test.application);
  });
  beforeEach(async () => {
    [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
    channel = await test.make.channel({ members: [ann, bob] });
    message = await test.make.message(channel, 'Rude', bob);
    quiet = await test.make.message(channel, 'Polite', bob);
  });
  afterAll(() => test.close());

  const report = (of: { id: number }, by: { id: number }, reason = 'spam', properties?: Record<string, unknown>) =>
    reports.report(applicationId, of.id, by.id, reason, properties);
  const path = () => `/v1/channels/${channel.id}/reported-messages`;
  const reported = async () => (await test.client.all(`${path()}?size=1`, 'messages')).map(({ id }) => id);
  const countOf = async ({ id }: { id: number }) => (await test.client.get(`/v1/messages/${id}`)).body.reportCount;
  const differences = async () => (await new CounterCheck(test.database).run()).differences;
  const storedOf = async ({ id }: { id: number }) =>
    (await test.database.query('SELECT 1 FROM message_reports WHERE message_id = ?', [id])).length;

  it('are counted on the message, wherever it stands', async () => {
    expect(await countOf(message)).toBeUndefined();
    expect(await report(message, ann, 'spam', { severity: 3 })).toMatchObject({
      message_id: message.id,
      user_id: ann.id,
      reason: 'spam',
      properties: '{"severity":3}',
    });
    await report(message, bob);
    expect(await countOf(message)).toBe(2);
    expect(await countOf(quiet)).toBeUndefined();
    const listed = (await test.client.get(`/v1/channels/${channel.id}/messages`)).body._embedded.messages;
    expect(listed).toMatchObject([{ id: quiet.id }, { id: message.id, reportCount: 2 }]);
    const accept = 'application/vnd.chatkitty+json';
    const snake = (await test.client.get(`/messages/${message.id}`, { headers: { accept } })).body;
    expect(snake.report_count).toBe(2);
    expect(await differences()).toEqual([]);
  });

  it('make a list of messages of the channel, each once, the oldest first', async () => {
    expect((await test.client.get(path())).body).toMatchObject({
      _embedded: { messages: [] },
      page: { totalElements: 0 },
    });
    await report(quiet, ann);
    for (const user of [bob, ann]) await report(message, user);
    const reply = await test.make.reply(message, 'Rude as well', bob);
    await report(reply, ann);
    const elsewhere = await test.make.channel({ members: [ann] });
    await report(await test.make.message(elsewhere, 'Rude elsewhere'), ann);
    expect(await reported()).toEqual([message.id, quiet.id, reply.id]);
    const { body } = await test.client.get(path());
    expect(body.page).toEqual({ size: 25, totalElements: 3, totalPages: 1, number: 0 });
    expect(body._embedded.messages).toMatchObject([
      { id: message.id, body: 'Rude', reportCount: 2, user: { id: bob.id }, _links: { self: expect.anything() } },
      { id: quiet.id, reportCount: 1 },
      { id: reply.id, reportCount: 1, nestedLevel: 1 },
    ]);
    expect((await test.client.get(`${path()}?page=2&size=1`)).body._embedded.messages).toMatchObject([
      { id: reply.id },
    ]);
    const down = await test.client.all(`${path()}?size=2&sort=createdTime,desc`, 'messages');
    expect(down.map(({ id }) => id)).toEqual([reply.id, quiet.id, message.id]);
    expect(await differences()).toEqual([]);
  });

  it('count once for each user, the first of each stands', async () => {
    const first = await report(message, ann, 'first');
    const again = await Promise.all(['second', 'third'].map((reason) => report(message, ann, reason)));
    expect(again).toEqual([first, first]);
    const other = await Promise.all([1, 2, 3].map(() => report(quiet, ann)));
    expect(new Set(other.map(({ id }) => id)).size).toBe(1);
    expect([await countOf(message), await countOf(quiet)]).toEqual([1, 1]);
    const events = await test.database.query(
      "SELECT 1 FROM events WHERE type = 'message.reported' AND channel_id = ?",
      [channel.id],
    );
    expect(events).toHaveLength(2);
    expect(await differences()).toEqual([]);
  });

  it('go with the message', async () => {
    await report(message, ann);
    await report(quiet, ann);
    await test.client.delete(`/v1/messages/${message.id}`);
    expect(await reported()).toEqual([quiet.id]);
    expect((await test.client.get(path())).body.page.totalElements).toBe(1);
    expect([await storedOf(message), await storedOf(quiet)]).toEqual([0, 1]);
    expect(await differences()).toEqual([]);
  });

  it('go with who made them', async () => {
    await report(message, ann);
    await report(message, bob);
    await report(quiet, ann);
    await test.client.delete(`/v1/users/${ann.id}`);
    await test.jobsDone();
    expect(await reported()).toEqual([message.id]);
    expect([await countOf(message), await countOf(quiet)]).toEqual([1, undefined]);
    expect((await test.client.get(path())).body.page.totalElements).toBe(1);
    expect(await differences()).toEqual([]);
  });

  it('go with the channel', async () => {
    await report(message, ann);
    await test.client.delete(`/v1/channels/${channel.id}`);
    await expect(report(quiet, ann)).rejects.toMatchObject({ status: 404 });
    await test.jobsDone();
    expect(await storedOf(message)).toBe(0);
    expect(await differences()).toEqual([]);
  });

  it('are made by members, with a reason, of messages that there are', async () => {
    const [outsider] = (await test.make.users(1)) as [MadeUser];
    for (const [status, refused] of [
      [400, () => report(message, outsider)],
      [400, () => report(message, ann, ' ')],
      [400, () => report(message, ann, 'x'.repeat(1_001))],
      [400, () => report(message, ann, 'spam', { a: 'x'.repeat(65_536) })],
      [404, () => report({ id: 999_999_999 }, ann)],
      [404, () => report(message, { id: 999_999_999 })],
      [404, () => reports.report(applicationId + 1, message.id, ann.id, 'spam')],
    ] as const)
      await expect(refused()).rejects.toMatchObject({ status });
    expect([await countOf(message), await storedOf(message)]).toEqual([undefined, 0]);
  });

  it('are not seen by another tenant', async () => {
    await report(message, ann);
    expect((await test.stranger.get(path())).status).toBe(404);
    expect((await test.client.get('/v1/channels/999999999/reported-messages')).status).toBe(404);
  });
});
