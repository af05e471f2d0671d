import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeMessage, MadeUser } from '../support/make.js';

describe('threads', () => {
  let test: TestApp;
  let ann: MadeUser, bob: MadeUser;
  let channel: MadeChannel;
  beforeAll(async () => {
    test = await startApp();
    [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
    channel = await test.make.channel({ members: [ann, bob] });
  });
  afterAll(() => test.close());

  const wrongCounters = async () => (await new CounterCheck(test.database).run()).differences;
  const get = async (path: string) => (await test.client.get(path)).body;
  const messagesIn = ({ id }: { id: number }, query = '') => get(`/v1/threads/${id}/messages${query}`);
  const bodiesOn = (page: any): string[] => (page._embedded.messages as MadeMessage[]).map(({ body }) => body);
  const read = ({ id }: { id: number }) => get(`/v1/messages/${id}`);
  const send = ({ id }: { id: number }, given: unknown) => test.client.post(`/v1/threads/${id}/messages`, given);

  describe('the thread of a message', () => {
    it('is there before anybody has replied, under the id of the message', async () => {
      const message = await test.make.message(channel, 'Anybody?', ann);
      const { href } = (await read(message))._links.thread as { href: string };
      const { status, body } = await test.client.get(href);
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: message.id, type: 'MESSAGE', properties: {} });
      expect(Object.keys(body._links as object)).toEqual(['self', 'messages', 'keystrokes', 'channel', 'application']);
      const empty = await get(body._links.messages.href as string);
      expect(empty).toMatchObject({ _embedded: { messages: [] }, page: { size: 0, total: 0 } });
      expect((await read(message)).repliesCount).toBe(0);
    });

    it('holds the replies, newest first, and the message counts them', async () => {
      const message = await test.make.message(channel, 'Question', ann);
      const first = await test.make.reply(message, 'First answer', bob);
      const second = await test.make.reply(message, 'Second answer');
      expect(first).toMatchObject({ type: 'TEXT', channelId: channel.id, nestedLevel: 1, user: { id: bob.id } });
      expect(second).toMatchObject({ type: 'SYSTEM_TEXT', nestedLevel: 1 });
      expect(await read(first)).toEqual(first);
      const page = await messagesIn(message);
      expect(page._embedded.messages).toEqual([second, first]);
      expect(page.page.total).toBe(2);
      expect((await read(message)).repliesCount).toBe(2);
      expect(await get(`/v1/threads/${message.id}`)).toMatchObject({ id: message.id, type: 'MESSAGE' });
      expect(await wrongCounters()).toEqual([]);
    });

    it('goes as deep as people talk', async () => {
      const message = await test.make.message(channel, 'Level 0', ann);
      let parent = message;
      for (let level = 1; level <= 4; level++) {
        const reply = await test.make.reply(parent, `Level ${level}`, bob);
        expect(reply).toMatchObject({ nestedLevel: level, channelId: channel.id });
        expect(await test.make.reply(parent, `Level ${level} too`)).toMatchObject({ nestedLevel: level });
        expect(bodiesOn(await messagesIn(parent))).toEqual([`Level ${level} too`, `Level ${level}`]);
        expect((await read(parent)).repliesCount).toBe(2);
        parent = reply;
      }
      expect(bodiesOn(await messagesIn(message))).toEqual(['Level 1 too', 'Level 1']);
      expect(await wrongCounters()).toEqual([]);
    });

    it('is walked in both directions', async () => {
      const message = await test.make.message(channel, 'Long story');
      for (const body of ['1', '2', '3', '4', '5']) await test.make.reply(message, body);
      const first = await messagesIn(message, '?size=2');
      const second = await get(first._links.next.href as string);
      const third = await get(second._links.next.href as string);
      expect([first, second, third].map(bodiesOn)).toEqual([['5', '4'], ['3', '2'], ['1']]);
      expect(second.page).toMatchObject({ size: 2, total: 5 });
      expect(third._links).not.toHaveProperty('next');
      expect(bodiesOn(await get(third._links.prev.href as string))).toEqual(['3', '2']);
      expect(first._links.next.href).toContain(`/threads/${message.id}/messages?start=`);
    });

    it('loses no reply when many come at once', async () => {
      const message = await test.make.message(channel, 'Vote', ann);
      await Promise.all(Array.from({ length: 10 }, (_, index) => test.make.reply(message, `${index}`, bob)));
      expect((await messagesIn(message)).page.total).toBe(10);
      expect((await read(message)).repliesCount).toBe(10);
      expect(await wrongCounters()).toEqual([]);
    });

    it('takes files, tags, mentions and edits as a channel does', async () => {
      const message = await test.make.message(channel, 'Files, please', ann);
      const file = { url: 'https://files.example.org/a', name: 'a', contentType: 'text/plain', size: 1 };
      const sent = await send(message, { type: 'FILE', file, group_tag: 'g', user: { username: ann.name } });
      expect(sent.body).toMatchObject({
        type: 'FILE',
        file: { type: 'EXTERNAL', ...file },
        groupTag: 'g',
        nestedLevel: 1,
      });
      const { body } = await send(message, { type: 'TEXT', body: `Thanks <@${ann.name}>` });
      expect(body.mentions).toMatchObject([{ user: { id: ann.id } }]);
      const edited = await test.client.patch(`/v1/messages/${body.id}`, { body: 'Thanks' });
      expect(edited.body).toMatchObject({ body: 'Thanks', mentions: [], nestedLevel: 1 });
    });
  });

  describe('replying', () => {
    it('refuses a sender who is not a member of the channel', async () => {
      const eve = await test.make.user();
      const message = await test.make.message(channel, 'Members only', ann);
      const { status, body } = await send(message, { type: 'TEXT', body: 'Hi', user: { id: eve.id } });
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ resource: 'Message', field: 'user', code: 'unprocessable' }]);
      expect((await messagesIn(message)).page.total).toBe(0);
      expect((await read(message)).repliesCount).toBe(0);
    });

    it('does not find a sender or a thread that is not there', async () => {
      const message = await test.make.message(channel, 'Hello?', ann);
      const text = { type: 'TEXT', body: 'Hi' };
      const unknown = await send(message, { ...text, user: { username: 'nobody' } });
      expect(unknown).toMatchObject({ status: 404, body: { errors: [{ field: 'user', code: 'missing' }] } });
      expect((await send({ id: 999_999 }, text)).status).toBe(404);
      expect((await test.stranger.post(`/v1/threads/${message.id}/messages`, text)).status).toBe(404);
      expect((await messagesIn(message)).page.total).toBe(0);
    });

    it('refuses a reply without a body', async () => {
      const message = await test.make.message(channel, 'Say something', ann);
      const { status, body } = await send(message, { type: 'TEXT' });
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ resource: 'Message', field: 'body', code: 'missing_field' }]);
      expect((await read(message)).repliesCount).toBe(0);
    });

    it("shows nothing of another application's threads", async () => {
      const message = await test.make.message(channel, 'Ours', ann);
      await test.make.reply(message, 'Ours too', bob);
      for (const path of [`threads/${message.id}`, `threads/${message.id}/messages`])
        expect((await test.stranger.get(`/v1/${path}`)).status).toBe(404);
    });
  });

  describe('deleting', () => {
    it('a reply answers its thread, and the counts go down', async () => {
      const message = await test.make.message(channel, 'Question', ann);
      const [first, second] = [await test.make.reply(message, 'First', bob), await test.make.reply(message, 'Second')];
      const { status, body } = await test.client.delete(`/v1/messages/${first.id}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: message.id, type: 'MESSAGE' });
      expect((await messagesIn(message))._embedded.messages).toEqual([second]);
      expect((await read(message)).repliesCount).toBe(1);
      expect(await wrongCounters()).toEqual([]);
    });

    it('a message leaves the replies to it, in their thread', async () => {
      const message = await test.make.message(channel, 'Question', ann);
      const reply = await test.make.reply(message, 'Answer', bob);
      await test.client.delete(`/v1/messages/${message.id}`);
      expect(await read(reply)).toEqual(reply);
      expect(bodiesOn(await messagesIn(message))).toEqual(['Answer']);
      const late = await test.make.reply(message, 'Late answer', bob);
      expect(late).toMatchObject({ nestedLevel: 1 });
      expect((await messagesIn(message)).page.total).toBe(2);
      expect(await wrongCounters()).toEqual([]);
    });

    it('a message without replies takes its thread with it', async () => {
      const message = await test.make.message(channel, 'Nothing', ann);
      await test.client.delete(`/v1/messages/${message.id}`);
      expect((await test.client.get(`/v1/threads/${message.id}`)).status).toBe(404);
      expect((await test.client.get(`/v1/threads/${message.id}/messages`)).status).toBe(404);
      expect((await send(message, { type: 'TEXT', body: 'Hi' })).status).toBe(404);
    });
  });

  describe('the main thread of a channel', () => {
    it('holds the messages of the channel, without the replies', async () => {
      const room = await test.make.channel({ members: [ann] });
      const thread = await get((await get(`/v1/channels/${room.id}`))._links.thread.href as string);
      expect(thread.type).toBe('MAIN');
      const message = await test.make.message(room, 'One', ann);
      await test.make.reply(message, 'Reply', ann);
      await test.make.message(room, 'Two');
      const page = await messagesIn(thread as MadeMessage);
      expect(bodiesOn(page)).toEqual(['Two', 'One']);
      expect(page.page.total).toBe(2);
      expect((await test.client.delete(`/v1/messages/${message.id}`)).body).toEqual(thread);
      expect((await messagesIn(thread as MadeMessage)).page.total).toBe(1);
      expect(await wrongCounters()).toEqual([]);
    });

    it('takes messages as the channel itself does', async () => {
      const room = await test.make.channel({ members: [ann] });
      const { href } = (await get(`/v1/channels/${room.id}`))._links.thread as { href: string };
      const { status, body } = await test.client.post(`${href}/messages`, {
        type: 'TEXT',
        body: 'Hi',
        user: { id: ann.id },
      });
      expect(status).toBe(200);
      expect(body).toMatchObject({ type: 'TEXT', channelId: room.id, nestedLevel: 0 });
      expect((await get(`/v1/channels/${room.id}`)).lastReceivedMessage).toMatchObject({ id: body.id });
      expect((await get(`/v1/channels/${room.id}/messages`)).page.total).toBe(1);
      expect(await wrongCounters()).toEqual([]);
    });

    it('never has the id of a message', async () => {
      const made = [];
      for (let index = 0; index < 3; index++) {
        const room = await test.make.channel();
        const { href } = (await get(`/v1/channels/${room.id}`))._links.thread as { href: string };
        made.push(Number(/\d+$/.exec(href)![0]), (await test.make.message(room, 'Hi')).id);
      }
      expect(new Set(made).size).toBe(6);
      for (const [index, id] of made.entries())
        expect((await test.client.get(`/v1/messages/${id}`)).status).toBe(index % 2 ? 200 : 404);
    });
  });
});
