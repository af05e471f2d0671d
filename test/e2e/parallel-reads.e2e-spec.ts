import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { Answer } from '../support/answer.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeMessage, MadeUser } from '../support/make.js';

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));
const oneOf = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)]!;

describe('sending, reading and deleting at the same time', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());

  const expectExactCounters = async () => expect((await new CounterCheck(test.database).run()).differences).toEqual([]);

  /** Works in turn on what the others work on as well, and answers what was answered. */
  async function mixed(channels: MadeChannel[], users: MadeUser[], extra: (() => Promise<Answer>)[] = []) {
    const { client } = test;
    const sent: number[] = [];
    const sending = async (path: string) => {
      const user = Math.random() < 0.8 ? { user: { id: oneOf(users).id } } : {};
      const answer = await client.post(path, { type: 'TEXT', body: 'x', ...user });
      if (answer.status === 200) sent.push(answer.body.id as number);
      return answer;
    };
    const reading = (body?: unknown) =>
      client.put(`/v1/channels/${oneOf(channels).id}/members/${oneOf(users).id}/read-position`, body);
    const kinds = [
      () => sending(`/v1/channels/${oneOf(channels).id}/messages`),
      () => sending(`/v1/channels/${oneOf(channels).id}/messages`),
      () => sending(`/v1/threads/${oneOf(sent) ?? 1}/messages`),
      () => reading(),
      () => reading({ messageId: oneOf(sent) ?? 1 }),
      () => reading({ messageId: oneOf(sent) ?? 1 }),
      () => client.delete(`/v1/messages/${oneOf(sent) ?? 1}`),
      ...extra,
    ];
    const answers = await times(20, async () => {
      const found: Answer[] = [];
      for (let count = 0; count < 20; count++) found.push(await oneOf(kinds)());
      return found;
    });
    return answers.flat();
  }
  const expectNothingFailed = (answers: Answer[]) => {
    const failed = answers.filter(({ status }) => ![200, 400, 404].includes(status));
    expect(failed.map(({ status, body }) => [status, body])).toEqual([]);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(answers.length / 4);
  };
  /** What each says of a user is the same as what the rows say. */
  async function expectAgreement(users: MadeUser[]) {
    const { client } = test;
    const summaries = await client.all<{ user: { id: number }; count: number }>(
      '/v1/application/message-read-receipt-summaries?size=100',
      'summaries',
    );
    for (const { id } of users) {
      const { body } = await client.get(`/v1/users/${id}/messages/unread/count`);
      const listed = await client.all(`/v1/users/${id}/messages?unread=true&size=7`, 'messages');
      const [{ n }] = (await test.database.query<{ n: number }>(
        'SELECT COUNT(*) AS n FROM memberships ms JOIN channels c ON c.id = ms.channel_id AND c.deleted_time IS NULL JOIN messages m ON m.channel_id = ms.channel_id AND m.id > ms.read_message_id AND m.id > c.cleared_message_id AND (m.user_id IS NULL OR m.user_id <> ms.user_id) WHERE ms.user_id = ?',
        [id],
      )) as [{ n: number }];
      const summed = summaries.filter(({ user }) => user.id === id).reduce((sum, { count }) => sum + count, 0);
      expect([id, body.count, listed.length, summed]).toEqual([id, n, n, n]);
      expect(new Set(listed.map((message) => message.id)).size).toBe(n);
    }
    const { body } = await client.get('/v1/users?unread=true&size=100');
    const counts = await Promise.all(
      users.map(async ({ id }) => (await client.get(`/v1/users/${id}/messages/unread/count`)).body.count as number),
    );
    const withUnread = (body._embedded.users as MadeUser[]).map(({ id }) => id);
    expect(users.filter(({ id }) => withUnread.includes(id))).toEqual(users.filter((_, index) => counts[index]! > 0));
  }

  it('leaves every count exact, and all answers agree', async () => {
    const users = await test.make.users(6);
    const channels = await times(2, () => test.make.channel({ members: users }));
    expectNothingFailed(await mixed(channels, users));
    await expectExactCounters();
    await expectAgreement(users);
  });

  it('moves a position forth only, and marks each message as read once', async () => {
    const [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
    const channel = await test.make.channel({ members: [ann, bob] });
    const messages: MadeMessage[] = [];
    for (let count = 0; count < 20; count++) messages.push(await test.make.message(channel, 'x', ann));
    await times(30, () => test.make.read(channel, bob, oneOf(messages)));
    const last = await test.make.read(channel, bob, messages.at(-1));
    expect(last.unreadCount).toBe(0);
    const events = await test.database.query<{ payload: string }>(
      "SELECT payload FROM events WHERE channel_id = ? AND type = 'message.read' ORDER BY id",
      [channel.id],
    );
    let at = 0;
    for (const { payload } of events) {
      const { fromMessageId, toMessageId } = JSON.parse(payload) as { fromMessageId: number; toMessageId: number };
      expect(fromMessageId).toBe(at);
      expect(toMessageId).toBeGreaterThan(at);
      at = toMessageId;
    }
    for (const { id } of messages)
      expect((await test.client.get(`/v1/messages/${id}/read-receipts`)).body.page.totalElements).toBe(1);
    await expectExactCounters();
  });

  it('goes on while members join and leave, channels and users come and go, and all messages are deleted', async () => {
    const users = await test.make.users(6);
    const channels = await times(3, () => test.make.channel({ members: users.slice(0, 4) }));
    const { client } = test;
    const answers = await mixed(channels, users, [
      () => client.post(`/v1/channels/${oneOf(channels).id}/members`, { id: oneOf(users).id }),
      () => client.delete(`/v1/channels/${oneOf(channels).id}/members/${oneOf(users).id}`),
      async () => {
        const made = await client.post('/v1/channels', { type: 'PUBLIC', members: users.map(({ id }) => ({ id })) });
        if (made.status === 200) channels.push(made.body as MadeChannel);
        return made;
      },
      () => (Math.random() < 0.2 ? client.delete(`/v1/channels/${oneOf(channels).id}`) : client.get('/v1/channels')),
      () => (Math.random() < 0.05 ? client.delete(`/v1/users/${oneOf(users).id}`) : client.get('/v1/users')),
      () => (Math.random() < 0.3 ? client.delete('/v1/messages') : client.get('/v1/messages')),
    ]);
    expectNothingFailed(answers);
    await expectExactCounters();
    await test.jobsDone();
    await expectExactCounters();
    const living = await client.all('/v1/users?size=100', 'users');
    await expectAgreement(users.filter(({ id }) => living.some((user) => user.id === id)));
  });
});
