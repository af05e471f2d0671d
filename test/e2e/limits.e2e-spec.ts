import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeMessage, MadeUser } from '../support/make.js';
import { expectRefusal, writingNothing } from '../support/refusals.js';

describe('too much, or nothing that can be stored,', () => {
  let test: TestApp;
  let user: MadeUser;
  let channel: MadeChannel;
  let message: MadeMessage;
  beforeAll(async () => {
    test = await startApp();
    user = await test.make.user({ properties: { kept: true } });
    channel = await test.make.channel({ members: [user], name: 'the channel' });
    message = await test.make.message(channel, 'The message', user);
  });
  afterAll(() => test.close());

  describe('in texts', () => {
    const post = (body: string) => test.client.post(`/v1/channels/${channel.id}/messages`, { type: 'TEXT', body });

    it.each([
      ['letters', 'x'.repeat(65_535)],
      ['letters of three bytes', '佐'.repeat(65_535)],
      ['emoji, which count twice', `${'😀'.repeat(32_767)}x`],
      ['links', 'https://e.example/ '.repeat(3_449).trim()],
      ['mentions', '<@ada> '.repeat(9_362)],
    ])('is not what is long: 65,535 units of %s', async (_, body) => {
      const { status, body: sent } = await post(body);
      expect(status).toBe(200);
      expect((await test.client.get(`/v1/messages/${sent.id}`)).body.body === body).toBe(true);
      await test.client.delete(`/v1/messages/${sent.id}`);
    });

    it.each([
      ['letters', 'x'.repeat(65_536)],
      ['emoji', '😀'.repeat(32_768)],
    ])('is what is too long: 65,536 units of %s', async (_, body) => {
      await writingNothing(test, async () => {
        for (const answer of [await post(body), await test.client.patch(`/v1/messages/${message.id}`, { body })])
          expectRefusal('body', answer, ['body'], 'too_long');
      });
    });

    it.each([
      ['letters', 'x'.repeat(256)],
      ['emoji', '😀'.repeat(128)],
      ['characters that vary others', `x${'\uFE0F'.repeat(255)}`],
    ])('is what is too long: 256 units of %s as a name', async (_, text) => {
      await writingNothing(test, async () => {
        for (const [path, given, field] of [
          ['/v1/users', { name: text, displayName: 'A' }, 'name'],
          ['/v1/users', { name: 'long', displayName: text }, 'displayName'],
          ['/v1/channels', { type: 'PUBLIC', name: text }, 'name'],
          ['/v1/channels', { type: 'PUBLIC', members: [{ username: text }] }, 'members[0].username'],
          [`/v1/channels/${channel.id}/messages`, { type: 'TEXT', body: 'x', groupTag: text }, 'groupTag'],
        ] as const)
          expectRefusal(path, await test.client.post(path, given), [field], 'too_long');
      });
    });

    it.each([
      ['letters', 'x'.repeat(255)],
      ['letters of three bytes', '佐'.repeat(255)],
      ['emoji, which count twice', `${'😀'.repeat(127)}x`],
      ['characters that vary others', `x${'\uFE0F'.repeat(254)}`],
    ])('is not what is long: 255 units of %s as a name', async (_, text) => {
      const created = await test.client.post('/v1/users', { name: text, displayName: text });
      expect([created.status, created.body.name, created.body.displayName]).toEqual([200, text, text]);
      expect((await test.client.get(created.body.displayPictureUrl as string)).status).toBe(200);
      expect((await test.client.head(`/v1/users?name=${encodeURIComponent(text)}`)).status).toBe(200);
      const room = await test.client.post('/v1/channels', { type: 'PUBLIC', name: text, displayName: text });
      const said = { type: 'TEXT', body: `<@${text}> <#${text}>`, groupTag: text };
      const { body } = await test.client.post(`/v1/channels/${room.body.id}/messages`, said);
      expect(body).toMatchObject({ groupTag: text, mentions: [{ type: 'USER' }, { type: 'CHANNEL' }] });
      const file = { url: `https://e.example/${text}`, name: text, contentType: `a/${'b'.repeat(253)}`, size: 0 };
      const sent = await test.client.post(`/v1/channels/${room.body.id}/messages`, { type: 'FILE', file });
      expect(sent.body.file).toEqual({ type: 'EXTERNAL', ...file });
    });

    it.each([
      ['a NUL', '\\u0000'],
      ['the first half of a pair', '\\ud83d'],
      ['the second half of a pair', '\\ude00'],
      ['a pair the wrong way round', '\\ude00\\ud83d'],
    ])('is %s: in values, in keys, in names', async (what, bad) => {
      const texts: [string, string, string, string][] = [
        ['name', 'POST', '/v1/users', `{"name":"a${bad}b","displayName":"A"}`],
        ['displayName', 'POST', '/v1/users', `{"name":"unclean","displayName":"a${bad}b"}`],
        ['displayName', 'PATCH', `/v1/users/${user.id}`, `{"displayName":"a${bad}b"}`],
        ['properties', 'PATCH', `/v1/users/${user.id}`, `{"properties":{"a":[{"b":"${bad}"}]}}`],
        ['properties', 'PATCH', `/v1/users/${user.id}`, `{"properties":{"a":{"${bad}":1}}}`],
        ['presence.status', 'PATCH', `/v1/users/${user.id}`, `{"presence":{"status":"${bad}"}}`],
        ['name', 'POST', '/v1/channels', `{"type":"PUBLIC","name":"${bad}"}`],
        ['members[0].username', 'POST', '/v1/channels', `{"type":"PUBLIC","members":[{"username":"${bad}"}]}`],
        ['properties', 'PATCH', `/v1/channels/${channel.id}`, `{"properties":{"${bad}":1}}`],
        ['username', 'POST', `/v1/channels/${channel.id}/members`, `{"username":"${bad}"}`],
        ['body', 'POST', `/v1/channels/${channel.id}/messages`, `{"type":"TEXT","body":"${bad}"}`],
        ['groupTag', 'POST', `/v1/threads/${message.id}/messages`, `{"type":"TEXT","body":"x","groupTag":"${bad}"}`],
        ['body', 'PATCH', `/v1/messages/${message.id}`, `{"body":"${bad}"}`],
        ['properties', 'PATCH', `/v1/messages/${message.id}`, `{"properties":{"k":"${bad}"}}`],
      ];
      await writingNothing(test, async () => {
        for (const [field, method, path, body] of texts)
          expectRefusal([what, path, body], await test.client.request(method, path, { body }), [field]);
      });
    });

    it('is a NUL or half a character in a query', async () => {
      for (const path of [
        '/v1/users?name=a%00b',
        '/v1/messages?query=%00',
        '/v1/messages?username=%00',
        '/v1/channels?members=%00',
      ])
        expectRefusal(path, await test.client.get(path));
      for (const path of ['/v1/users?name=%ED%A0%80', '/v1/messages?query=%FF', '/v1/users?name=%E0%A4%A'])
        expect([path, (await test.client.get(path)).body._embedded]).toEqual([path, expect.anything()]);
    });
  });

  describe('in properties', () => {
    const patch = (properties: unknown) => test.client.patch(`/v1/users/${user.id}`, { properties });
    const ofBytes = (bytes: number) => ({ k: 'é'.repeat((bytes - 8) / 2) + 'x'.repeat((bytes - 8) % 2) });

    it('is more than 64 KB, once merged as well', async () => {
      await writingNothing(test, async () => {
        for (const given of [ofBytes(65_536), { k: 'x'.repeat(65_520) }])
          expectRefusal('properties', await patch(given), ['properties'], 'too_large');
      });
      const { status, body } = await test.client.post('/v1/users', {
        name: 'full',
        displayName: 'F',
        properties: ofBytes(65_535),
      });
      expect([status, Buffer.byteLength(JSON.stringify(body.properties))]).toEqual([200, 65_535]);
    });

    it('is what is no object, or holds a number beyond a double', async () => {
      await writingNothing(test, async () => {
        for (const given of ['null', '[]', '"x"', '1', '{"n":1e400}', '{"a":[{"n":-1e999}]}']) {
          const body = `{"properties":${given}}`;
          expectRefusal(given, await test.client.patch(`/v1/users/${user.id}`, body), ['properties']);
        }
      });
    });

    it('is nothing that JSON can hold otherwise', async () => {
      const properties = {
        '': '',
        ' ': 1e308,
        toString: -0.1,
        constructor: { a: 1 },
        a: { b: [[[{}]], null, false] },
        '😀': '\u2028',
      };
      const { status, body } = await test.client.post('/v1/users', { name: 'odd', displayName: 'O', properties });
      expect([status, body.properties]).toEqual([200, properties]);
      expect((await test.client.get(`/v1/users/${body.id}`)).body.properties).toEqual(properties);
    });
  });
});
