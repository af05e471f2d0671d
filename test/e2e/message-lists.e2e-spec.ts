import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeMessage, MadeUser } from '../support/make.js';

describe('lists of messages', () => {
  let test: TestApp;
  let ann: MadeUser, bob: MadeUser;
  beforeAll(async () => {
    test = await startApp();
    [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
  });
  afterAll(() => test.close());

  const get = async (path: string) => (await test.client.get(path)).body;
  const in_ = ({ id }: MadeChannel, query = '') => get(`/v1/channels/${id}/messages${query}`);
  const bodiesOn = (page: any): string[] => (page._embedded.messages as MadeMessage[]).map(({ body }) => body);
  const next = (page: any) => get(page._links.next.href as string);
  const prev = (page: any) => get(page._links.prev.href as string);

  /** A channel of Ann and Bob with these messages by Ann, oldest first. */
  async function talk(...bodies: string[]): Promise<MadeChannel> {
    const channel = await test.make.channel({ members: [ann, bob] });
    for (const body of bodies) await test.make.message(channel, body, ann);
    return channel;
  }

  describe('walking', () => {
    it('begins with the newest, and has only a link to itself when everything fits', async () => {
      const page = await in_(await talk('one', 'two'));
      const [two, one] = page._embedded.messages as MadeMessage[];
      expect(bodiesOn(page)).toEqual(['two', 'one']);
      expect(two!.id).toBeGreaterThan(one!.id);
      expect(Object.keys(page._links as object)).toEqual(['self']);
      expect(page.page).toEqual({ size: 2, start: String(two!.id), total: 2 });
      expect(page._embedded.messages[0]).toEqual(await get(`/v1/messages/${two!.id}`));
    });

    it('finds nothing in a channel where nothing was said', async () => {
      const page = await in_(await talk());
      expect(page._embedded.messages).toEqual([]);
      expect(page.page).toEqual({ size: 0, total: 0 });
      expect(Object.keys(page._links as object)).toEqual(['self']);
    });

    it('goes on with next to the oldest, and back with prev to the newest', async () => {
      const channel = await talk('1', '2', '3', '4', '5', '6', '7');
      const first = await in_(channel, '?size=3');
      const second = await next(first);
      const third = await next(second);
      expect([first, second, third].map(bodiesOn)).toEqual([['7', '6', '5'], ['4', '3', '2'], ['1']]);
      expect([first, second, third].map((page) => Object.keys(page._links as object))).toEqual([
        ['self', 'next'],
        ['self', 'prev', 'next'],
        ['self', 'prev'],
      ]);
      const back = await prev(third);
      expect(bodiesOn(back)).toEqual(bodiesOn(second));
      expect(bodiesOn(await prev(back))).toEqual(bodiesOn(first));
      expect(bodiesOn(await next(await prev(back)))).toEqual(bodiesOn(second));
    });

    it('has links of one page that differ in the relation only', async () => {
      const channel = await talk('1', '2', '3', '4', '5', '6');
      const page = await next(await in_(channel, '?size=2'));
      const { start, next: following, size, total } = page.page;
      expect([size, total]).toEqual([2, 6]);
      expect(start).toBe(String(page._embedded.messages[0].id));
      expect(following).toBe(String((await next(page))._embedded.messages[0].id));
      const relations = { self: 'SELF', prev: 'PREVIOUS', next: 'NEXT' };
      const base = `${test.url}/v1/applications/${test.application.applicationId}/channels/${channel.id}/messages`;
      for (const [name, relation] of Object.entries(relations))
        expect(page._links[name].href).toBe(`${base}?start=${start}&next=${following}&size=2&relation=${relation}`);
      expect(await get(page._links.self.href as string)).toEqual(page);
    });

    it('shows each message once to who follows next while others are sent and deleted', async () => {
      const channel = await talk('1', '2', '3', '4', '5', '6');
      const first = await in_(channel, '?size=2');
      await test.make.message(channel, 'new');
      await test.client.delete(`/v1/messages/${first._embedded.messages[1].id}`);
      const second = await next(first);
      await test.client.delete(`/v1/messages/${second.page.next}`);
      const third = await next(second);
      expect([first, second, third].flatMap(bodiesOn)).toEqual(['6', '5', '4', '3', '1']);
    });

    it('shows with prev what has been sent meanwhile', async () => {
      const channel = await talk('1', '2', '3');
      const second = await next(await in_(channel, '?size=2'));
      await test.make.message(channel, '4');
      const newer = await prev(second);
      expect(bodiesOn(newer)).toEqual(['3', '2']);
      expect(bodiesOn(await prev(newer))).toEqual(['4']);
    });

    it.each([
      ['0', 25],
      ['-1', 25],
      ['', 25],
      ['7', 7],
    ])('has for a size of "%s" pages of %d', async (size, effective) => {
      const channel = await talk();
      await Promise.all(Array.from({ length: 27 }, (_, index) => test.make.message(channel, `${index}`)));
      const page = await in_(channel, size && `?size=${size}`);
      expect(page._embedded.messages).toHaveLength(effective);
      expect(page.page).toMatchObject({ size: effective, total: 27 });
    });

    it('has at most 100 on a page', async () => {
      const channel = await talk();
      for (let sent = 0; sent < 102; sent += 17)
        await Promise.all(Array.from({ length: 17 }, () => test.make.message(channel, 'one of many')));
      const page = await in_(channel, '?size=500');
      expect(page._embedded.messages).toHaveLength(100);
      expect(await test.client.all(`/v1/channels/${channel.id}/messages?size=500`, 'messages')).toHaveLength(102);
    });

    it.each(['size=x', 'start=x', 'next=-5', 'relation=BOTH', 'start=9007199254740993'])(
      'is refused for %s',
      async (parameter) => {
        const { status, body } = await test.client.get(`/v1/messages?${parameter}`);
        expect(status).toBe(400);
        expect(body.errors).toMatchObject([{ field: parameter.split('=')[0], code: 'invalid' }]);
      },
    );
  });

  describe('filters', () => {
    const found = async (channel: MadeChannel, query: string) => {
      const page = await in_(channel, `?query=${encodeURIComponent(query)}`);
      expect(page.page.total).toBe(page._embedded.messages.length);
      return bodiesOn(page);
    };

    it('by the name of the sender', async () => {
      const channel = await talk('by Ann');
      await test.make.message(channel, 'by Bob', bob);
      await test.make.message(channel, 'by nobody');
      expect(bodiesOn(await in_(channel, `?username=${ann.name}`))).toEqual(['by Ann']);
      expect(bodiesOn(await in_(channel, `?username=${bob.name}`))).toEqual(['by Bob']);
      for (const nobody of ['nobody', ann.name.toUpperCase()])
        expect(await in_(channel, `?username=${nobody}`)).toMatchObject({
          _embedded: { messages: [] },
          page: { size: 0, total: 0 },
        });
    });

    it('by a text, whatever its case', async () => {
      const channel = await talk('Hello World', 'hello there', 'Goodbye');
      expect(await found(channel, 'HELLO')).toEqual(['hello there', 'Hello World']);
      expect(await found(channel, 'o w')).toEqual(['Hello World']);
      expect(await found(channel, 'welt')).toEqual([]);
    });

    it('by a text in any script, whatever its case', async () => {
      const channel = await talk('ÉTÉ à Zürich', 'été', 'ΣΊΣΥΦΟΣ', 'Привет', 'ete');
      expect(await found(channel, 'été')).toEqual(['été', 'ÉTÉ à Zürich']);
      expect(await found(channel, 'ZÜRICH')).toEqual(['ÉTÉ à Zürich']);
      expect(await found(channel, 'σίσυφο')).toEqual(['ΣΊΣΥΦΟΣ']);
      expect(await found(channel, 'ПРИВЕТ')).toEqual(['Привет']);
    });

    it('by a text without spaces between its words', async () => {
      const channel = await talk('今日はいい天気ですね', '明日は雨です', '晴れ😀です');
      expect(await found(channel, '天気')).toEqual(['今日はいい天気ですね']);
      expect(await found(channel, '日は')).toEqual(['明日は雨です', '今日はいい天気ですね']);
      expect(await found(channel, '雨')).toEqual(['明日は雨です']);
      expect(await found(channel, '😀')).toEqual(['晴れ😀です']);
    });

    it.each(['100%', 'a_b', '!', '[x]', 'a*b', 'a?b', '^', ']', '-', '\\', "it's", '"', ';--'])(
      'by %s to the letter',
      async (text) => {
        const channel = await talk(`before ${text} after`, '100 aXb x aXXb ab its');
        expect(await found(channel, text)).toEqual([`before ${text} after`]);
      },
    );

    it('find nothing in files and deleted messages, and what edits have made of a text', async () => {
      const channel = await talk('first needle', 'second needle');
      const file = { url: 'https://files.example.org/needle', name: 'needle', contentType: 'text/plain', size: 1 };
      await test.client.post(`/v1/channels/${channel.id}/messages`, { type: 'FILE', file });
      const [second, first] = (await in_(channel, '?query=needle'))._embedded.messages as MadeMessage[];
      expect([second!.body, first!.body]).toEqual(['second needle', 'first needle']);
      await test.client.patch(`/v1/messages/${first!.id}`, { body: 'first hay' });
      await test.client.delete(`/v1/messages/${second!.id}`);
      expect(await found(channel, 'needle')).toEqual([]);
      expect(await found(channel, 'hay')).toEqual(['first hay']);
    });

    it('stand in every link, and hold on every page', async () => {
      const channel = await talk('yes 1', 'no', 'yes 2', 'no', 'yes 3', 'yes 4', 'yes 5');
      await test.make.message(channel, 'yes by Bob', bob);
      const path = `/v1/channels/${channel.id}/messages?username=${ann.name}&query=YES`;
      const first = await get(`${path}&size=2`);
      const second = await next(first);
      expect([first, second, await next(second)].map(bodiesOn)).toEqual([
        ['yes 5', 'yes 4'],
        ['yes 3', 'yes 2'],
        ['yes 1'],
      ]);
      expect(second.page).toMatchObject({ size: 2, total: 5 });
      expect(bodiesOn(await prev(second))).toEqual(['yes 5', 'yes 4']);
      for (const { href } of Object.values<{ href: string }>(second._links))
        expect(href).toContain(`?username=${ann.name}&query=YES&start=`);
    });

    it.each([
      ['query=', 'query'],
      [`query=${'x'.repeat(256)}`, 'query'],
      ['username=', 'username'],
      ['username=%20x', 'username'],
    ])('are refused for %s', async (parameter, field) => {
      const { status, body } = await test.client.get(`/v1/messages?${parameter}`);
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ resource: 'Message', field }]);
    });
  });

  describe('of the application', () => {
    it('holds those of all channels, and counts them', async () => {
      const before = (await get('/v1/messages')).page.total as number;
      const [one, two] = [await talk('in one'), await talk('in two')];
      const pair = await test.make.users(2);
      await test.make.message(await test.make.channel({ type: 'DIRECT', members: pair }), 'in private', pair[0]);
      const page = await get('/v1/messages?size=3');
      expect(bodiesOn(page)).toEqual(['in private', 'in two', 'in one']);
      expect(page._embedded.messages.slice(1)).toMatchObject([{ channelId: two.id }, { channelId: one.id }]);
      expect(page.page.total).toBe(before + 3);
      expect(await test.client.all('/v1/messages?size=50', 'messages')).toHaveLength(before + 3);
    });

    it('is filtered as those of channels are', async () => {
      await talk('Unique in one place');
      const elsewhere = await talk('unique in another');
      await test.make.message(elsewhere, 'UNIQUE by Bob', bob);
      expect(bodiesOn(await get('/v1/messages?query=unique&size=5'))).toHaveLength(3);
      expect(bodiesOn(await get(`/v1/messages?query=unique&username=${bob.name}`))).toEqual(['UNIQUE by Bob']);
      expect((await get('/v1/messages?username=nobody')).page).toEqual({ size: 0, total: 0 });
    });

    it("shows nothing of another application's", async () => {
      const channel = await talk('Ours');
      expect((await test.stranger.get('/v1/messages')).body).toMatchObject({
        _embedded: { messages: [] },
        page: { size: 0, total: 0 },
      });
      expect((await test.stranger.get('/v1/messages?query=ours')).body._embedded.messages).toEqual([]);
      for (const path of [`channels/${channel.id}/messages`, `users/${ann.id}/messages`])
        expect((await test.stranger.get(`/v1/${path}`)).status).toBe(404);
    });
  });

  describe('of a user', () => {
    it('holds what they sent, wherever they sent it', async () => {
      const dan = await test.make.user();
      const [one, two] = [
        await test.make.channel({ members: [dan] }),
        await test.make.channel({ members: [dan, ann] }),
      ];
      const first = await test.make.message(one, 'first', dan);
      await test.make.message(two, 'by Ann', ann);
      await test.make.message(two, 'second', dan);
      await test.make.reply(first, 'third', dan);
      const page = await get(`/v1/users/${dan.id}/messages?size=2`);
      expect(bodiesOn(page)).toEqual(['third', 'second']);
      expect(page.page).toMatchObject({ size: 2, total: 3 });
      expect(bodiesOn(await next(page))).toEqual(['first']);
      expect(page._links.next.href).toContain(`/users/${dan.id}/messages?start=`);
    });

    it('loses what is deleted', async () => {
      const dan = await test.make.user();
      const channel = await test.make.channel({ members: [dan] });
      const message = await test.make.message(channel, 'first', dan);
      await test.make.message(channel, 'second', dan);
      await test.client.delete(`/v1/messages/${message.id}`);
      const page = await get(`/v1/users/${dan.id}/messages`);
      expect(bodiesOn(page)).toEqual(['second']);
      expect(page.page.total).toBe(1);
    });

    it('is not there for nobody', async () => {
      const gone = await test.make.user();
      await test.client.delete(`/v1/users/${gone.id}`);
      for (const id of [999_999, gone.id]) expect((await test.client.get(`/v1/users/${id}/messages`)).status).toBe(404);
    });
  });
});
