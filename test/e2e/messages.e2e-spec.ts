import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { JobRunner } from '../../src/jobs/job-runner.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeUser } from '../support/make.js';

describe('messages', () => {
  let test: TestApp;
  let ann: MadeUser, bob: MadeUser;
  let channel: MadeChannel;
  beforeAll(async () => {
    test = await startApp();
    [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
    channel = await test.make.channel({ name: 'general', members: [ann, bob] });
  });
  afterAll(() => test.close());
  afterEach(() => void jest.restoreAllMocks());

  const wrongCounters = async () => (await new CounterCheck(test.database).run()).differences;
  const send = (given: unknown, to: { id: number } = channel) =>
    test.client.post(`/v1/channels/${to.id}/messages`, given);
  const read = async ({ id }: { id: number }) => (await test.client.get(`/v1/messages/${id}`)).body;
  const lastIn = async ({ id }: { id: number }) =>
    (await test.client.get(`/v1/channels/${id}`)).body.lastReceivedMessage;
  const totalIn = async ({ id }: { id: number }): Promise<number> =>
    (await test.client.get(`/v1/channels/${id}/messages`)).body.page.total;
  const file = { url: 'https://files.example.org/a/plan%20b.pdf?v=2', name: 'plan.pdf', size: 48_200 };

  describe('sending', () => {
    it('sends as the system when no user is named', async () => {
      const { status, body } = await send({ type: 'TEXT', body: 'Welcome' });
      expect(status).toBe(200);
      expect(body).toMatchObject({ type: 'SYSTEM_TEXT', body: 'Welcome', channelId: channel.id, nestedLevel: 0 });
      expect(body).toMatchObject({ links: [], mentions: [], properties: {}, repliesCount: 0 });
      for (const absent of ['user', 'lastEditedTime', 'groupTag', 'file']) expect(body).not.toHaveProperty(absent);
      expect(Object.keys(body._links as object)).toEqual(['self', 'channel', 'thread', 'readReceipts', 'application']);
      expect(await read(body)).toEqual(body);
      expect(await lastIn(channel)).toMatchObject({ id: body.id });
    });

    it('sends on behalf of a member, whichever way they are named', async () => {
      const href = `${test.url}/v1/applications/${test.application.applicationId}/users/${ann.id}`;
      for (const user of [{ id: ann.id }, { username: ann.name }, { href }]) {
        const { status, body } = await send({ type: 'TEXT', body: 'Hi', user, properties: { snake_key: [null, 1] } });
        expect(status).toBe(200);
        expect(body).toMatchObject({ type: 'TEXT', user: { id: ann.id, name: ann.name } });
        expect(body.properties).toEqual({ snake_key: [null, 1] });
        expect((await test.client.get(body._links.user.href as string)).body.id).toBe(ann.id);
        expect(await read(body)).toEqual(body);
      }
    });

    it('refuses a sender who is not a member', async () => {
      const eve = await test.make.user();
      const last = await test.make.message(channel, 'Mine', bob);
      const { status, body } = await send({ type: 'TEXT', body: 'Hi', user: { id: eve.id } });
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ resource: 'Message', field: 'user', code: 'unprocessable' }]);
      expect(body.explanation).toContain('not a member');
      expect(await lastIn(channel)).toMatchObject({ id: last.id });
    });

    it('refuses a sender who has left', async () => {
      const eve = await test.make.user();
      const room = await test.make.channel({ members: [eve] });
      await test.make.message(room, 'Still here', eve);
      await test.client.delete(`/v1/channels/${room.id}/members/${eve.id}`);
      expect((await send({ type: 'TEXT', body: 'Hi', user: { id: eve.id } }, room)).status).toBe(400);
      expect(await totalIn(room)).toBe(1);
    });

    it('does not find a sender or a channel that is not there', async () => {
      const gone = await test.make.user();
      await test.client.delete(`/v1/users/${gone.id}`);
      const foreign = (await test.stranger.post('/v1/users', { name: 'foreign', displayName: 'F' })).body;
      const before = await totalIn(channel);
      for (const user of [{ username: 'nobody' }, { id: 999_999 }, { id: gone.id }, { id: foreign.id }]) {
        const { status, body } = await send({ type: 'TEXT', body: 'Hi', user });
        expect(status).toBe(404);
        expect(body.errors).toMatchObject([{ resource: 'User', field: 'user', code: 'missing' }]);
      }
      expect((await send({ type: 'TEXT', body: 'Hi' }, { id: 999_999 })).status).toBe(404);
      const text = { type: 'TEXT', body: 'Hi' };
      expect((await test.stranger.post(`/v1/channels/${channel.id}/messages`, text)).status).toBe(404);
      expect(await totalIn(channel)).toBe(before);
    });

    it.each(['FILE', 'SYSTEM_FILE'])('sends a file as %s', async (type) => {
      const given = { type: 'FILE', file: { ...file, content_type: 'application/pdf' } };
      const { status, body } = await send({ ...given, ...(type === 'FILE' && { user: { id: ann.id } }) });
      expect(status).toBe(200);
      expect(body.type).toBe(type);
      expect(body.file).toEqual({ type: 'EXTERNAL', ...file, contentType: 'application/pdf' });
      for (const absent of ['body', 'links', 'mentions']) expect(body).not.toHaveProperty(absent);
      expect(await read(body)).toEqual(body);
    });

    it('keeps the tag of a group, in either spelling', async () => {
      for (const tag of [{ groupTag: 'gallery' }, { group_tag: 'gallery' }]) {
        const { body } = await send({ type: 'TEXT', body: 'One of many', ...tag });
        expect(body.groupTag).toBe('gallery');
        expect((await read(body)).groupTag).toBe('gallery');
      }
    });

    it('takes a body up to the limit, in any script, and gives it back as it is', async () => {
      for (const text of [
        '語'.repeat(65_535),
        '😀'.repeat(32_767),
        ' \t\r\n "quoted" \\ <b>&amp;</b> \u202e',
        "'; --",
      ]) {
        const { status, body } = await send({ type: 'TEXT', body: text });
        expect(status).toBe(200);
        expect((await read(body)).body).toBe(text);
      }
    });

    const contentType = 'text/plain';
    it.each<[string, object, string, string]>([
      ['no type', { body: 'x' }, 'type', 'missing_field'],
      ['a type of answers', { type: 'SYSTEM_TEXT', body: 'x' }, 'type', 'invalid'],
      ['a text without a body', { type: 'TEXT' }, 'body', 'missing_field'],
      ['an empty body', { type: 'TEXT', body: '' }, 'body', 'invalid'],
      ['a body of null', { type: 'TEXT', body: null }, 'body', 'missing_field'],
      ['a body that is no text', { type: 'TEXT', body: 7 }, 'body', 'invalid'],
      ['a body that is too long', { type: 'TEXT', body: 'x'.repeat(65_536) }, 'body', 'too_long'],
      ['half a surrogate pair', { type: 'TEXT', body: 'x\ud800' }, 'body', 'invalid'],
      ['a sender who is not named', { type: 'TEXT', body: 'x', user: {} }, 'user', 'missing_field'],
      ['a sender who is a name', { type: 'TEXT', body: 'x', user: 'ann' }, 'user', 'invalid'],
      ['a tag that is too long', { type: 'TEXT', body: 'x', groupTag: 'g'.repeat(256) }, 'groupTag', 'too_long'],
      ['a file message without a file', { type: 'FILE' }, 'file', 'missing_field'],
      ['a file in a text message', { type: 'TEXT', body: 'x', file }, 'file', 'invalid'],
      ['a file without a type', { type: 'FILE', file }, 'file.contentType', 'missing_field'],
      ['a file elsewhere', { type: 'FILE', file: { ...file, contentType, url: 'file:///etc' } }, 'file.url', 'invalid'],
      ['a script', { type: 'FILE', file: { ...file, contentType, url: 'javascript:x()' } }, 'file.url', 'invalid'],
      ['a negative size', { type: 'FILE', file: { ...file, contentType, size: -1 } }, 'file.size', 'invalid'],
      ['a broken size', { type: 'FILE', file: { ...file, contentType, size: 1.5 } }, 'file.size', 'invalid'],
    ])('refuses %s', async (_, given, field, code) => {
      const before = await totalIn(channel);
      const { status, body } = await send(given);
      expect(status).toBe(400);
      expect(body.errors).toContainEqual(expect.objectContaining({ resource: 'Message', field, code }));
      expect(await totalIn(channel)).toBe(before);
    });

    it('counts every message that many send at once', async () => {
      const room = await test.make.channel({ members: [ann, bob] });
      const senders = Array.from({ length: 12 }, (_, index) => [ann, bob, undefined][index % 3]);
      const sent = await Promise.all(senders.map((sender, index) => test.make.message(room, `${index}`, sender)));
      expect(new Set(sent.map(({ id }) => id)).size).toBe(12);
      expect(await totalIn(room)).toBe(12);
      expect(await lastIn(room)).toMatchObject({ id: Math.max(...sent.map(({ id }) => id)) });
      expect(await wrongCounters()).toEqual([]);
    });
  });

  describe('mentions', () => {
    it('are users and channels, and where they stand', async () => {
      const text = `Hi <@${ann.name}>, see <#general> and <@${ann.name}>`;
      const { body } = await send({ type: 'TEXT', body: text });
      expect(body.mentions).toMatchObject([
        { type: 'USER', tag: `<@${ann.name}>`, startPosition: 3, user: { id: ann.id, name: ann.name } },
        { type: 'CHANNEL', tag: '<#general>', channel: { id: channel.id, type: 'PUBLIC', name: 'general' } },
        { type: 'USER', tag: `<@${ann.name}>`, endPosition: text.length, user: { id: ann.id } },
      ]);
      for (const { tag, startPosition, endPosition } of body.mentions)
        expect(text.slice(startPosition as number, endPosition as number)).toBe(tag);
      expect(await read(body)).toEqual(body);
      expect((await lastIn(channel)).mentions).toEqual(body.mentions);
    });

    it('count positions as JavaScript does, whatever stands before', async () => {
      const name = `佐江 😀 ${ann.id}`;
      const user = await test.make.user({ name });
      const { body } = await send({ type: 'TEXT', body: `😀é <@${name}>!` });
      expect(body.mentions).toMatchObject([
        { user: { id: user.id }, startPosition: 4, endPosition: 4 + name.length + 3 },
      ]);
    });

    it('of unknown names stay text', async () => {
      const foreign = (await test.stranger.post('/v1/users', { name: 'elsewhere', displayName: 'E' })).body;
      const text = `<@nobody> <#nowhere> <@${foreign.name}> <@GENERAL> <#${ann.name}> <@> < @${ann.name}> @${ann.name}`;
      const { status, body } = await send({ type: 'TEXT', body: text });
      expect(status).toBe(200);
      expect(body).toMatchObject({ body: text, mentions: [] });
    });

    it('show people and channels as they are now', async () => {
      const [user, room] = [await test.make.user(), await test.make.channel({ name: 'passing' })];
      const { body } = await send({ type: 'TEXT', body: `<@${user.name}> <#passing>` });
      await test.client.patch(`/v1/users/${user.id}`, { displayName: 'Renamed' });
      expect((await read(body)).mentions[0].user.displayName).toBe('Renamed');
      jest.spyOn(test.app.get(JobRunner), 'wake').mockReturnValue(undefined);
      await test.client.delete(`/v1/users/${user.id}`);
      await test.client.delete(`/v1/channels/${room.id}`);
      const { mentions } = await read(body);
      expect(mentions).toMatchObject([{ type: 'USER', user: { id: user.id, displayName: 'Deleted user' } }]);
    });
  });

  describe('links', () => {
    it('are web addresses, and where they stand', async () => {
      const text = '😀 See https://example.org/a?b=c#d, (http://example.com) and example.net.';
      const { body } = await send({ type: 'TEXT', body: text });
      const found = body.links.map((link: { startPosition: number; endPosition: number }) =>
        text.slice(link.startPosition, link.endPosition),
      );
      expect(found).toEqual(['https://example.org/a?b=c#d', 'http://example.com', 'example.net']);
      expect(body.links[0].source).toBe('https://example.org/a?b=c#d');
      expect(await read(body)).toEqual(body);
    });

    it('are nothing that a browser could not open safely', async () => {
      const text = 'javascript:alert(1) file:///etc/passwd mailto:a@example.org a@example.org 1.5 end.Start';
      expect((await send({ type: 'TEXT', body: text })).body.links).toEqual([]);
    });
  });

  describe('editing', () => {
    it('replaces the body, with its links and mentions, and says when', async () => {
      const { body: before } = await send({
        type: 'TEXT',
        body: `<@${ann.name}> https://example.org/1`,
        groupTag: 'g',
      });
      const { status, body } = await test.client.patch(`/v1/messages/${before.id}`, {
        body: `Now <@${bob.name}> https://example.org/2`,
      });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        groupTag: 'g',
        createdTime: before.createdTime,
        mentions: [{ user: { id: bob.id } }],
      });
      expect(body.links).toMatchObject([{ source: 'https://example.org/2' }]);
      expect(Date.parse(body.lastEditedTime as string)).toBeGreaterThanOrEqual(
        Date.parse(before.createdTime as string),
      );
      expect(await read(body)).toEqual(body);
      const plain = (await test.client.patch(`/v1/messages/${before.id}`, { body: 'Plain' })).body;
      expect(plain).toMatchObject({ body: 'Plain', links: [], mentions: [] });
    });

    it('merges properties, which is no edit of the text', async () => {
      const { body: before } = await send({ type: 'TEXT', body: 'Text', properties: { keep: 1, drop: 2 } });
      const { body } = await test.client.patch(`/v1/messages/${before.id}`, {
        properties: { drop: null, add: null, more: 3 },
      });
      expect(body.properties).toEqual({ keep: 1, more: 3 });
      expect(body).not.toHaveProperty('lastEditedTime');
      expect(await read(body)).toEqual(body);
    });

    it.each([['""'], ['{}'], ['']])('leaves everything as it is when the patch is %j', async (patch) => {
      const { body: before } = await send({ type: 'TEXT', body: 'Text', properties: { a: 1 } });
      expect(await test.client.patch(`/v1/messages/${before.id}`, patch)).toMatchObject({ status: 200, body: before });
      expect(await read(before)).toEqual(before);
    });

    it('gives a file no body, but properties', async () => {
      const { body: sent } = await send({ type: 'FILE', file: { ...file, contentType: 'application/pdf' } });
      const refused = await test.client.patch(`/v1/messages/${sent.id}`, { body: 'Text', properties: { a: 1 } });
      expect(refused.status).toBe(400);
      expect(refused.body.errors).toMatchObject([{ resource: 'Message', field: 'body', code: 'unprocessable' }]);
      expect(await read(sent)).toEqual(sent);
      const { body } = await test.client.patch(`/v1/messages/${sent.id}`, { properties: { a: 1 } });
      expect(body).toMatchObject({ file: sent.file, properties: { a: 1 } });
    });

    it.each([
      ['an empty body', { body: '' }, 'body', 'invalid'],
      ['a body of null', { body: null }, 'body', 'invalid'],
      ['a body that is too long', { body: 'x'.repeat(65_536) }, 'body', 'too_long'],
      ['another sender', { user: { id: 1 } }, 'user', 'invalid'],
      ['another type', { type: 'FILE' }, 'type', 'invalid'],
      ['another group', { groupTag: 'x' }, 'groupTag', 'invalid'],
    ])('refuses %s', async (_, patch, field, code) => {
      const { body: before } = await send({ type: 'TEXT', body: 'Text' });
      const { status, body } = await test.client.patch(`/v1/messages/${before.id}`, patch);
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ resource: 'Message', field, code }]);
      expect(await read(before)).toEqual(before);
    });
  });

  describe('deleting', () => {
    it('answers the thread that the message was in', async () => {
      const { body: sent } = await send({ type: 'TEXT', body: 'Text', user: { id: ann.id } });
      const before = await totalIn(channel);
      const { status, body } = await test.client.delete(`/v1/messages/${sent.id}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ type: 'MAIN', properties: {} });
      expect((await test.client.get(body._links.channel.href as string)).body.id).toBe(channel.id);
      expect((await test.client.get(body._links.self.href as string)).body).toEqual(body);
      expect((await test.client.get(`/v1/messages/${sent.id}`)).status).toBe(404);
      expect((await test.client.delete(`/v1/messages/${sent.id}`)).status).toBe(404);
      expect(await totalIn(channel)).toBe(before - 1);
      expect(await wrongCounters()).toEqual([]);
    });

    it('deletes once what is deleted many times at once', async () => {
      const { body: sent } = await send({ type: 'TEXT', body: 'Text', user: { id: ann.id } });
      const answers = await Promise.all(Array.from({ length: 6 }, () => test.client.delete(`/v1/messages/${sent.id}`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404, 404]);
      expect(await wrongCounters()).toEqual([]);
    });

    it("neither shows nor touches another application's", async () => {
      const { body: sent } = await send({ type: 'TEXT', body: 'Ours' });
      for (const answer of [
        await test.stranger.get(`/v1/messages/${sent.id}`),
        await test.stranger.patch(`/v1/messages/${sent.id}`, { body: 'Theirs' }),
        await test.stranger.delete(`/v1/messages/${sent.id}`),
      ])
        expect(answer.status).toBe(404);
      expect(await read(sent)).toEqual(sent);
    });
  });
});
