import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeMessage, MadeUser } from '../support/make.js';
import { expectRefusal } from '../support/refusals.js';

interface Summary {
  channel: { id: number };
  user: { id: number };
  count: number;
}

describe('what is unread', () => {
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

  const count = async ({ id }: MadeUser) =>
    (await test.client.get(`/v1/users/${id}/messages/unread/count`)).body.count as number;
  const unread = async ({ id }: MadeUser, size = 25) =>
    (await test.client.all(`/v1/users/${id}/messages?unread=true&size=${size}`, 'messages')).map(
      (message) => message.id,
    );
  const usersWith = async (isUnread: boolean) =>
    (await test.client.all(`/v1/users?unread=${isUnread}&size=100`, 'users')).map(({ id }) => id);
  const summaries = (query = '') =>
    test.client.all<Summary>(`/v1/application/message-read-receipt-summaries?size=3${query}`, 'summaries');
  const position = async (member: MadeUser, of = channel) =>
    (await test.client.get(`/v1/channels/${of.id}/members/${member.id}/read-position`)).body;
  const wrongCounters = async () => (await new CounterCheck(test.database).run()).differences;
  const idsOf = (messages: readonly MadeMessage[]) => messages.map(({ id }) => id).sort((a, b) => b - a);

  /** All ways to ask say the same: these messages, of which `inChannel` are of the channel. */
  async function expectUnread(user: MadeUser, messages: readonly MadeMessage[], inChannel = messages.length) {
    const found = { list: await unread(user), count: await count(user), position: await position(user) };
    expect(found).toMatchObject({
      list: idsOf(messages),
      count: messages.length,
      position: { unreadCount: inChannel },
    });
    const isUnread = messages.length > 0;
    expect([await usersWith(true), await usersWith(false)].map((ids) => ids.includes(user.id))).toEqual([
      isUnread,
      !isUnread,
    ]);
    const summary = (await summaries()).filter((row) => row.channel.id === channel.id && row.user.id === user.id);
    expect(summary.map((row) => row.count)).toEqual([inChannel]);
    expect(await wrongCounters()).toEqual([]);
  }

  it('is nothing where nothing was said', async () => {
    await expectUnread(ann, []);
    expect(await position(ann)).not.toHaveProperty('messageId');
  });

  it('is what others said, replies and the system included, not what oneself did', async () => {
    const first = await test.make.message(channel, 'One', bob);
    const own = await test.make.message(channel, 'Mine', ann);
    const reply = await test.make.reply(own, 'Reply', bob);
    const ownReply = await test.make.reply(first, 'My reply', ann);
    const bySystem = await test.make.message(channel, 'System');
    await expectUnread(ann, [first, reply, bySystem]);
    await expectUnread(bob, [own, ownReply, bySystem]);
    await expectUnread(cleo, [first, own, reply, ownReply, bySystem]);
  });

  it('ends with reading: all of it, or up to a message', async () => {
    const messages: MadeMessage[] = [];
    for (const sender of [bob, ann, bob, undefined, ann, bob])
      messages.push(await test.make.message(channel, 'Said', sender));
    const [, , third, fourth, , sixth] = messages as [MadeMessage, ...MadeMessage[]];
    const read = await test.make.read(channel, ann, third);
    expect(read).toMatchObject({ messageId: third!.id, unreadCount: 2 });
    await expectUnread(ann, [fourth!, sixth!]);
    expect(await test.make.read(channel, ann)).toMatchObject({ messageId: sixth!.id, unreadCount: 0 });
    await expectUnread(ann, []);
    const next = await test.make.message(channel, 'Next', bob);
    await expectUnread(ann, [next]);
    await expectUnread(cleo, [...messages, next]);
  });

  it('never comes back', async () => {
    const [first, second] = [
      await test.make.message(channel, 'One', bob),
      await test.make.message(channel, 'Two', bob),
    ];
    await test.make.read(channel, ann);
    expect(await test.make.read(channel, ann, first)).toMatchObject({ messageId: second.id, unreadCount: 0 });
    await expectUnread(ann, []);
  });

  it('begins with what is said after joining, and again after coming back', async () => {
    const before = await test.make.message(channel, 'Before', bob);
    const dan = await test.make.user();
    await test.client.post(`/v1/channels/${channel.id}/members`, { id: dan.id });
    await expectUnread(dan, []);
    expect((await position(dan)).messageId).toBe(before.id);
    const after = await test.make.message(channel, 'After', bob);
    await test.make.message(channel, 'Mine', dan);
    await expectUnread(dan, [after]);
    await test.client.delete(`/v1/channels/${channel.id}/members/${dan.id}`);
    expect([await count(dan), await unread(dan)]).toEqual([0, []]);
    await test.make.message(channel, 'Unheard', bob);
    await test.client.post(`/v1/channels/${channel.id}/members`, { id: dan.id });
    await expectUnread(dan, []);
  });

  it('goes with messages that are deleted, read or not, one’s own or not', async () => {
    const messages: MadeMessage[] = [];
    for (const sender of [bob, ann, bob, ann, bob, undefined])
      messages.push(await test.make.message(channel, 'Said', sender));
    await test.make.read(channel, ann, messages[2]);
    for (const index of [0, 1, 3, 4]) {
      expect((await test.client.delete(`/v1/messages/${messages[index]!.id}`)).status).toBe(200);
      expect(await wrongCounters()).toEqual([]);
    }
    await expectUnread(ann, [messages[5]!]);
    await test.client.delete(`/v1/messages/${messages[2]!.id}`);
    await expectUnread(ann, [messages[5]!]);
    await test.client.delete(`/v1/messages/${messages[5]!.id}`);
    await expectUnread(ann, []);
    await expectUnread(bob, []);
    expect(await test.make.read(channel, ann)).toMatchObject({ unreadCount: 0 });
    await expectUnread(ann, []);
  });

  it('adds up over channels, and goes with a channel', async () => {
    const other = await test.make.channel({ members: [ann, bob] });
    const here = [await test.make.message(channel, 'Here', bob)];
    const there = [await test.make.message(other, 'There', bob), await test.make.message(other, 'There', bob)];
    here.push(await test.make.message(channel, 'Here', bob));
    await expectUnread(ann, [...here, ...there], 2);
    await test.client.delete(`/v1/channels/${other.id}`);
    await expectUnread(ann, here);
    await test.jobsDone();
    await expectUnread(ann, here);
  });

  it('is listed newest first, page by page, forth and back, however many channels it is in', async () => {
    const channels = await Promise.all(Array.from({ length: 7 }, () => test.make.channel({ members: [ann, bob] })));
    const said: MadeMessage[] = [];
    for (let index = 0; index < 40; index++) {
      const at = channels[(index * index) % 7]!;
      const message = await test.make.message(at, 'Said', index % 5 === 0 ? ann : bob);
      if (index % 5 !== 0) said.push(message);
    }
    for (const size of [1, 4, 100]) expect(await unread(ann, size)).toEqual(idsOf(said));
    const pages: number[][] = [];
    let at = `/v1/users/${ann.id}/messages?unread=true&size=10`;
    for (;;) {
      const { body } = await test.client.get(at);
      expect(body.page.total).toBe(said.length);
      pages.push((body._embedded.messages as MadeMessage[]).map(({ id }) => id));
      if (!body._links.next) {
        at = body._links.prev.href as string;
        break;
      }
      expect(body._links.next.href).toContain('unread=true');
      at = body._links.next.href as string;
    }
    expect(pages.flat()).toEqual(idsOf(said));
    for (const expected of pages.slice(0, -1).reverse()) {
      const { body } = await test.client.get(at);
      expect((body._embedded.messages as MadeMessage[]).map(({ id }) => id)).toEqual(expected);
      at = body._links.prev?.href as string;
    }
    expect(at).toBeUndefined();
  });

  it('false lists what the user sent', async () => {
    await test.make.message(channel, 'Theirs', bob);
    const own = await test.make.message(channel, 'Mine', ann);
    const { body } = await test.client.get(`/v1/users/${ann.id}/messages?unread=false`);
    expect((body._embedded.messages as MadeMessage[]).map(({ id }) => id)).toEqual([own.id]);
  });

  it('is summed up for each member of each channel, page by page, in either family of paths', async () => {
    const other = await test.make.channel({ members: [ann, bob] });
    await test.make.message(channel, 'Here', bob);
    await test.make.message(other, 'There', ann);
    const rows = (await summaries()).filter(({ channel: { id } }) => [channel.id, other.id].includes(id));
    expect(rows.map((row) => [row.channel.id, row.user.id, row.count])).toEqual([
      [channel.id, ann.id, 1],
      [channel.id, bob.id, 0],
      [channel.id, cleo.id, 1],
      [other.id, ann.id, 0],
      [other.id, bob.id, 1],
    ]);
    const backwards = (await summaries('&sort=channelId,desc')).map((row) => [row.channel.id, row.user.id]);
    expect(backwards).toEqual((await summaries()).map((row) => [row.channel.id, row.user.id]).reverse());
    const some = (await summaries('&unread=true')).filter(({ channel: { id } }) => [channel.id, other.id].includes(id));
    expect(some).toEqual(rows.filter((row) => row.count > 0));

    const all = await summaries();
    for (const path of [
      '/v1/application/message-read-receipt-summaries',
      `/v1/applications/${test.application.applicationId}/message-read-receipt-summaries`,
      '/application/message-read-receipt-summaries',
    ]) {
      const last = Math.ceil(all.length / 2) - 1;
      const { body } = await test.client.get(`${path}?size=2&page=${last}`);
      expect(body.page.number).toBe(last);
      expect(body.page.totalElements ?? body.page.total_elements).toBe(all.length);
      const ids = (items: Summary[]) => items.map((row) => [row.channel.id, row.user.id]);
      expect(ids(body._embedded.summaries)).toEqual(ids(all.slice(last * 2)));
      const { body: again } = await test.client.get(body._links.prev.href);
      expect(ids(again._embedded.summaries)).toEqual(ids(all.slice(last * 2 - 2, last * 2)));
    }
    const { body: application } = await test.client.get('/v1/application');
    expect((await test.client.get(application._links.messageReadReceiptSummaries.href)).body.page.totalElements).toBe(
      all.length,
    );
  });

  it('filters users together with other filters', async () => {
    await test.make.message(channel, 'Said', bob);
    for (const [user, query, found] of [
      [ann, 'unread=true', true],
      [ann, 'unread=false', false],
      [bob, 'unread=true', false],
      [bob, 'unread=false', true],
    ] as const) {
      const { body } = await test.client.get(`/v1/users?name=${user.name}&${query}`);
      expect([body.page.totalElements, body._embedded.users.length]).toEqual(found ? [1, 1] : [0, 0]);
    }
  });

  it('leaves out users who were deleted', async () => {
    await test.make.message(channel, 'Said', bob);
    await test.client.delete(`/v1/users/${ann.id}`);
    for (const path of [`users/${ann.id}/messages/unread/count`, `users/${ann.id}/messages?unread=true`])
      expect((await test.client.get(`/v1/${path}`)).status).toBe(404);
    expect((await test.client.get(`/v1/channels/${channel.id}/members/${ann.id}/read-position`)).status).toBe(404);
    expect((await summaries()).map((row) => row.user.id)).not.toContain(ann.id);
    expect(await usersWith(true)).not.toContain(ann.id);
  });

  describe('refuses', () => {
    const put = (path: string, body?: unknown) => test.client.put(`/v1/channels/${path}/read-position`, body);

    it('to read for who is no member, or does not exist', async () => {
      const stranger = await test.make.user();
      expect((await put(`${channel.id}/members/${stranger.id}`)).status).toBe(404);
      expect((await put(`${channel.id}/members/999999999`)).status).toBe(404);
      expect((await put(`999999999/members/${ann.id}`)).status).toBe(404);
    });

    it('messages of other channels, and those that are not there', async () => {
      const other = await test.make.channel({ members: [bob] });
      const elsewhere = await test.make.message(other, 'Elsewhere');
      const gone = await test.make.message(channel, 'Gone', bob);
      const left = await test.make.message(channel, 'Left', bob);
      await test.client.delete(`/v1/messages/${gone.id}`);
      for (const messageId of [elsewhere.id, gone.id, 999_999_999]) {
        const { status, body } = await put(`${channel.id}/members/${ann.id}`, { messageId });
        expect(status).toBe(404);
        expect(body.errors).toMatchObject([{ resource: 'ReadPosition', field: 'messageId', code: 'missing' }]);
      }
      await expectUnread(ann, [left]);
    });

    it('what is no id, no number of the channel, no truth value', async () => {
      for (const messageId of ['1', -1, 0, 1.5, {}])
        expectRefusal(messageId, await put(`${channel.id}/members/${ann.id}`, { messageId }), ['messageId']);
      expectRefusal('unknown', await put(`${channel.id}/members/${ann.id}`, { message: 1 }), ['message']);
      for (const path of [
        `users?unread=maybe`,
        `users/${ann.id}/messages?unread=1`,
        'application/message-read-receipt-summaries?unread=x',
      ])
        expectRefusal(path, await test.client.get(`/v1/${path}`), ['unread']);
    });
  });
});
