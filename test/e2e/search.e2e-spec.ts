import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { DomainEvent } from '../../src/events/domain-event.js';
import { JobRunner } from '../../src/jobs/job-runner.js';
import { MessageSearch } from '../../src/messages/message-search.js';
import { SearchIndex } from '../../src/search/search-index.js';
import { SearchIndexer } from '../../src/search/search-indexer.js';
import { SearchRebuild } from '../../src/search/search-rebuild.js';
import { SearchSegments } from '../../src/search/search-segments.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeMessage, MadeUser } from '../support/make.js';
import { until } from '../support/wait.js';

describe('search', () => {
  let test: TestApp;
  let ann: MadeUser;
  beforeAll(async () => {
    test = await startApp();
    segments().size = 30;
    ann = await test.make.user();
  });
  afterAll(() => test.close());

  const find = async (query: string, more = '') =>
    (await test.client.get(`/v1/messages?query=${encodeURIComponent(query)}${more}`)).body;
  const bodies = async (query: string, more = '') =>
    ((await find(query, more))._embedded.messages as MadeMessage[]).map(({ body }) => body);
  const segments = () => test.app.get(SearchSegments);
  const applicationId = async () => (await test.client.get('/v1/application')).body.id as number;
  /** Until the index knows everything up to a message, and all edits. */
  const indexed = async (id: number) => {
    const ours = await applicationId();
    await until('the index', async () => {
      const end = (await segments().ends([ours])).get(ours) ?? 0;
      return end >= id && (await test.app.get(SearchIndex).unindexed(ours)).edited.length === 0;
    });
  };
  const indexedIds = async (ids: number[]) =>
    [...(await test.app.get(SearchIndex).known(await applicationId(), ids))].sort((a, b) => a - b);
  /** Messages by the system so that whatever was sent before is found by the index alone. */
  const bury = async (channel: MadeChannel) => {
    const [last] = await test.database.query<{ id: number }>('SELECT MAX(id) AS id FROM messages');
    // On MySQL the newest ids are left for later.
    const count = segments().size + (test.database.dialect.isIdOrderLoose ? 270 : 0);
    for (let sent = 0; sent < count; sent += 30)
      await Promise.all(Array.from({ length: 30 }, () => test.make.message(channel, 'of no interest')));
    await indexed(last!.id);
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
    await test.client.patch(`/v1/messages/${id}`, { body: 'edited before' });
    await bury(channel);
    expect(await bodies('ted bef')).toEqual(['edited before']);
    await test.client.patch(`/v1/messages/${id}`, { body: 'revised phrasing' });
    expect(await bodies('ised phr')).toEqual(['revised phrasing']);
    expect(await bodies('ted bef')).toEqual([]);
    await indexed(id);
    expect(await bodies('ised phr')).toEqual(['revised phrasing']);
    await test.client.delete(`/v1/messages/${id}`);
    expect(await bodies('ised phr')).toEqual([]);
  });

  it('finds a message that became visible when later ones were indexed', async () => {
    const channel = await test.make.channel();
    const { id } = await test.make.message(channel, 'late arrival');
    await test.database.execute('UPDATE messages SET application_id = -1 WHERE id = ?', [id]);
    await bury(channel);
    await test.database.execute('UPDATE messages SET application_id = ? WHERE id = ?', [await applicationId(), id]);
    expect(await bodies('late arr')).toEqual([]);
    const event = { id: 1, applicationId: await applicationId(), type: 'message.sent', subjectId: id, payload: {} };
    await test.app.get(SearchIndexer).handle([event as DomainEvent]);
    expect(await bodies('late arr')).toEqual(['late arrival']);
    expect(await indexedIds([id])).toEqual([id]);
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

  it('is rebuilt without what is not there any more, going on where it stopped', async () => {
    const channel = await test.make.channel();
    const { id: gone } = await test.make.message(channel, 'to be forgotten');
    const kept = await test.make.channel();
    const { id } = await test.make.message(kept, 'to be rebuilt');
    await bury(kept);
    await test.client.delete(`/v1/channels/${channel.id}`);
    expect(await bodies('be forgotten')).toEqual([]);
    await test.jobsDone();
    const holding = async (term: string) =>
      (await test.database.query('SELECT 1 FROM search_postings WHERE term = ?', [term])).length;
    expect(await holding('rgo')).toBe(1);
    await test.database.execute("DELETE FROM search_postings WHERE term = 'ebu'");
    expect(await bodies('be rebuilt')).toEqual([]);
    const rebuilt = async () =>
      (
        await test.database.query<{ id: number }>(
          "SELECT message_id AS id FROM search_positions WHERE name = 'rebuilt'",
        )
      )[0]?.id;
    await test.database.execute("REPLACE INTO search_positions (name, message_id) VALUES ('rebuilt', ?)", [gone - 1]);
    const rebuild = new SearchRebuild(test.database, test.app.get(UnitOfWork), segments());
    expect(await rebuild.run()).toMatchObject({ from: gone - 1 });
    expect(await holding('rgo')).toBe(0);
    expect(await indexedIds([gone, id])).toEqual([id]);
    expect(await bodies('be rebuilt')).toEqual(['to be rebuilt']);
    expect(await rebuilt()).toBeUndefined();
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
    expect(await indexedIds([id])).toEqual([]);
  });
});
