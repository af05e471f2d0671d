import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MembersService } from '../../src/channels/members.service.js';
import { NotificationsService } from '../../src/notifications/notifications.service.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { SessionsService } from '../../src/sessions/sessions.service.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeUser } from '../support/make.js';
import { notified } from '../support/notifications.js';
import { pause } from '../support/wait.js';

const FILE = { url: 'https://files.example.org/a.png', name: 'a.png', contentType: 'image/png', size: 7 };

interface Listed {
  id: number;
  title: string;
  body: string;
  muted: boolean;
  createdTime: string;
  readTime?: string;
  channel: { id: number; name: string };
  data: Record<string, any>;
  _links: Record<string, { href: string }>;
}

describe('notifications', () => {
  let test: TestApp;
  let ids: { applicationId: number };
  beforeAll(async () => {
    test = await startApp();
    ids = test.application;
    await notified(test);
  });
  afterAll(() => test.close());
  afterEach(async () => {
    await notified(test);
    await test.jobsDone();
    expect((await new CounterCheck(test.database).run()).differences).toEqual([]);
  });

  const page = async (user: { id: number }, query = '') => {
    const { status, body } = await test.client.get(`/v1/users/${user.id}/notifications${query}`);
    expect(status).toBe(200);
    return body as { _embedded: { notifications: Listed[] }; page: { total: number }; _links: Record<string, any> };
  };
  /** All of a user once everything has been read, checked against the total. */
  const listOf = async (user: { id: number }): Promise<Listed[]> => {
    await notified(test);
    const { _embedded, page: metadata } = await page(user, '?size=100');
    expect(metadata.total).toBe(_embedded.notifications.length);
    return _embedded.notifications;
  };
  const titlesOf = async (user: { id: number }) => (await listOf(user)).map(({ title }) => title);
  const people = (count: number) => test.make.users(count) as Promise<[MadeUser, MadeUser, ...MadeUser[]]>;
  const enter = async (user: MadeUser, channel: MadeChannel) => {
    const sessions = test.app.get(SessionsService);
    const { id } = await sessions.startUserSession(ids.applicationId, user.id);
    return (await sessions.startChatSession(ids.applicationId, id, channel.id)).id;
  };
  const stored = async (message: { id: number }): Promise<number> => {
    const [row] = await test.database.query<{ n: number }>(
      'SELECT COUNT(*) AS n FROM notifications WHERE message_id = ?',
      [message.id],
    );
    return Number(row!.n);
  };

  describe('of a message', () => {
    it('go to each member but the sender, newest first', async () => {
      const [ann, bob, cyd] = (await people(3)) as [MadeUser, MadeUser, MadeUser];
      const outsider = await test.make.user();
      const channel = await test.make.channel({ members: [ann, bob, cyd] });
      const message = await test.make.message(channel, 'Hi', ann);
      await test.make.message(channel, 'Closed at two');
      expect(await titlesOf(ann)).toEqual(['System message sent']);
      expect(await titlesOf(bob)).toEqual(['System message sent', `${ann.displayName} sent a message`]);
      expect(await titlesOf(cyd)).toHaveLength(2);
      expect(await listOf(outsider)).toEqual([]);

      const [, sent] = (await listOf(bob)) as [Listed, Listed];
      expect(sent).toMatchObject({
        body: 'Hi',
        muted: false,
        channel: { id: channel.id, type: 'PUBLIC', name: channel.name },
        data: {
          type: 'USER:SENT:MESSAGE',
          channelId: channel.id,
          message: { id: message.id, body: 'Hi', user: { id: ann.id } },
        },
      });
      expect(sent.readTime).toBeUndefined();
      expect(sent.channel).not.toHaveProperty('_links');
      expect(Object.keys(sent._links)).toEqual(['recipient', 'application']);
      expect((await test.client.get(sent._links.recipient!.href)).body.id).toBe(bob.id);
      expect((await test.client.get(sent.data.message._links.self.href)).body.id).toBe(message.id);
    });

    it('say that a file is attached', async () => {
      const [ann, bob] = await people(2);
      const channel = await test.make.channel({ type: 'DIRECT', members: [ann, bob] });
      const path = `/v1/channels/${channel.id}/messages`;
      await test.client.post(path, { type: 'FILE', file: FILE, user: { id: ann.id } });
      await test.client.post(path, { type: 'FILE', file: FILE });
      expect(
        (await listOf(bob)).map(({ title, body, data }) => [title, body, data.type, data.message.file.name]),
      ).toEqual([
        ['System message sent', 'File attachment', 'SYSTEM:SENT:MESSAGE', 'a.png'],
        [`${ann.displayName} sent a message`, 'File attachment', 'USER:SENT:MESSAGE', 'a.png'],
      ]);
    });

    it('are of what it is now', async () => {
      const [ann, bob] = await people(2);
      const channel = await test.make.channel({ members: [ann, bob] });
      const message = await test.make.message(channel, 'Helo', ann);
      await notified(test);
      await test.client.patch(`/v1/messages/${message.id}`, { body: 'Hello' });
      await test.client.patch(`/v1/users/${ann.id}`, { displayName: 'Ann the Great' });
      expect((await listOf(bob)).map(({ title, body }) => [title, body])).toEqual([
        ['Ann the Great sent a message', 'Hello'],
      ]);
    });

    it('go to nobody who was in the channel at that moment', async () => {
      const [ann, bob, cyd] = (await people(3)) as [MadeUser, MadeUser, MadeUser];
      const [channel, other] = [
        await test.make.channel({ members: [ann, bob, cyd] }),
        await test.make.channel({ members: [ann, bob] }),
      ];
      await test.make.message(channel, 'before', ann);
      await pause(5);
      const session = await enter(bob, channel);
      await pause(5);
      await test.make.message(channel, `while <@${bob.name}>`, ann);
      await test.make.message(other, 'elsewhere', ann);
      await pause(5);
      await test.app.get(SessionsService).endChatSession(ids.applicationId, session);
      await pause(5);
      await test.make.message(channel, 'after', ann);
      expect((await listOf(bob)).map(({ body }) => body)).toEqual(['after', 'elsewhere', 'before']);
      expect((await listOf(cyd)).map(({ body }) => body)).toEqual(['after', `while <@${bob.name}>`, 'before']);
    });

    it('go to those who were members then', async () => {
      const [ann, bob, cyd] = (await people(3)) as [MadeUser, MadeUser, MadeUser];
      const channel = await test.make.channel({ members: [ann, bob] });
      await test.make.message(channel, 'first', ann);
      await pause(5);
      await test.client.post(`/v1/channels/${channel.id}/members`, { id: cyd.id });
      await test.make.message(channel, 'second', ann);
      await notified(test);
      await test.client.delete(`/v1/channels/${channel.id}/members/${bob.id}`);
      await test.make.message(channel, 'third', ann);
      expect((await listOf(bob)).map(({ body }) => body)).toEqual(['second', 'first']);
      expect((await listOf(cyd)).map(({ body }) => body)).toEqual(['third', 'second']);
    });

    it('are muted for members who have muted the channel', async () => {
      const [ann, bob, cyd] = (await people(3)) as [MadeUser, MadeUser, MadeUser];
      const channel = await test.make.channel({ members: [ann, bob, cyd] });
      const members = test.app.get(MembersService);
      const outsider = await test.make.user();
      await members.mute(ids.applicationId, channel.id, bob.id);
      await members.mute(ids.applicationId, channel.id, bob.id);
      await test.make.message(channel, 'muted', ann);
      await notified(test);
      await members.unmute(ids.applicationId, channel.id, bob.id);
      await test.make.message(channel, 'loud', ann);
      expect((await listOf(bob)).map(({ body, muted }) => [body, muted])).toEqual([
        ['loud', false],
        ['muted', true],
      ]);
      expect((await listOf(cyd)).map(({ muted }) => muted)).toEqual([false, false]);
      const events = await test.database.query<{ type: string; subject_id: number }>(
        "SELECT type, subject_id FROM events WHERE channel_id = ? AND type LIKE 'channel.%muted' ORDER BY id",
        [channel.id],
      );
      expect(events.map(({ type, subject_id }) => [type, subject_id])).toEqual([
        ['channel.muted', bob.id],
        ['channel.unmuted', bob.id],
      ]);
      for (const [applicationId, channelId, userId] of [
        [ids.applicationId, channel.id, outsider.id],
        [ids.applicationId, channel.id + 1_000, bob.id],
        [ids.applicationId + 1, channel.id, bob.id],
      ] as const)
        await expect(members.mute(applicationId, channelId, userId)).rejects.toThrow('Resource not found');
    });
  });

  describe('of replies and mentions', () => {
    it('tell the author of what was replied to, and the others of a message', async () => {
      const [ann, bob, cyd] = (await people(3)) as [MadeUser, MadeUser, MadeUser];
      const channel = await test.make.channel({ members: [ann, bob, cyd] });
      const question = await test.make.message(channel, 'Lunch?', ann);
      const answer = await test.make.reply(question, 'Gladly', bob);
      await test.make.reply(answer, 'Not I', cyd);
      await test.make.reply(question, 'The kitchen closes at two');
      await test.make.reply(question, 'Well then', ann);
      const seen = async (user: MadeUser) =>
        (await listOf(user)).map(({ title, data }) => [title, data.type, data.parent?.id]).reverse();
      const [a, b, c] = [ann, bob, cyd].map(({ displayName }) => displayName);
      const system = ['System message sent', 'SYSTEM:SENT:MESSAGE', undefined];
      expect(await seen(ann)).toEqual([
        [`${b} replied to a message`, 'USER:REPLIED_TO:MESSAGE', question.id],
        [`${c} sent a message`, 'USER:SENT:MESSAGE', undefined],
        system,
      ]);
      expect(await seen(bob)).toEqual([
        [`${a} sent a message`, 'USER:SENT:MESSAGE', undefined],
        [`${c} replied to a message`, 'USER:REPLIED_TO:MESSAGE', answer.id],
        system,
        [`${a} sent a message`, 'USER:SENT:MESSAGE', undefined],
      ]);

      expect((await test.client.delete(`/v1/messages/${question.id}`)).status).toBe(200);
      expect((await seen(ann))[0]).toEqual([`${b} sent a message`, 'USER:SENT:MESSAGE', undefined]);
    });

    it('tell a mentioned member, before anything else', async () => {
      const [ann, bob, cyd] = (await people(3)) as [MadeUser, MadeUser, MadeUser];
      const outsider = await test.make.user();
      const channel = await test.make.channel({ members: [ann, bob, cyd] });
      const question = await test.make.message(channel, 'Lunch?', bob);
      const mention = `<@${bob.name}> <@${ann.name}> <@${outsider.name}> <#${channel.name}> look`;
      await test.make.reply(question, mention, ann);
      const [toBob] = await listOf(bob);
      expect(toBob).toMatchObject({
        title: `${ann.displayName} mentioned you`,
        data: {
          type: 'USER:MENTIONED:USER',
          mentionedUser: { id: bob.id, name: bob.name },
          message: { body: mention },
        },
      });
      expect(toBob!.data).not.toHaveProperty('parent');
      expect((await listOf(cyd))[0]!.data.type).toBe('USER:MENTIONED:CHANNEL');
      expect((await listOf(ann)).map(({ data }) => data.message.id)).toEqual([question.id]);
      expect(await listOf(outsider)).toEqual([]);
    });

    it('tell members of the channel who are also in a mentioned one', async () => {
      const [ann, bob, cyd, eve] = (await people(4)) as [MadeUser, MadeUser, MadeUser, MadeUser];
      const channel = await test.make.channel({ members: [ann, bob, cyd] });
      const kitchen = await test.make.channel({ members: [bob, eve], displayName: 'The Kitchen' });
      const hall = await test.make.channel({ members: [bob] });
      await test.make.message(channel, `Ask in <#${kitchen.name}> or <#${hall.name}>`, ann);
      const [toBob] = await listOf(bob);
      expect(toBob).toMatchObject({
        title: `${ann.displayName} mentioned #${kitchen.name}`,
        channel: { id: channel.id },
        data: {
          type: 'USER:MENTIONED:CHANNEL',
          channelId: channel.id,
          mentionedChannel: { id: kitchen.id, displayName: 'The Kitchen' },
        },
      });
      expect((await test.client.get(toBob!.data.mentionedChannel._links.self.href)).status).toBe(200);
      expect((await listOf(cyd))[0]!.data.type).toBe('USER:SENT:MESSAGE');
      expect(await listOf(eve)).toEqual([]);
      await test.client.delete(`/v1/channels/${kitchen.id}`);
      expect((await listOf(bob))[0]).toMatchObject({ id: toBob!.id, data: { type: 'USER:SENT:MESSAGE' } });
    });
  });

  describe('go away with', () => {
    it('their message, at once', async () => {
      const [ann, bob] = await people(2);
      const channel = await test.make.channel({ members: [ann, bob] });
      const [kept, slip] = [
        await test.make.message(channel, 'kept', ann),
        await test.make.message(channel, 'Oops', ann),
      ];
      await notified(test);
      expect((await page(bob)).page.total).toBe(2);
      expect((await test.client.delete(`/v1/messages/${slip.id}`)).status).toBe(200);
      const after = await page(bob);
      expect([after.page.total, after._embedded.notifications.map(({ data }) => data.message.id)]).toEqual([
        1,
        [kept.id],
      ]);
      await notified(test);
      expect(await stored(slip)).toBe(0);
      expect(await listOf(bob)).toHaveLength(1);
    });

    it('their message, though it was deleted before anybody could be told', async () => {
      const [ann, bob] = await people(2);
      const channel = await test.make.channel({ members: [ann, bob] });
      const slips = [];
      for (let count = 0; count < 20; count++) {
        const slip = await test.make.message(channel, 'Oops', ann);
        slips.push(slip);
        await test.client.delete(`/v1/messages/${slip.id}`);
      }
      expect(await listOf(bob)).toEqual([]);
      for (const slip of slips) expect(await stored(slip)).toBe(0);
    });

    it('their channel, and their recipient', async () => {
      const [ann, bob, cyd] = (await people(3)) as [MadeUser, MadeUser, MadeUser];
      const channel = await test.make.channel({ members: [ann, bob, cyd] });
      const other = await test.make.channel({ members: [ann, bob, cyd] });
      const doomed = await test.make.message(channel, 'one', ann);
      const kept = await test.make.message(other, 'two', ann);
      await notified(test);
      await test.client.delete(`/v1/channels/${channel.id}`);
      await test.client.delete(`/v1/users/${cyd.id}`);
      expect((await page(bob))._embedded.notifications.map(({ body }) => body)).toEqual(['two']);
      expect((await test.client.get(`/v1/users/${cyd.id}/notifications`)).status).toBe(404);
      await notified(test);
      await test.jobsDone();
      expect([await stored(doomed), await stored(kept)]).toEqual([0, 1]);
      expect((await listOf(bob)).map(({ body }) => body)).toEqual(['two']);
      expect(await test.database.query('SELECT 1 FROM notification_counts WHERE user_id = ?', [cyd.id])).toEqual([]);
    });

    it('nobody who is told of it: a deleted sender has no name', async () => {
      const [ann, bob] = await people(2);
      const channel = await test.make.channel({ members: [ann, bob] });
      await test.make.message(channel, 'Farewell', ann);
      await notified(test);
      await test.client.delete(`/v1/users/${ann.id}`);
      expect((await listOf(bob)).map(({ title, body }) => [title, body])).toEqual([
        ['Deleted user sent a message', 'Farewell'],
      ]);
    });
  });

  describe('that were read', () => {
    it('say when, and are no longer unread', async () => {
      const service = test.app.get(NotificationsService);
      const [ann, bob] = await people(2);
      const channel = await test.make.channel({ members: [ann, bob] });
      for (const body of ['one', 'two', 'three']) await test.make.message(channel, body, ann);
      const [newest] = (await listOf(bob)) as [Listed];
      const counts = () => service.counts(ids.applicationId, bob.id);
      expect(await counts()).toEqual({ total: 3, unread: 3 });
      await service.read(ids.applicationId, bob.id, newest.id);
      const read = (await listOf(bob)).map(({ readTime }) => readTime);
      expect(read).toEqual([expect.stringMatching(/^\d{4}-.*Z$/), undefined, undefined]);
      await service.read(ids.applicationId, bob.id, newest.id);
      expect(await counts()).toEqual({ total: 3, unread: 2 });
      expect((await listOf(bob)).map(({ readTime }) => readTime)).toEqual(read);

      expect(await service.readAll(ids.applicationId, bob.id)).toBe(2);
      expect(await service.readAll(ids.applicationId, bob.id)).toBe(0);
      expect(await counts()).toEqual({ total: 3, unread: 0 });
      expect((await listOf(bob)).every(({ readTime }) => readTime !== undefined)).toBe(true);

      for (const [applicationId, userId, id] of [
        [ids.applicationId, ann.id, newest.id],
        [ids.applicationId + 1, bob.id, newest.id],
        [ids.applicationId, bob.id, newest.id + 1_000],
      ] as const)
        await expect(service.read(applicationId, userId, id)).rejects.toThrow('Resource not found');
      await expect(service.readAll(ids.applicationId + 1, bob.id)).rejects.toThrow('Resource not found');

      await test.client.delete(`/v1/messages/${newest.data.message.id}`);
      expect(await counts()).toEqual({ total: 2, unread: 0 });
    });
  });
});
