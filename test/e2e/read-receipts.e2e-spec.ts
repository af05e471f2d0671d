import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ReadPositions } from '../../src/receipts/read-positions.service.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeMessage, MadeUser } from '../support/make.js';

interface Receipt {
  user: { id: number };
  createdTime: string;
  _links: Record<string, { href: string }>;
}

describe('read receipts', () => {
  let test: TestApp;
  let ann: MadeUser, bob: MadeUser, cleo: MadeUser;
  let channel: MadeChannel;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    [ann, bob, cleo] = (await test.make.users(3)) as [MadeUser, MadeUser, MadeUser];
    channel = await test.make.channel({ members: [ann, bob, cleo] });
  });

  const say = (user?: MadeUser) => test.make.message(channel, 'Said', user);
  const receipts = ({ id }: MadeMessage, query = '') =>
    test.client.all<Receipt>(`/v1/messages/${id}/read-receipts?size=2${query}`, 'receipts');
  const readers = async (message: MadeMessage) =>
    (await receipts(message)).map(({ user }) => user.id).sort((a, b) => a - b);

  it('are given by reading, for each message that was passed over, but not by the sender', async () => {
    const [first, second, third] = [await say(ann), await say(bob), await say()];
    expect(await readers(first)).toEqual([]);
    await test.make.read(channel, bob, second);
    expect(await readers(first)).toEqual([bob.id]);
    expect(await readers(second)).toEqual([]);
    expect(await readers(third)).toEqual([]);
    await test.make.read(channel, ann);
    await test.make.read(channel, cleo);
    await test.make.read(channel, bob);
    expect(await readers(first)).toEqual([bob.id, cleo.id]);
    expect(await readers(second)).toEqual([ann.id, cleo.id]);
    expect(await readers(third)).toEqual([ann.id, bob.id, cleo.id]);
  });

  it('say who it was and when, the first first, and lead to the message', async () => {
    const message = await say();
    const began = Date.now();
    for (const user of [cleo, ann, bob]) {
      await test.make.read(channel, user);
      await test.make.read(channel, user);
    }
    const found = await receipts(message);
    expect(found.map(({ user }) => user.id)).toEqual(expect.arrayContaining([ann.id, bob.id, cleo.id]));
    for (const { user, createdTime, _links } of found) {
      expect(Date.parse(createdTime)).toBeGreaterThanOrEqual(began - 1_000);
      expect(Date.parse(createdTime)).toBeLessThanOrEqual(Date.now());
      expect((await test.client.get(_links.user!.href)).body.id).toBe(user.id);
      expect((await test.client.get(_links.message!.href)).body.id).toBe(message.id);
    }
    expect((await receipts(message, '&sort=id')).map(({ user }) => user.id)).toEqual([ann.id, bob.id, cleo.id]);
    const { body } = await test.client.get(`/v1/messages/${message.id}/read-receipts?size=2&page=1&sort=id`);
    expect(body.page).toMatchObject({ totalElements: 3, totalPages: 2, number: 1 });
    expect((body._embedded.receipts as Receipt[]).map(({ user }) => user.id)).toEqual([cleo.id]);
    const { body: read } = await test.client.get(`/v1/messages/${message.id}`);
    expect((await test.client.get(read._links.readReceipts.href)).body.page.totalElements).toBe(3);
  });

  it('are not given for what was said before joining, and stay after leaving', async () => {
    const before = await say(ann);
    const dan = await test.make.user();
    const members = `/v1/channels/${channel.id}/members`;
    await test.client.post(members, { id: dan.id });
    const during = await say(ann);
    await test.make.read(channel, dan);
    await test.client.delete(`${members}/${dan.id}`);
    const without = await say(ann);
    await test.client.post(members, { id: dan.id });
    const again = await say(ann);
    await test.make.read(channel, dan);
    for (const [message, expected] of [
      [before, []],
      [during, [dan.id]],
      [without, []],
      [again, [dan.id]],
    ] as const)
      expect(await readers(message)).toEqual(expected);
    await test.client.delete(`/v1/users/${dan.id}`);
    expect(await readers(during)).toEqual([]);
  });

  it('follow exactly from where everybody stopped to read, however often that was', async () => {
    const users = [ann, bob, cleo];
    const others = await test.make.channel({ members: users });
    const messages: (MadeMessage & { sender: number | undefined })[] = [];
    const readBy = new Map<number, Set<number>>();
    const position = new Map(users.map(({ id }) => [id, 0]));
    for (let round = 0; round < 40; round++) {
      const sender = [...users, undefined][(round * 7) % 4];
      messages.push({ ...(await say(sender)), sender: sender?.id });
      if (round % 3 === 0) await test.make.message(others, 'Elsewhere', ann);
      const reader = users[(round * 5) % 3]!;
      const upTo = messages[Math.floor((((round * 11) % 17) / 17) * messages.length)]!;
      await test.make.read(channel, reader, upTo);
      position.set(reader.id, Math.max(position.get(reader.id)!, upTo.id));
    }
    for (const message of messages)
      readBy.set(
        message.id,
        new Set(users.map(({ id }) => id).filter((id) => id !== message.sender && position.get(id)! >= message.id)),
      );
    for (const message of messages)
      expect([message.id, await readers(message)]).toEqual([
        message.id,
        [...readBy.get(message.id)!].sort((a, b) => a - b),
      ]);
    expect([...readBy.values()].some(({ size }) => size === 0)).toBe(true);
  });

  it('tell in the log once what was read, and nothing when it was nothing', async () => {
    const [first, second] = [await say(ann), await say(ann)];
    await test.make.read(channel, bob, first);
    await test.make.read(channel, bob);
    await test.make.read(channel, bob);
    const own = await say(bob);
    await test.make.read(channel, bob);
    const third = await say(ann);
    await test.make.read(channel, bob);
    const events = await test.database.query<{ subject_id: number; payload: string }>(
      "SELECT subject_id, payload FROM events WHERE channel_id = ? AND type = 'message.read' ORDER BY id",
      [channel.id],
    );
    expect(events.map(({ subject_id, payload }) => ({ subject_id, ...(JSON.parse(payload) as object) }))).toEqual([
      { subject_id: first.id, userId: bob.id, fromMessageId: 0, toMessageId: first.id, count: 1 },
      { subject_id: second.id, userId: bob.id, fromMessageId: first.id, toMessageId: second.id, count: 1 },
      { subject_id: third.id, userId: bob.id, fromMessageId: own.id, toMessageId: third.id, count: 1 },
    ]);
  });

  it('are given for a message by whoever knows it alone, as a connection does', async () => {
    const positions = test.app.get(ReadPositions);
    const { applicationId } = test.application;
    const [first, second] = [await say(ann), await say(ann)];
    expect(await positions.readMessage(applicationId, first.id, bob.id)).toMatchObject({
      channelId: channel.id,
      messageId: first.id,
      unreadCount: 1,
    });
    expect([await readers(first), await readers(second)]).toEqual([[bob.id], []]);
    await expect(positions.readMessage(applicationId + 1, first.id, bob.id)).rejects.toMatchObject({ status: 404 });
  });

  it('are not found for messages that are not there, or of another application', async () => {
    const message = await say();
    await test.make.read(channel, ann);
    expect((await test.stranger.get(`/v1/messages/${message.id}/read-receipts`)).status).toBe(404);
    await test.client.delete(`/v1/messages/${message.id}`);
    expect((await test.client.get(`/v1/messages/${message.id}/read-receipts`)).status).toBe(404);
    await test.client.delete(`/v1/channels/${channel.id}`);
    await test.jobsDone();
    expect(await test.database.query('SELECT 1 FROM read_marks WHERE channel_id = ?', [channel.id])).toEqual([]);
  });
});
