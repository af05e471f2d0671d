import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UserChannels } from '../../src/channels/user-channels.service.js';
import { History } from '../../src/history/history.service.js';
import { UserMessages } from '../../src/messages/user-messages.service.js';
import { UserSending } from '../../src/messages/user-sending.service.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { Reactions } from '../../src/reactions/reactions.service.js';
import { UserReading } from '../../src/receipts/user-reading.service.js';
import { UserThreads } from '../../src/threads/user-threads.service.js';
import { UserBlocks } from '../../src/user-blocks/user-blocks.service.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeMessage, MadeUser } from '../support/make.js';
import { until } from '../support/wait.js';
import { eventsOf, expectRefused, serviceOf } from '../support/user-world.js';

describe('what users do with messages', () => {
  let test: TestApp;
  let app: number, other: number;
  let ann: MadeUser, bob: MadeUser, cleo: MadeUser;
  let channel: MadeChannel;
  let messages: UserMessages, sending: UserSending, history: History, reactions: Reactions, reading: UserReading;
  beforeAll(async () => {
    test = await startApp();
    app = test.application.applicationId;
    other = app + 1;
    messages = serviceOf(test, UserMessages);
    sending = serviceOf(test, UserSending);
    history = serviceOf(test, History);
    reactions = serviceOf(test, Reactions);
    reading = serviceOf(test, UserReading);
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    [ann, bob, cleo] = (await test.make.users(3)) as [MadeUser, MadeUser, MadeUser];
    channel = await test.make.channel({ members: [ann, bob] });
  });

  const wrongCounters = async () => (await new CounterCheck(test.database).run()).differences;
  const view = async ({ id }: MadeUser, of = channel) => serviceOf(test, UserChannels).retrieve(app, id, of.id);
  const unread = async ({ id }: MadeUser) => ({
    count: (await test.client.get(`/v1/users/${id}/messages/unread/count`)).body.count as number,
    ids: (await test.client.all(`/v1/users/${id}/messages?unread=true`, 'messages')).map((message) => message.id),
  });
  const idsOf = (items: readonly { id: number }[]) => items.map(({ id }) => id);
  const seen = async ({ id }: MadeUser, filter = {}) => {
    const page = await messages.listOfChannel(app, id, channel.id, filter, {});
    expect(page.total).toBe(page.items.length);
    return idsOf(page.items);
  };
  const say = (body: string, user: MadeUser, to: object = { channelId: channel.id }) =>
    sending.send(app, user.id, to as { channelId: number }, { type: 'TEXT', body });

  describe('sending', () => {
    it('says texts and files, in channels and in reply', async () => {
      const text = await sending.send(
        app,
        ann.id,
        { channelId: channel.id },
        {
          type: 'TEXT',
          body: 'Hello',
          groupTag: 'x',
          properties: { a: 1 },
          more: true,
        },
      );
      expect(text).toMatchObject({ type: 'TEXT', body: 'Hello', groupTag: 'x', user: { id: ann.id } });
      const file = { url: 'https://files.example.org/a.png', name: 'a.png', contentType: 'image/png', size: 3 };
      const reply = await sending.send(app, bob.id, { messageId: text.id }, { type: 'FILE', file });
      expect(reply).toMatchObject({ type: 'FILE', nestedLevel: 1, file: { type: 'EXTERNAL', ...file } });
      expect(await messages.parents(app, [text, reply])).toEqual(new Map([[reply.id, text.id]]));
      expect(await messages.countReplies(app, ann.id, text.id)).toBe(1);
      expect(idsOf((await messages.listOfThread(app, ann.id, text.id, {})).items)).toEqual([reply.id]);
      expect(await seen(ann)).toEqual([reply.id, text.id]);
      expect(await seen(ann, { mainThread: true })).toEqual([text.id]);
      expect(await seen(ann, { onlyFiles: true })).toEqual([reply.id]);
      expect(idsOf((await messages.listFiles(app, ann.id, {})).items)).toEqual([reply.id]);
      await expectRefused(say('Hello', cleo), 'user');
      await expectRefused(say('Hello', cleo, { messageId: text.id }), 'user');
      await expectRefused(sending.send(app, ann.id, { channelId: channel.id }, { type: 'TEXT' }), 'body');
      await expectRefused(sending.send(other, ann.id, { channelId: channel.id }, { type: 'TEXT', body: 'x' }));
      expect(await wrongCounters()).toEqual([]);
    });
  });

  describe('editing and deleting', () => {
    it('is for authors; deleting also for who moderates', async () => {
      const message = await say('Helo', ann);
      expect(await messages.edit(app, ann.id, message.id, { body: 'Hello' })).toMatchObject({
        body: 'Hello',
        lastEditedTime: expect.any(Number),
      });
      const edited = await messages.updateProperties(app, ann.id, message.id, { properties: { a: null } });
      expect(edited.properties).toBe('{"a":null}');
      await expectRefused(messages.edit(app, ann.id, message.id, {}), 'body');
      await expectRefused(messages.edit(app, bob.id, message.id, { body: 'No' }), 'user');
      await expectRefused(messages.updateProperties(app, bob.id, message.id, { properties: {} }), 'user');
      await expectRefused(messages.delete(app, bob.id, message.id), 'user');
      await expectRefused(messages.edit(other, ann.id, message.id, { body: 'No' }));
      expect((await messages.delete(app, ann.id, message.id)).body).toBe('Hello');
      await expectRefused(messages.retrieve(app, ann.id, message.id));
      const second = await say('Again', ann);
      await test.client.post(`/v1/channels/${channel.id}/moderators`, { id: bob.id });
      const created = await test.make.channel({ creator: { id: bob.id }, members: [ann, bob] });
      const third = await say('There', ann, { channelId: created.id });
      await messages.delete(app, bob.id, third.id);
      expect((await test.client.get(`/v1/messages/${third.id}`)).status).toBe(404);
      expect(await seen(ann)).toEqual([second.id]);
      expect(await wrongCounters()).toEqual([]);
    });
  });

  describe('deleting for oneself', () => {
    it('leaves the message to all others, and is nothing to be read any more', async () => {
      const [one, two, three] = [await say('One', bob), await say('Two', bob), await say('Three', bob)];
      expect((await history.deleteMessage(app, ann.id, two.id)).id).toBe(two.id);
      await history.deleteMessage(app, ann.id, three.id);
      await expectRefused(history.deleteMessage(app, ann.id, two.id));
      await expectRefused(history.deleteMessage(app, cleo.id, one.id), 'user');
      await expectRefused(history.deleteMessage(other, ann.id, one.id));
      expect(await seen(ann)).toEqual([one.id]);
      expect(await seen(bob)).toEqual([three.id, two.id, one.id]);
      await expectRefused(messages.retrieve(app, ann.id, two.id));
      expect(await messages.count(app, ann.id, channel.id)).toBe(1);
      expect(await unread(ann)).toEqual({ count: 1, ids: [one.id] });
      expect((await view(ann)).channel.lastReceivedMessage?.id).toBe(one.id);
      expect((await view(bob)).channel.lastReceivedMessage?.id).toBe(three.id);
      expect(await wrongCounters()).toEqual([]);
      await reading.readMessage(app, ann.id, one.id);
      expect(await unread(ann)).toEqual({ count: 0, ids: [] });
      const four = await say('Four', bob);
      expect(await unread(ann)).toEqual({ count: 1, ids: [four.id] });
      await messages.delete(app, bob.id, three.id);
      expect(await unread(ann)).toEqual({ count: 1, ids: [four.id] });
      await reading.readChannel(app, ann.id, channel.id);
      await messages.delete(app, bob.id, two.id);
      expect(await test.database.query('SELECT 1 FROM hidden_messages')).toEqual([]);
      expect(await wrongCounters()).toEqual([]);
    });
  });

  describe('clearing the history', () => {
    it('takes away what was said so far, for oneself', async () => {
      const before = [await say('One', bob), await say('Two', ann), await say('Three', bob)];
      const reply = await say('Reply', ann, { messageId: before[0]!.id });
      await history.deleteMessage(app, ann.id, before[0]!.id);
      await history.clear(app, ann.id, channel.id);
      await history.clear(app, ann.id, channel.id);
      expect(await seen(ann)).toEqual([]);
      expect(await unread(ann)).toEqual({ count: 0, ids: [] });
      expect((await view(ann)).channel.lastReceivedMessage).toBeUndefined();
      const receipts = await test.client.get(`/v1/messages/${before[2]!.id}/read-receipts`);
      expect(receipts.body._embedded.receipts).toEqual([]);
      const after = await say('After', bob);
      expect(await seen(ann)).toEqual([after.id]);
      expect(await seen(ann, { mainThread: true })).toEqual([after.id]);
      expect(await unread(ann)).toEqual({ count: 1, ids: [after.id] });
      expect(await seen(bob)).toHaveLength(5);
      expect(await wrongCounters()).toEqual([]);
      await messages.delete(app, bob.id, before[0]!.id);
      await expectRefused(messages.delete(app, ann.id, reply.id));
      await test.client.delete(`/v1/messages/${reply.id}`);
      expect(await seen(ann)).toEqual([after.id]);
      expect(await wrongCounters()).toEqual([]);
      expect((await eventsOf(test, 'channel.history_cleared')).at(-1)).toMatchObject({
        subjectId: ann.id,
        upToMessageId: reply.id,
      });
      await expectRefused(history.clear(app, cleo.id, channel.id), 'user');
      await expectRefused(history.clear(other, ann.id, channel.id));
    });
  });

  describe('reading', () => {
    it('can be taken back, with its receipts', async () => {
      const said = [await say('One', bob), await say('Two', bob), await say('Three', bob)];
      const [one, two, three] = idsOf(said) as [number, number, number];
      const readersOf = async (id: number) =>
        (await reading.listReceipts(app, bob.id, id, {})).items.map(({ user }) => user.id);
      await reading.readMessage(app, ann.id, one);
      await reading.readChannel(app, ann.id, channel.id);
      expect(await readersOf(three)).toEqual([ann.id]);
      expect(await reading.unreadMessage(app, ann.id, two)).toMatchObject({ messageId: one, unreadCount: 2 });
      expect(await unread(ann)).toEqual({ count: 2, ids: [three, two] });
      expect([await readersOf(one), await readersOf(two), await readersOf(three)]).toEqual([[ann.id], [], []]);
      await reading.unreadMessage(app, ann.id, three);
      await reading.unreadMessage(app, ann.id, one);
      expect(await unread(ann)).toEqual({ count: 3, ids: [three, two, one] });
      expect(await reading.lastReadMessage(app, bob.id, channel.id, ann.name)).toBeUndefined();
      await reading.readChannel(app, ann.id, channel.id);
      expect([await readersOf(one), await readersOf(two), await readersOf(three)]).toEqual([
        [ann.id],
        [ann.id],
        [ann.id],
      ]);
      expect((await reading.lastReadMessage(app, bob.id, channel.id, ann.name))?.id).toBe(three);
      expect(await wrongCounters()).toEqual([]);
      expect((await eventsOf(test, 'message.unread')).at(-1)).toMatchObject({
        subjectId: one,
        userId: ann.id,
        count: 1,
      });
      await expectRefused(reading.unreadMessage(app, cleo.id, two));
      await expectRefused(reading.readMessage(other, ann.id, two));
      await expectRefused(reading.lastReadMessage(app, bob.id, channel.id, 'nobody'), 'username', 'missing');
    });

    it('of a thread goes up to its last message; a context tells of all', async () => {
      const one = await say('One', bob);
      const reply = await say('Reply', bob, { messageId: one.id });
      const two = await say('Two', bob);
      await reading.readThread(app, ann.id, one.id);
      expect(await unread(ann)).toEqual({ count: 1, ids: [two.id] });
      expect(await reading.context(app, bob.id, channel.id)).toEqual({
        startCursor: String(two.id),
        endCursor: String(one.id),
        readBy: { [one.id]: [ann.id], [reply.id]: [ann.id], [two.id]: [] },
      });
      const part = { startCursor: reply.id, endCursor: reply.id };
      expect(Object.keys((await reading.context(app, bob.id, channel.id, part)).readBy)).toEqual([String(reply.id)]);
      await history.deleteMessage(app, bob.id, reply.id);
      expect((await reading.context(app, bob.id, channel.id, part)).readBy).toEqual({});
      expect((await reading.lastReadMessage(app, bob.id, channel.id, ann.name))?.id).toBe(one.id);
    });
  });

  describe('reactions', () => {
    const shown = async (message: { id: number }) =>
      ((await test.client.get(`/v1/messages/${message.id}`)).body.reactions ?? []) as {
        emoji: { character: string };
        users: { id: number }[];
        count: number;
      }[];

    it('come once for each user and emoji, and are shown with the message', async () => {
      const message = await say('Hello', ann);
      const added = await reactions.add(app, bob.id, message.id, 'thumbsup');
      expect(added).toMatchObject({ emoji: { character: '👍' }, user: { id: bob.id }, messageId: message.id });
      await reactions.add(app, bob.id, message.id, '👍');
      await reactions.add(app, ann.id, message.id, ':+1:');
      await reactions.add(app, bob.id, message.id, '🎉');
      expect((await shown(message)).map(({ emoji, users, count }) => [emoji.character, idsOf(users), count])).toEqual([
        ['👍', [bob.id, ann.id], 2],
        ['🎉', [bob.id], 1],
      ]);
      const page = await reactions.list(app, ann.id, message.id, { size: 2 });
      expect([page.totalElements, page.items.length]).toEqual([3, 2]);
      expect((await reactions.list(app, ann.id, message.id, { size: 2, after: page.after! })).items).toHaveLength(1);
      expect(await wrongCounters()).toEqual([]);
      const removed = await reactions.remove(app, bob.id, message.id, '👍');
      expect(removed.createdTime).toBe(added.createdTime);
      await expectRefused(reactions.remove(app, bob.id, message.id, '👍'), 'emoji', 'missing');
      await reactions.remove(app, bob.id, message.id, 'tada');
      expect((await shown(message)).map(({ users }) => idsOf(users))).toEqual([[ann.id]]);
      expect((await eventsOf(test, 'reaction.removed')).at(-1)).toMatchObject({ subjectId: message.id, emoji: '🎉' });
      await expectRefused(reactions.add(app, bob.id, message.id, 'no-such'), 'emoji', 'invalid');
      await expectRefused(reactions.add(app, cleo.id, message.id, 'tada'), 'user');
      await expectRefused(reactions.add(other, bob.id, message.id, 'tada'));
      expect(await wrongCounters()).toEqual([]);
    });

    it('end with the message, and with the user', async () => {
      const [kept, gone] = [await say('Kept', ann), await say('Gone', ann)];
      for (const message of [kept, gone]) {
        await reactions.add(app, bob.id, message.id, 'tada');
        await reactions.add(app, ann.id, message.id, 'tada');
      }
      await messages.delete(app, ann.id, gone.id);
      await test.client.delete(`/v1/users/${bob.id}`);
      await test.jobsDone();
      expect((await shown(kept)).map(({ users, count }) => [idsOf(users), count])).toEqual([[[ann.id], 1]]);
      expect(await test.database.query('SELECT 1 FROM reactions WHERE message_id = ?', [gone.id])).toEqual([]);
      expect(await wrongCounters()).toEqual([]);
      await test.client.delete(`/v1/channels/${channel.id}`);
      await test.jobsDone();
      for (const table of ['reactions', 'reaction_counts'])
        expect(await test.database.query(`SELECT 1 FROM ${table} WHERE message_id = ?`, [kept.id])).toEqual([]);
    });
  });

  describe('blocking a user', () => {
    it('keeps their direct messages away, and their notifications', async () => {
      const blocks = serviceOf(test, UserBlocks);
      const direct = await test.make.channel({ type: 'DIRECT', members: [ann, bob] });
      const item = await blocks.block(app, ann.id, bob.id);
      expect((await blocks.block(app, ann.id, bob.id)).id).toBe(item.id);
      await expectRefused(say('Hello', bob, { channelId: direct.id }), 'user');
      expect((await say('Hello', ann, { channelId: direct.id })).body).toBe('Hello');
      const open = (user: MadeUser, members: MadeUser[]) =>
        serviceOf(test, UserChannels).create(app, user.id, { type: 'DIRECT', members });
      await expectRefused(open(bob, [ann]), 'members');
      await expectRefused(open(bob, [ann, cleo]), 'members');
      expect((await open(ann, [bob])).channel.id).toBe(direct.id);
      const message = await say('In a group', bob);
      const heard = await say('From Cleo', ann);
      const told = async ({ id }: MadeUser) =>
        (
          await test.database.query<{ message_id: number }>('SELECT message_id FROM notifications WHERE user_id = ?', [
            id,
          ])
        ).map((row) => row.message_id);
      await until('the notification is there', async () => (await told(bob)).includes(heard.id));
      expect(await told(ann)).not.toContain(message.id);
      const list = async (filter = {}) => (await blocks.list(app, ann.id, filter, {})).items.map((row) => row.user_id);
      expect(await list()).toEqual([bob.id]);
      expect(await list({ name: bob.name, displayName: bob.displayName.toUpperCase() })).toEqual([bob.id]);
      expect(await list({ name: 'x' })).toEqual([]);
      await expectRefused(blocks.block(app, ann.id, ann.id), 'user');
      await expectRefused(blocks.block(other, ann.id, bob.id));
      await expectRefused(blocks.unblock(app, bob.id, item.id));
      await expectRefused(blocks.unblock(other, ann.id, item.id));
      expect((await blocks.unblock(app, ann.id, item.id)).user_id).toBe(bob.id);
      expect((await say('Hello', bob, { channelId: direct.id })).body).toBe('Hello');
      expect((await eventsOf(test, 'user.unblocked')).at(-1)).toMatchObject({ subjectId: bob.id, userId: ann.id });
      await blocks.block(app, ann.id, cleo.id);
      await test.client.delete(`/v1/users/${cleo.id}`);
      await test.jobsDone();
      expect(await test.database.query('SELECT 1 FROM user_blocks')).toEqual([]);
    });
  });

  describe('threads', () => {
    it('are started with a name, beside those of messages', async () => {
      const threads = serviceOf(test, UserThreads);
      const thread = await threads.create(app, ann.id, channel.id, { name: 'Plans', properties: { a: 1 } });
      const said = await say('In the thread', ann, { threadId: thread.id });
      const main = await say('Beside it', bob);
      const reply = await say('Reply', ann, { messageId: main.id });
      expect(await messages.parents(app, [said, reply])).toEqual(new Map([[reply.id, main.id]]));
      const list = async (user: MadeUser, filter = {}) =>
        (await threads.list(app, user.id, channel.id, filter, {})).items.map(({ type, id }) => [type, id]);
      const mainThread = expect.any(Number);
      expect(await list(ann)).toEqual([
        ['MAIN', mainThread],
        ['STANDALONE', thread.id],
        ['MESSAGE', main.id],
      ]);
      expect(await list(ann, { includeMainThread: false })).toEqual([
        ['STANDALONE', thread.id],
        ['MESSAGE', main.id],
      ]);
      expect(await list(ann, { standalone: true })).toEqual([['STANDALONE', thread.id]]);
      expect((await test.client.get(`/v1/threads/${thread.id}`)).body).toMatchObject({
        type: 'STANDALONE',
        name: 'Plans',
      });
      expect(idsOf((await messages.listOfThread(app, bob.id, thread.id, {})).items)).toEqual([said.id]);
      expect(await seen(bob, { mainThread: true })).toEqual([main.id]);
      await history.deleteMessage(app, bob.id, main.id);
      expect(await list(bob, { includeMainThread: false })).toEqual([['STANDALONE', thread.id]]);
      expect(await wrongCounters()).toEqual([]);
      await expectRefused(threads.create(app, ann.id, channel.id, { name: ' ' }), 'name');
      await expectRefused(threads.create(app, cleo.id, channel.id, { name: 'Mine' }), 'user');
      await expectRefused(threads.retrieve(other, ann.id, thread.id));
    });
  });

  it('is forgotten with the channel', async () => {
    const message = (await say('Hello', bob)) as MadeMessage & { id: number };
    await history.deleteMessage(app, ann.id, message.id);
    await reactions.add(app, bob.id, message.id, 'tada');
    await test.client.delete(`/v1/channels/${channel.id}`);
    await test.jobsDone();
    for (const table of ['hidden_messages', 'reactions', 'threads', 'memberships'])
      expect(await test.database.query(`SELECT 1 FROM ${table} WHERE channel_id = ?`, [channel.id])).toEqual([]);
    expect(await wrongCounters()).toEqual([]);
  });
});
