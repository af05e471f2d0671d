import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';
import { until } from '../support/wait.js';
import { card, html, Web } from '../support/web.js';

const LOCAL = { LINK_PREVIEWS_ALLOW_PRIVATE: 'true', LINK_PREVIEWS_PORTS: '*' };

describe('previews of links', () => {
  let test: TestApp;
  let web: Web;
  let channel: { id: number };
  beforeAll(async () => {
    web = await Web.start();
    test = await startApp(LOCAL);
    channel = await test.make.channel();
  });
  afterAll(async () => {
    await test.close();
    await web.close();
  });

  const read = async (id: number) => (await test.client.get(`/v1/messages/${id}`)).body;
  const titles = async (id: number) => (await read(id)).links.map((link: any) => link.preview?.title);
  const looked = (id: number) =>
    until(`the links of message ${id}`, async () => {
      const events = await test.database.query<{ n: number }>(
        "SELECT COUNT(*) AS n FROM events e JOIN event_positions p ON p.subscriber = 'link-previews' AND p.position >= e.id WHERE e.subject_id = ? AND e.type = 'message.sent'",
        [id],
      );
      const tasks = await test.database.query('SELECT 1 FROM preview_tasks WHERE message_id = ?', [id]);
      return Number(events[0]!.n) === 1 && tasks.length === 0;
    });

  it('come after the send, without an edit', async () => {
    const url = web.at('/first', html(card('First', '<meta property="og:site_name" content="Site">')));
    const sent = await test.make.message(channel, `See ${url} soon`);
    expect((sent as any).links[0].preview).toBeUndefined();
    await looked(sent.id);
    const message = await read(sent.id);
    expect(message.lastEditedTime).toBeUndefined();
    expect(message.links).toEqual([
      {
        source: url,
        startPosition: 4,
        endPosition: 4 + url.length,
        preview: { url, title: 'First', image: { source: web.url('/picture.png') }, siteName: 'Site' },
      },
    ]);
    const accept = 'application/vnd.chatkitty+json';
    const preview = { url, title: 'First', image: { source: web.url('/picture.png') } };
    const camel = { startPosition: 4, preview: { ...preview, siteName: 'Site' } };
    const snake = { start_position: 4, preview: { ...preview, site_name: 'Site' } };
    for (const [path, headers, fields] of [
      ['/v1/messages', {}, camel],
      ['/v1/messages', { accept }, snake],
      ['/messages', {}, snake],
    ] as const) {
      const { body } = await test.client.get(`${path}/${sent.id}`, { headers });
      expect(body.links).toEqual([expect.objectContaining(fields)]);
    }
    const events = await test.database.query<{ payload: string }>(
      "SELECT payload FROM events WHERE type = 'message.links_previewed' AND subject_id = ?",
      [sent.id],
    );
    expect(events.map(({ payload }) => JSON.parse(payload))).toEqual([{ links: message.links }]);
  });

  it('are fetched once for all who link to a page, also when there is nothing', async () => {
    const url = web.at('/shared', html(card('Shared')));
    const nothing = web.url('/nothing');
    const ids = (await Promise.all([1, 2, 3].map(() => test.make.message(channel, `${url} ${nothing} ${url}`)))).map(
      ({ id }) => id,
    );
    for (const id of ids) {
      await looked(id);
      expect(await titles(id)).toEqual(['Shared', undefined, 'Shared']);
    }
    expect(web.asked.filter((path) => path === '/shared')).toHaveLength(1);
    expect(web.asked.filter((path) => path === '/nothing')).toHaveLength(1);
  });

  it('are for the first links of a message', async () => {
    const urls = [1, 2, 3, 4, 5].map((n) => web.at(`/many-${n}`, html(card(`Many ${n}`))));
    const { id } = await test.make.message(channel, urls.join(' '));
    await looked(id);
    expect(await titles(id)).toEqual(['Many 1', 'Many 2', 'Many 3', undefined, undefined]);
  });

  it('ask a host for one page at a time', async () => {
    web.busiest = 0;
    const slow = (n: number) =>
      web.at(`/slow-${n}`, (request, response) => setTimeout(() => html(card(`Slow ${n}`))(request, response), 50));
    const sent = await Promise.all([1, 2, 3, 4].map((n) => test.make.message(channel, slow(n))));
    for (const { id } of sent) await looked(id);
    expect(web.busiest).toBe(1);
  });

  it('leave an edit alone that comes meanwhile, and follow it', async () => {
    let answer!: () => void;
    const old = web.at('/old', (request, response) => (answer = () => html(card('Old'))(request, response)));
    const kept = web.at('/kept', html(card('Kept')));
    const { id } = await test.make.message(channel, `${old} ${kept}`);
    await until('the request', () => web.asked.includes('/old'));
    await test.client.patch(`/v1/messages/${id}`, { body: `now only ${kept}` });
    answer();
    await until('the preview of the link that was kept', async () => (await titles(id))[0] === 'Kept');
    const message = await read(id);
    expect(message.body).toBe(`now only ${kept}`);
    expect(message.links).toMatchObject([{ source: kept, startPosition: 9 }]);
  });

  it('do not bring back what was deleted', async () => {
    let answer: (() => void) | undefined;
    const url = web.at('/deleted', (request, response) => (answer = () => html(card('Gone'))(request, response)));
    const { id } = await test.make.message(channel, url);
    await until('the request', () => answer !== undefined);
    await test.client.delete(`/v1/messages/${id}`);
    answer!();
    await looked(id);
    expect((await test.client.get(`/v1/messages/${id}`)).status).toBe(404);
    expect(
      await test.database.query("SELECT 1 FROM events WHERE type = 'message.links_previewed' AND subject_id = ?", [id]),
    ).toEqual([]);
  });
});

describe('previews of links that are not to be fetched', () => {
  it.each([
    ['when they are turned off', { ...LOCAL, LINK_PREVIEWS: 'false' }],
    ['of private addresses', { LINK_PREVIEWS_PORTS: '*' }],
    ['of other ports', { LINK_PREVIEWS_ALLOW_PRIVATE: 'true' }],
  ])('are not there %s', async (_, environment) => {
    const [web, test] = [await Web.start(), await startApp(environment)];
    try {
      const url = web.at('/page', html(card('Never')));
      const { id } = await test.make.message(await test.make.channel(), url);
      await until('the reader of the log', async () => {
        const [row] = await test.database.query<{ n: number }>(
          "SELECT COUNT(*) AS n FROM events e JOIN event_positions p ON p.subscriber = 'link-previews' AND p.position >= e.id WHERE e.subject_id = ? AND e.type = 'message.sent'",
          [id],
        );
        return Number(row!.n) === 1 && (await test.database.query('SELECT 1 FROM preview_tasks')).length === 0;
      });
      const { body } = await test.client.get(`/v1/messages/${id}`);
      expect(body.links).toEqual([{ source: url, startPosition: 0, endPosition: url.length }]);
      expect(web.asked).toEqual([]);
    } finally {
      await test.close();
      await web.close();
    }
  });
});
