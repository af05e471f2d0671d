import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeUser } from '../support/make.js';

let groups = 0;

describe('lists of channels', () => {
  let test: TestApp;
  let ann: MadeUser, bob: MadeUser, cat: MadeUser;
  beforeAll(async () => {
    test = await startApp();
    [ann, bob, cat] = (await test.make.users(3)) as [MadeUser, MadeUser, MadeUser];
  });
  afterAll(() => test.close());

  const idsOn = (body: any): number[] => (body._embedded.channels as MadeChannel[]).map(({ id }) => id);
  const ids = (channels: MadeChannel[]) => channels.map(({ id }) => id);
  const filter = (properties: unknown) => `properties=${encodeURIComponent(JSON.stringify(properties))}`;

  /** Channels that have a property in common, and the address that lists them. */
  async function group(...given: Parameters<TestApp['make']['channel']>[0][]) {
    const properties = { group: ++groups };
    const channels: MadeChannel[] = [];
    for (const each of given) channels.push(await test.make.channel({ properties, ...each }));
    return { path: `/v1/channels?${filter(properties)}`, channels };
  }

  describe('filters', () => {
    it('by type', async () => {
      const pair = await test.make.users(2);
      const { path, channels } = await group({}, { type: 'PRIVATE' }, { type: 'DIRECT', members: pair });
      for (const [index, type] of ['PUBLIC', 'PRIVATE', 'DIRECT'].entries()) {
        const { status, body } = await test.client.get(`${path}&type=${type}`);
        expect(status).toBe(200);
        expect(body._embedded.channels).toMatchObject([{ id: channels[index]!.id, type }]);
        expect(body.page.totalElements).toBe(1);
      }
      const { status, body } = await test.client.get('/v1/channels?type=OPEN');
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ resource: 'Channel', field: 'type', code: 'invalid' }]);
    });

    it('by members who are all in it, repeated or joined by commas', async () => {
      const { path, channels } = await group(
        { members: [ann] },
        { members: [ann, bob] },
        { members: [bob, cat, ann] },
        { members: [cat] },
      );
      const [, both, all] = ids(channels);
      for (const members of [
        `members=${ann.name}&members=${bob.name}`,
        `members=${bob.name},${ann.name}`,
        `members=${ann.name}%2C${bob.name}`,
        `members=${ann.name}&members=${ann.name}&members=${bob.name}`,
      ]) {
        const { body } = await test.client.get(`${path}&${members}`);
        expect(idsOn(body)).toEqual([both, all]);
        expect(body.page.totalElements).toBe(2);
      }
    });

    it('find the direct channel of a set of people', async () => {
      const people = await test.make.users(3);
      const direct = await test.make.channel({ type: 'DIRECT', members: people });
      await test.make.channel({ type: 'DIRECT', members: people.slice(1) });
      const members = people.map(({ name }) => name).join(',');
      const { body } = await test.client.get(`/v1/channels?type=DIRECT&members=${members}`);
      expect(idsOn(body)).toEqual([direct.id]);
    });

    it("find nothing for a name that is nobody's", async () => {
      const { path } = await group({ members: [ann] });
      for (const name of ['nobody', ann.name.toUpperCase()]) {
        const { status, body } = await test.client.get(`${path}&members=${ann.name}&members=${name}`);
        expect(status).toBe(200);
        expect(body._embedded.channels).toEqual([]);
        expect(body.page).toEqual({ size: 25, totalElements: 0, totalPages: 0, number: 0 });
      }
    });

    it('refuse a page and an order that there are not, whoever is asked for', async () => {
      for (const [parameter, field] of [
        ['page=3', 'page'],
        ['sort=secret', 'sort'],
      ] as const) {
        const { status, body } = await test.client.get(`/v1/channels?members=nobody&${parameter}`);
        expect(status).toBe(400);
        expect(body.errors).toMatchObject([{ resource: 'Page', field, code: 'invalid' }]);
      }
    });

    it.each(['startTime', 'start_time'])('by the time of creation: %s is in it, the end is not', async (start) => {
      const { path, channels } = await group({}, {}, {});
      const times = ['2024-05-01T09:29:59.999Z', '2024-05-01T09:30:00.000Z', '2024-05-01T09:30:00.500Z'];
      for (const [index, { id }] of channels.entries())
        await test.database.execute('UPDATE channels SET created_time = ? WHERE id = ?', [
          Date.parse(times[index]!),
          id,
        ]);
      const [early, exact, late] = ids(channels);
      const end = start.replace('start', 'end');
      for (const [query, expected] of [
        [`${start}=2024-05-01T09:30:00Z`, [exact, late]],
        [`${start}=2024-05-01T09:30:00.001Z`, [late]],
        [`${end}=2024-05-01T09:30:00Z`, [early]],
        [`${end}=2024-05-01T09:30:00.5Z`, [early, exact]],
        [`${start}=2024-05-01T09:30:00.000000000Z&${end}=2024-05-01T09:30:00.5Z`, [exact]],
        [`${start}=2024-05-01T11:30:00%2B02:00&${end}=2024-05-01T09:30:01Z`, [exact, late]],
        [`${start}=2024-05-01T09:30:01Z&${end}=2024-05-01T09:30:00Z`, []],
      ] as const) {
        const { status, body } = await test.client.get(`${path}&${query}`);
        expect(status).toBe(200);
        expect(idsOn(body)).toEqual(expected);
      }
    });

    it.each([
      'yesterday',
      '2024-05-01',
      '2024-13-01T00:00:00Z',
      '2024-W18-3T09:30:00Z',
      '20240501T093000Z',
      '1714556000',
    ])('refuse %s as a time', async (time) => {
      const { status, body } = await test.client.get(`/v1/channels?startTime=${time}&endTime=${time}`);
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([
        { resource: 'Channel', field: 'startTime', code: 'invalid' },
        { resource: 'Channel', field: 'endTime', code: 'invalid' },
      ]);
    });

    it('by properties, together with all others', async () => {
      const properties = { tags: ['a', 'b'], owner: { id: 7 }, unit: 'one' };
      const { id } = await test.make.channel({ properties, members: [ann] });
      for (const contained of [{ unit: 'one' }, { tags: ['b'] }, { owner: { id: 7 }, tags: ['a', 'b'] }])
        expect(idsOn((await test.client.get(`/v1/channels?${filter(contained)}`)).body)).toEqual([id]);
      for (const missing of [{ unit: 'One' }, { tags: ['c'] }, { owner: { id: 8 } }, { owner: 7 }])
        expect(idsOn((await test.client.get(`/v1/channels?${filter(missing)}`)).body)).toEqual([]);
      const path = `/v1/channels?${filter({ unit: 'one' })}&startTime=2024-01-01T00:00:00Z&members=${ann.name}`;
      expect(idsOn((await test.client.get(`${path}&type=PUBLIC`)).body)).toEqual([id]);
      expect(idsOn((await test.client.get(`${path}&type=PRIVATE`)).body)).toEqual([]);
      expect((await test.client.get('/v1/channels?properties=one')).status).toBe(400);
    });

    it('stand in every link, as they were given', async () => {
      const { path } = await group({ members: [ann, bob] }, { members: [ann, bob] }, { members: [bob, ann] });
      const query = `&type=PUBLIC&members=${ann.name}&members=${bob.name}&startTime=2024-01-01T00:00:00Z&sort=id,desc`;
      const { body } = await test.client.get(`${path}${query}&size=1&page=1`);
      expect(Object.keys(body._links as object)).toEqual(['first', 'prev', 'self', 'next', 'last']);
      for (const { href } of Object.values<{ href: string }>(body._links)) {
        const { searchParams } = new URL(href);
        expect(searchParams.getAll('members')).toEqual([ann.name, bob.name]);
        expect(searchParams.get('type')).toBe('PUBLIC');
        expect(searchParams.get('startTime')).toBe('2024-01-01T00:00:00Z');
        expect(searchParams.getAll('sort')).toEqual(['id,desc']);
        expect((await test.client.get(href)).body.page.totalElements).toBe(3);
      }
    });

    it("show nothing of another application's", async () => {
      const { path } = await group({ name: 'ours' });
      expect((await test.stranger.get(path)).body.page.totalElements).toBe(0);
      expect((await test.stranger.get('/v1/channels')).body._embedded.channels).toEqual([]);
    });
  });

  describe('order', () => {
    it('is by id, unless something else is asked for', async () => {
      const { path, channels } = await group(
        { name: 'order-b', displayName: 'Y' },
        { name: 'order-c', displayName: 'X' },
        { name: 'order-a', displayName: 'X' },
      );
      const [b, c, a] = ids(channels);
      for (const [sort, expected] of [
        ['', [b, c, a]],
        ['&sort=id,desc', [a, c, b]],
        ['&sort=name', [a, b, c]],
        ['&sort=name,desc', [c, b, a]],
        ['&sort=displayName&sort=name', [a, c, b]],
        ['&sort=display_name%2Cdesc&sort=id', [b, c, a]],
        ['&sort=createdTime', [b, c, a]],
      ] as const)
        expect(idsOn((await test.client.get(path + sort)).body)).toEqual(expected);
    });

    it.each(['name', 'name,desc', 'displayName,desc'])(
      'by %s loses none of those that have none, on pages of any size',
      async (sort) => {
        const [pair, other] = [await test.make.users(2), await test.make.users(2)];
        const direct = { type: 'DIRECT' };
        const { path, channels } = await group({}, { ...direct, members: pair }, {}, { ...direct, members: other }, {});
        const whole = idsOn((await test.client.get(`${path}&sort=${sort}`)).body);
        expect([...whole].sort((a, b) => a - b)).toEqual(ids(channels));
        for (const size of [1, 2, 3]) {
          const walked = await test.client.all(`${path}&sort=${sort}&size=${size}`, 'channels');
          expect(walked.map(({ id }) => id)).toEqual(whole);
          const asked = [];
          for (let page = 0; page * size < 5; page++)
            asked.push(...idsOn((await test.client.get(`${path}&sort=${sort}&size=${size}&page=${page}`)).body));
          expect(asked).toEqual(whole);
        }
      },
    );

    it('is refused by a property that there is not', async () => {
      const { status, body } = await test.client.get('/v1/channels?sort=memberCount');
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ resource: 'Page', field: 'sort', code: 'invalid' }]);
    });
  });

  describe('pages', () => {
    it('count every channel, and lead from the first to the last and back', async () => {
      const { channels } = await group({}, {}, {});
      const { body } = await test.client.get('/v1/channels?size=2');
      const walked = await test.client.all('/v1/channels?size=2', 'channels');
      expect(walked).toHaveLength(body.page.totalElements as number);
      expect(walked.slice(-3).map(({ id }) => id)).toEqual(ids(channels));
      const back: number[] = [];
      let at = (await test.client.get(body._links.last.href as string)).body;
      for (back.unshift(...idsOn(at)); at._links.prev; back.unshift(...idsOn(at)))
        at = (await test.client.get(at._links.prev.href as string)).body;
      expect(back).toEqual(walked.map(({ id }) => id));
    });

    it('skip nothing when what has been read is deleted on the way', async () => {
      const { path, channels } = await group({}, {}, {}, {}, {});
      const first = (await test.client.get(`${path}&size=2`)).body;
      for (const id of idsOn(first)) await test.client.delete(`/v1/channels/${id}`);
      const second = (await test.client.get(first._links.next.href as string)).body;
      expect(idsOn(second)).toEqual(ids(channels).slice(2, 4));
    });

    it('show the last message and the people of each channel', async () => {
      const pair = await test.make.users(2);
      const { path, channels } = await group(
        { members: [ann], creator: { id: bob.id } },
        { type: 'DIRECT', members: pair },
        {},
      );
      const message = await test.make.message(channels[0]!, 'News', ann);
      const { body } = await test.client.get(path);
      expect(body._embedded.channels).toMatchObject([
        { creator: { id: bob.id }, lastReceivedMessage: { id: message.id, body: 'News', user: { id: ann.id } } },
        { members: pair.map(({ id }) => ({ id })) },
        { id: channels[2]!.id },
      ]);
      expect(body._embedded.channels[2]).not.toHaveProperty('lastReceivedMessage');
      const single = await test.client.get(`/v1/channels/${channels[0]!.id}`);
      expect(body._embedded.channels[0]).toEqual(single.body);
    });

    it.each([
      ['page=1', 'page'],
      ['page=-1', 'page'],
      ['size=x', 'size'],
      ['after=x', 'after'],
    ])('are refused for %s', async (parameter, field) => {
      const { path } = await group({});
      const { status, body } = await test.client.get(`${path}&${parameter}`);
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ field, code: 'invalid' }]);
    });
  });
});
