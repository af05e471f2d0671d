import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { UsersRepository } from '../../src/users/users.repository.js';
import { isCleanText } from '../../src/resource/json.js';
import { startApp, TestApp } from '../support/app.js';

interface GivenUser {
  name: string;
  displayName: string;
}
interface Item {
  id: number;
  name: string;
  displayName: string;
}
interface PageBody {
  _embedded: { users: Item[] };
  _links: Record<'self' | 'first' | 'prev' | 'next' | 'last', { href: string } | undefined>;
  page: { size: number; totalElements: number; totalPages: number; number: number };
}

const isName = (text: string) => /^\S(.*\S)?$/su.test(text) && isCleanText(text) && text.length <= 255;
/** Anything that can be a name. */
const anyName = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }).filter(isName);
/** Names in which all engines see the same order: what stands before a space in it is left out. */
const plainName = fc.string({ unit: fc.constantFrom(...'aAbBzZ09_é日😀'), minLength: 1, maxLength: 3 });
const usersOf = (name: fc.Arbitrary<string>) =>
  fc.uniqueArray(fc.record({ name, displayName: fc.oneof(fc.constantFrom('Ann', 'Bob'), name) }), {
    selector: (user) => user.name,
    maxLength: 25,
  });
const sizes = fc.integer({ min: 1, max: 7 });
const criteria = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom('name', 'displayName', 'createdTime', 'id', 'display_name'),
    fc.constantFrom('', ',asc', ',desc', ',DESC'),
  ),
  { selector: ([property]) => property, maxLength: 3 },
);
type Criteria = [property: string, direction: string][];

const address = (sort: Criteria, size: number) =>
  `/v1/users?${sort.map(([property, direction]) => `sort=${property}${direction}&`).join('')}size=${size}`;

/** The order that the criteria ask for; names by the bytes of their UTF-8. */
function inOrder(users: Item[], sort: Criteria): Item[] {
  const column = (property: string) => ({ display_name: 'displayName', createdTime: 'id' })[property] ?? property;
  const asked: Criteria = sort.length > 0 ? sort : [['name', '']];
  // A column that decides already cannot decide again.
  const keys = asked.filter(
    ([property], index) => asked.findIndex(([other]) => column(other) === column(property)) === index,
  );
  const compare = (a: Item, b: Item, property: string): number => {
    if (property === 'name') return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
    if (property.startsWith('display')) return Buffer.compare(Buffer.from(a.displayName), Buffer.from(b.displayName));
    return a.id - b.id;
  };
  const isDown = (direction: string) => /desc/i.test(direction);
  return [...users].sort((a, b) => {
    for (const [property, direction] of keys) {
      const order = compare(a, b, property);
      if (order !== 0) return isDown(direction) ? -order : order;
    }
    return isDown(keys.at(-1)![1]) ? b.id - a.id : a.id - b.id;
  });
}

describe('numbered pages', () => {
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
  /** All users of the application are these from now on. */
  const given = async (users: GivenUser[]): Promise<void> => {
    const { applicationId } = test.application;
    const repository = test.app.get(UsersRepository);
    await test.app.get(UnitOfWork).run(async () => {
      await test.database.execute('DELETE FROM users WHERE application_id = ?', [applicationId]);
      for (const user of users) {
        const { sql, parameters } = repository.insertion({
          ...user,
          applicationId,
          isGuest: false,
          presenceStatus: 'UNAVAILABLE',
          properties: '{}',
          createdTime: Date.now(),
        });
        await test.database.execute(sql, parameters);
      }
      const count = [users.length, applicationId];
      await test.database.execute('UPDATE applications SET user_count = ? WHERE id = ?', count);
    });
  };
  /** The pages from this one on, as `next` leads; between two of them something may happen. */
  const walk = async (path: string, between: () => Promise<void> = async () => {}): Promise<PageBody[]> => {
    const pages: PageBody[] = [];
    for (let at: string | undefined = path; at !== undefined; at = pages.at(-1)!._links.next?.href) {
      if (pages.length > 0) await between();
      pages.push(await get(at));
      if (pages.length > 100) throw new Error('The pages never end');
    }
    return pages;
  };
  const items = (pages: PageBody[]) => pages.map((page) => page._embedded.users);
  const ids = (pages: PageBody[]) => items(pages).flatMap((users) => users.map(({ id }) => id));

  it('come in the order that is asked for, each item once', async () => {
    await fc.assert(
      fc.asyncProperty(usersOf(plainName), criteria, sizes, async (users, sort, size) => {
        await given(users);
        const found = items(await walk(address(sort, size))).flat();
        expect(found.map(({ name }) => name)).toEqual(inOrder(found, sort).map(({ name }) => name));
        expect(found.map(({ name }) => name).sort()).toEqual(users.map(({ name }) => name).sort());
      }),
      { numRuns: 60 },
    );
  });

  it('are the same by `next`, by `prev` and by number, whatever the names are', async () => {
    await fc.assert(
      fc.asyncProperty(usersOf(anyName), criteria, sizes, async (users, sort, size) => {
        await given(users);
        const path = address(sort, size);
        const forward = await walk(path);
        expect(ids(forward)).toHaveLength(users.length);
        expect(new Set(ids(forward)).size).toBe(users.length);
        for (const [index, { page, _links, _embedded }] of forward.entries()) {
          const totalPages = Math.ceil(users.length / size);
          expect(page).toEqual({ size, totalElements: users.length, totalPages, number: index });
          expect(_embedded.users.length).toBe(Math.min(size, users.length - index * size));
          expect(_links.prev === undefined).toBe(index === 0);
          expect((await get(_links.self!.href))._embedded).toEqual(_embedded);
        }
        const back: PageBody[] = [];
        for (let at: string | undefined = forward.at(-1)!._links.self!.href; at !== undefined;) {
          const page = await get(at);
          back.unshift(page);
          at = page._links.prev?.href;
        }
        expect(items(back)).toEqual(items(forward));
        const numbered = await Promise.all(forward.map((_, number) => get(`${path}&page=${number}`)));
        expect(items(numbered)).toEqual(items(forward));
        const { first, last } = forward[0]!._links;
        if (first)
          expect(items([await get(first.href), await get(last!.href)])).toEqual(items([forward[0]!, forward.at(-1)!]));
      }),
      { numRuns: 40 },
    );
  });

  it('show nothing twice and leave out nothing that was always there, whoever comes and goes meanwhile', async () => {
    const change = fc.oneof(
      fc.record({ kind: fc.constant('create' as const), name: plainName, displayName: plainName }),
      fc.record({ kind: fc.constant('delete' as const), which: fc.nat() }),
    );
    await fc.assert(
      fc.asyncProperty(
        usersOf(plainName),
        criteria,
        sizes,
        fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 8 }),
        async (users, sort, size, changes) => {
          await given(users);
          const path = address(sort, size);
          const before = ids(await walk(path));
          const gone = new Set<number>();
          const script = changes[Symbol.iterator]();
          const seen = await walk(path, async () => {
            for (const step of script.next().value ?? []) {
              if (step.kind === 'create') {
                const { name, displayName } = step;
                const { status } = await test.client.post('/v1/users', {
                  name: `${name}-${Math.random()}`,
                  displayName,
                });
                expect(status).toBe(200);
              } else if (gone.size < before.length) {
                const left = before.filter((id) => !gone.has(id));
                const id = left[step.which % left.length]!;
                gone.add(id);
                expect((await test.client.delete(`/v1/users/${id}`)).status).toBe(200);
              }
            }
          });
          const found = ids(seen);
          expect(found.length).toBe(new Set(found).size);
          expect(before.filter((id) => !gone.has(id) && !found.includes(id))).toEqual([]);
          for (const page of seen) {
            const back = page._links.prev && (await test.client.get(page._links.prev.href));
            expect(back?.status ?? 200).toBe(200);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('have a size from 1 to 100', async () => {
    await given([]);
    for (const [asked, got] of [
      ['1', 1],
      ['100', 100],
      ['101', 100],
      ['9007199254740991', 100],
      ['0', 25],
      ['-3', 25],
    ] as const) {
      const { page, _links, _embedded } = await get(`/v1/users?size=${asked}`);
      expect(page).toEqual({ size: got, totalElements: 0, totalPages: 0, number: 0 });
      expect(Object.keys(_links)).toEqual(['self']);
      expect(_embedded).toEqual({ users: [] });
    }
  });

  it.each(['size=many', 'page=-1', 'page=1', 'page=1.5', 'sort=password', 'sort=desc', 'sort=name,down', 'after='])(
    'refuse %s',
    async (query) => {
      await given([]);
      const { status, body } = await test.client.get(`/v1/users?${query}`);
      expect(status).toBe(400);
      expect(body.errors[0]).toMatchObject({ field: query.split('=')[0], code: 'invalid' });
    },
  );

  it('refuse a place that is not from a link of the same order', async () => {
    await given(Array.from({ length: 6 }, (_, index) => ({ name: `user ${index}`, displayName: `${index % 2}` })));
    const place = async (sort: Criteria) => {
      const [, second] = await walk(address(sort, 2));
      const value = (href: string, name: string) => new URL(href).searchParams.get(name)!;
      const third = await get(second!._links.next!.href);
      return { after: value(second!._links.next!.href, 'after'), before: value(third._links.prev!.href, 'before') };
    };
    const [byDisplayName, descending] = [await place([['displayName', '']]), await place([['displayName', ',desc']])];
    const refused = async (place: 'after' | 'before', value: string) => {
      const { status, body } = await test.client.get(
        `/v1/users?sort=displayName&size=2&page=1&${place}=${encodeURIComponent(value)}`,
      );
      expect([value, status]).toEqual([value, 400]);
      expect(body.errors[0].field).toBe(place);
    };
    const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const place of ['after', 'before'] as const) {
      const good = byDisplayName[place];
      expect((await test.client.get(`/v1/users?sort=displayName&size=2&page=1&${place}=${good}`)).status).toBe(200);
      for (const bad of [
        descending[place],
        `${good}=`,
        ` ${good}`,
        good.slice(1),
        good.slice(0, -1),
        'null',
        '[]',
        '%00',
      ])
        await refused(place, bad);
      for (const bad of [null, {}, [], [1], ['0', 1], [{}, []], 'text', [['0'], 3]]) await refused(place, encoded(bad));
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: good.length - 1 }), fc.base64String({ minLength: 4 }), async (index, other) => {
          fc.pre(good[index] !== other[0]);
          await refused(place, good.slice(0, index) + other[0] + good.slice(index + 1));
        }),
        { numRuns: 40 },
      );
    }
  });

  it('can be asked for what has properties, as deep as they may be', async () => {
    await given([{ name: 'ann', displayName: 'Ann' }]);
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
    const filter = (levels: number) => encodeURIComponent(JSON.stringify({ 'a"': nested(levels - 1) }));
    expect((await get(`/v1/users?properties=${filter(6)}`)).page.totalElements).toBe(0);
    expect((await test.client.get(`/v1/users?properties=${filter(7)}`)).status).toBe(400);
  });
});
