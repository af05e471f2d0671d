import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startApp, TestApp } from '../support/app.js';

interface PageBody {
  _embedded: { messages: { id: number; body: string }[] };
  _links: Record<'self' | 'prev' | 'next', { href: string } | undefined>;
  page: { size: number; start?: string; next?: string; total: number };
}

describe('cursor pages', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());

  const get = async (path: string): Promise<PageBody> => {
    const { status, body } = await test.client.get(path);
    expect([status, status === 200 || body]).toEqual([200, true]);
    return body as PageBody;
  };
  const channelWith = async (messages: number) => {
    const channel = await test.make.channel();
    const sent = Array.from({ length: messages }, (_, index) => test.make.message(channel, String(index)));
    const ids = (await Promise.all(sent)).map(({ id }) => id).sort((a, b) => b - a);
    return { channel, path: `/v1/channels/${channel.id}/messages`, ids };
  };
  const walk = async (path: string, way: 'next' | 'prev', between = async () => {}): Promise<PageBody[]> => {
    const pages: PageBody[] = [];
    for (let at: string | undefined = path; at !== undefined; at = pages.at(-1)!._links[way]?.href) {
      if (pages.length > 0) await between();
      pages.push(await get(at));
      if (pages.length > 100) throw new Error('The pages never end');
    }
    return pages;
  };
  const idsOn = (page: PageBody) => page._embedded.messages.map(({ id }) => id);
  const ids = (pages: PageBody[]) => pages.flatMap(idsOn);
  const sizes = fc.integer({ min: 1, max: 6 });

  it('hold each message once, newest first, and the same ones on the way back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 14 }), sizes, async (messages, size) => {
        const { path, ids: sent } = await channelWith(messages);
        const forward = await walk(`${path}?size=${size}`, 'next');
        expect(ids(forward)).toEqual(sent);
        for (const [index, page] of forward.entries()) {
          const next = forward[index + 1];
          expect(page.page).toEqual({
            size: idsOn(page).length,
            total: messages,
            ...(messages > 0 && { start: String(idsOn(page)[0]) }),
            ...(next && { next: String(idsOn(next)[0]) }),
          });
          expect(page._links.prev === undefined).toBe(index === 0);
          expect(idsOn(await get(page._links.self!.href))).toEqual(idsOn(page));
        }
        const back = await walk(forward.at(-1)!._links.self!.href, 'prev');
        expect(back.reverse().map(idsOn)).toEqual(forward.map(idsOn));
      }),
      { numRuns: 25 },
    );
  });

  it.each(['next', 'prev'] as const)(
    'show nothing twice by `%s` and leave out nothing that was always there, whatever is sent and deleted meanwhile',
    async (way) => {
      const change = fc.oneof(fc.constant('send' as const), fc.nat());
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 12 }),
          sizes,
          fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 8 }),
          async (messages, size, changes) => {
            const { channel, path, ids: sent } = await channelWith(messages);
            const forward = await walk(`${path}?size=${size}`, 'next');
            const start = way === 'next' ? `${path}?size=${size}` : forward.at(-1)!._links.self!.href;
            const gone = new Set<number>();
            const script = changes[Symbol.iterator]();
            const seen = ids(
              await walk(start, way, async () => {
                for (const step of script.next().value ?? []) {
                  const left = sent.filter((id) => !gone.has(id));
                  if (step === 'send') await test.make.message(channel, 'new');
                  else if (left.length > 0) {
                    const id = left[step % left.length]!;
                    gone.add(id);
                    expect((await test.client.delete(`/v1/messages/${id}`)).status).toBe(200);
                  }
                }
              }),
            );
            expect(seen.length).toBe(new Set(seen).size);
            expect(sent.filter((id) => !gone.has(id) && !seen.includes(id))).toEqual([]);
          },
        ),
        { numRuns: 25 },
      );
    },
  );

  it('begin where a cursor was, also when its message is gone', async () => {
    const { path, ids: sent } = await channelWith(6);
    const first = await get(`${path}?size=2`);
    await test.client.delete(`/v1/messages/${sent[2]}`);
    const second = await get(first._links.next!.href);
    expect(idsOn(second)).toEqual([sent[3], sent[4]]);
    expect(idsOn(await get(second._links.prev!.href))).toEqual([sent[0], sent[1]]);
  });

  it.each(['start=x', 'start=-1', 'next=1.5', 'relation=SIDEWAYS', 'size=many', 'start=9007199254740992'])(
    'refuse %s',
    async (query) => {
      const { path } = await channelWith(0);
      const { status, body } = await test.client.get(`${path}?${query}`);
      expect(status).toBe(400);
      expect(body.errors[0]).toMatchObject({ field: query.split('=')[0], code: 'invalid' });
    },
  );

  it('have a size from 1 to 100', async () => {
    const { path } = await channelWith(27);
    expect(idsOn(await get(`${path}?size=0`))).toHaveLength(25);
    expect(idsOn(await get(`${path}?size=-1`))).toHaveLength(25);
    expect(idsOn(await get(`${path}?size=1`))).toHaveLength(1);
    const all = await get(`${path}?size=1000`);
    expect(idsOn(all)).toHaveLength(27);
    expect(all._links.self!.href).toContain('size=100&');
  });
});
