import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { JobRunner } from '../../src/jobs/job-runner.js';
import { MessageSearch } from '../../src/messages/message-search.js';
import { SearchIndex } from '../../src/search/search-index.js';
import { SearchRebuild } from '../../src/search/search-rebuild.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeMessage, MadeUser } from '../support/make.js';
import { until } from '../support/wait.js';

describe('search', () => {
  let test: TestApp;
  let ann: MadeUser;
  beforeAll(async () => {
    test = await startApp();
    ann = await test.make.user();
  });
  afterAll(() => test.close());

  const find = async (query: string, more = '') =>
    (await test.client.get(`/v1/messages?query=${encodeURIComponent(query)}${more}`)).body;
  const bodies = async (query: string, more = '') =>
    ((await find(query, more))._embedded.messages as MadeMessage[]).map(({ body }) => body);
  const index = () => test.app.get(SearchIndex);
  /** Until the index knows all that was sent and edited. */
  const indexed = () =>
    until('the index', async () => {
      const [last] = await test.database.query<{ id: number | null }>('SELECT MAX(id) AS id FROM messages');
      const edits = await test.database.query('SELECT 1 FROM search_edits');
      return ((await index().position('indexed')) ?? 0) >= Number(last?.id ?? 0) && edits.length === 0;
    });
  const indexedIds = async (ids: number[]) => [...(await index().known(ids))].sort((a, b) => a - b);
  /** Messages by the system so that whatever was sent before is found by the index alone. */
  const bury = async (channel: MadeChannel) => {
    for (let sent = 0; sent < 600; sent += 30)
      await Promise.all(Array.from({ length: 30 }, () => test.make.message(channel, 'of no interest')));
    await indexed();
  };

  describe('in what is indexed', () => {
    const TEXTS = [
      'Hello World',
      'hello there, Ångström',
      '今日はいい天気ですね',
      '明日は雨です',
      'ΣΊΣΥΦΟΣ STRASSE straße',
      '100% a_b [x] x*y?z',
      'it\'s "quoted" \\ ;-- \'',
      'İstanbul KELVIN K ſun',
      'qz',
      '😀😁',
      'ab',
    ];
    let channel: MadeChannel;
    const ids: number[] = [];
    beforeAll(async () => {
      channel = await test.make.channel({ members: [ann] });
      for (const text of TEXTS) ids.push((await test.make.message(channel, text, ann)).id);
      await bury(await test.make.channel());
    });

    const QUERIES = [
      ...['hello', 'ELLO W', 'o', 'lo t', 'ångström', 'ÅNGSTR', '天気', '雨', '日は', 'いい天気', 'です', 'σίσυφος'],
      ...['straße', 'STRASSE', '100%', 'a_b', '[x]', '*', '?z', '_', "'", '"', '\\', ';--', 'istanbul', 'kelvin', 'k'],
      ...['sun', 'qz', 'z', '😀', '😁', 'b', 'ab', 'nothing at all', 'AND', 'x*', ' '],
    ];
    it.each(QUERIES)('finds the same as a comparison of every body: %s', async (query) => {
      const { sql, parameters } = test.database.dialect.containsText('m.body', query);
      const expected = await test.database.query<{ body: string }>(
        `SELECT m.body FROM messages m WHERE m.channel_id = ? AND ${sql} ORDER BY m.id DESC`,
        [channel.id, ...parameters],
      );
      const texts = expected.map(({ body }) => body);
      expect(await bodies(query, `&username=${ann.name}`)).toEqual(texts);
      const path = `/v1/channels/${channel.id}/messages?query=${encodeURIComponent(query)}`;
      expect((await test.client.get(path)).body._embedded.messages.map(({ body }: MadeMessage) => body)).toEqual(texts);
    });

    it('is what the index holds', async () => {
      expect(await indexedIds(ids)).toEqual(ids);
    });

    it('shows nothing to another application', async () => {
      expect((await test.stranger.get('/v1/messages?query=hello')).body._embedded.messages).toEqual([]);
    });
  });

  it('walks forth and back through hits that lie far apart', async () => {
    const channel = await test.make.channel();
    for (let n = 1; n <= 7; n++) {
      await test.make.message(channel, `wandering ${n}`);
      await Promise.all(Array.from({ length: 20 }, () => test.make.message(channel, 'between')));
    }
    await bury(channel);
    const texts = (page: any) => page._embedded.messages.map(({ body }: MadeMessage) => body.at(-1)).join('');
    const next = async (page: any) => (await test.client.get(page._links.next.href as string)).body;
    const first = await find('WANDERING', '&size=3');
    const second = await next(first);
    const third = await next(second);
    expect([first, second, third].map(texts)).toEqual(['765', '432', '1']);
    expect([first, second, third].map(({ page }) => page.total)).toEqual([7, 7, 7]);
    const back = (await test.client.get(third._links.prev.href as string)).body;
    expect(texts(back)).toBe('432');
    expect(Object.keys(third._links as object)).toEqual(['self', 'prev']);
  });

  it('finds a message at once, and an edited one by what it says now', async () => {
    const channel = await test.make.channel();
    const { id } = await test.make.message(channel, 'original wording');
    expect(await bodies('nal wor')).toEqual(['original wording']);
    await bury(channel);
    await test.client.patch(`/v1/messages/${id}`, { body: 'revised phrasing' });
    expect(await bodies('ised phr')).toEqual(['revised phrasing']);
    expect(await bodies('nal wor')).toEqual([]);
    await indexed();
    expect(await bodies('ised phr')).toEqual(['revised phrasing']);
    await test.client.delete(`/v1/messages/${id}`);
    expect(await bodies('ised phr')).toEqual([]);
    await until('the index without it', async () => (await indexedIds([id])).length === 0);
  });

  describe('without time', () => {
    const search = () => test.app.get(MessageSearch);
    const budget = 300;
    const TEXT = 'seldom';
    let sent: number[];
    let paths: string[];
    beforeAll(async () => {
      const channel = await test.make.channel();
      const large = await test.make.channel();
      sent = [];
      for (let n = 0; n < 4; n++) {
        sent.unshift((await test.make.message(channel, `${TEXT} ${n}`)).id);
        await Promise.all(Array.from({ length: 40 }, () => test.make.message(large, 'seldoom, sel, eld, ldo, dom')));
      }
      await bury(large);
      // Some that the index does not know yet.
      sent.unshift((await test.make.message(channel, `${TEXT} 4`)).id);
      await test.client.patch(`/v1/messages/${sent.at(-1)}`, { body: `${TEXT} edited` });
      paths = [`/v1/messages?query=${TEXT}&size=2`, `/v1/channels/${channel.id}/messages?query=${TEXT}&size=2`];
    });
    beforeEach(() => {
      search().budgetMs = 0;
    });
    afterEach(() => {
      search().budgetMs = budget;
    });
    const ids = (page: any): number[] => page._embedded.messages.map(({ id }: MadeMessage) => id);

    it('leads through all hits, once each, over pages that hold less', async () => {
      for (const path of paths) {
        const pages: any[] = [];
        for (let next: string | undefined = path; next; next = pages.at(-1)._links.next?.href)
          pages.push((await test.client.get(next)).body);
        expect(pages.flatMap(ids)).toEqual(sent);
        expect(pages.length).toBeGreaterThanOrEqual(3);
        for (const page of pages) expect(page.page.total).toBeGreaterThanOrEqual(ids(page).length);
      }
    });

    it('leads back as well', async () => {
      for (const path of paths) {
        const oldest = sent.at(-1)!;
        const start = `${path}&start=${oldest - 1}&relation=PREVIOUS`;
        const pages: any[] = [];
        for (let prev: string | undefined = start; prev; prev = pages[0]._links.prev?.href)
          pages.unshift((await test.client.get(prev)).body);
        expect(pages.flatMap(ids)).toEqual(sent);
      }
    });

    it('has what there is in a moment otherwise', async () => {
      search().budgetMs = 60_000;
      for (const path of paths) {
        const { body } = await test.client.get(path);
        expect(ids(body)).toEqual(sent.slice(0, 2));
        expect(body.page.total).toBe(sent.length);
      }
    });
  });

  it('counts no more than 100 hits', async () => {
    const channel = await test.make.channel();
    for (let sent = 0; sent < 210; sent += 30)
      await Promise.all(Array.from({ length: 30 }, () => test.make.message(channel, 'plentiful')));
    expect((await find('plentiful')).page.total).toBe(100);
    await bury(channel);
    expect((await find('plentiful', '&size=5')).page.total).toBe(100);
    expect(await test.client.all('/v1/messages?query=plentiful&size=100', 'messages')).toHaveLength(210);
  });

  it('forgets what a deleted channel held', async () => {
    const channel = await test.make.channel();
    const { id } = await test.make.message(channel, 'to be forgotten');
    await indexed();
    expect(await indexedIds([id])).toEqual([id]);
    await test.client.delete(`/v1/channels/${channel.id}`);
    expect(await bodies('be forgotten')).toEqual([]);
    await test.jobsDone();
    await until('the index without it', async () => (await indexedIds([id])).length === 0);
  });

  it('is rebuilt without what is not there any more, going on where it stopped', async () => {
    const channel = await test.make.channel();
    const { id } = await test.make.message(channel, 'to be rebuilt');
    await bury(channel);
    await test.database.execute('DELETE FROM message_search WHERE rowid <= ?', [id]);
    await test.database.execute("REPLACE INTO message_search (rowid, words) VALUES (?, 'stale')", [id + 300]);
    expect(await bodies('be rebuilt')).toEqual([]);
    await test.database.execute("REPLACE INTO search_positions (name, message_id) VALUES ('rebuilt', ?)", [id - 1]);
    const rebuild = new SearchRebuild(index());
    expect(await rebuild.run()).toMatchObject({ from: id - 1 });
    expect(await bodies('be rebuilt')).toEqual(['to be rebuilt']);
    expect(await index().position('rebuilt')).toBeUndefined();
    expect((await rebuild.run(true)).from).toBe(0);
    expect(await bodies('ångström')).toEqual(['hello there, Ångström']);
  });

  it('does not find what was cleared away, while its rows are still there', async () => {
    const channel = await test.make.channel();
    const { id } = await test.make.message(channel, 'to be cleared away');
    await bury(channel);
    const paths = ['/v1/messages?query=CLEARED', `/v1/channels/${channel.id}/messages?query=cleared%20away`];
    const found = async () =>
      Promise.all(paths.map(async (path) => (await test.client.get(path)).body.page.total as number));
    expect(await found()).toEqual([1, 1]);
    jest.spyOn(test.app.get(JobRunner), 'wake').mockReturnValue(undefined);
    try {
      expect((await test.client.delete('/v1/messages')).status).toBe(200);
      expect(await found()).toEqual([0, 0]);
      expect(await test.database.query('SELECT id FROM messages WHERE id = ?', [id])).toHaveLength(1);
      await test.make.message(channel, 'cleared never');
      expect(await found()).toEqual([1, 0]);
    } finally {
      jest.restoreAllMocks();
    }
    test.app.get(JobRunner).wake();
    await test.jobsDone();
    await until('the index without it', async () => (await indexedIds([id])).length === 0);
  });
});
