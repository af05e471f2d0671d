import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';
import { MadeUser } from '../support/make.js';

let teams = 0;

describe('lists of users', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());

  /** Users with these names in a team of their own, and the address that lists them. */
  async function team(...names: string[]): Promise<{ path: string; users: MadeUser[]; properties: { team: number } }> {
    const properties = { team: ++teams };
    const users: MadeUser[] = [];
    for (const name of names) users.push(await test.make.user({ name: `${name}-${teams}`, properties }));
    return { path: `/v1/users?properties=${encodeURIComponent(JSON.stringify(properties))}`, users, properties };
  }
  const namesOn = (body: any): string[] =>
    (body._embedded.users as MadeUser[]).map(({ name }) => name.replace(/-\d+$/, ''));
  const parametersOf = (link: { href: string }) => Object.fromEntries(new URL(link.href).searchParams);

  describe('pages', () => {
    it('have only a link to themselves when everything fits', async () => {
      const { path } = await team('a', 'b');
      const { status, body } = await test.client.get(path);
      expect(status).toBe(200);
      expect(namesOn(body)).toEqual(['a', 'b']);
      expect(Object.keys(body._links as object)).toEqual(['self']);
      expect(body.page).toEqual({ size: 25, totalElements: 2, totalPages: 1, number: 0 });
    });

    it('are empty when there is nothing', async () => {
      const { body } = await test.client.get('/v1/users?name=nobody');
      expect(body._embedded.users).toEqual([]);
      expect(Object.keys(body._links as object)).toEqual(['self']);
      expect(body.page).toEqual({ size: 25, totalElements: 0, totalPages: 0, number: 0 });
    });

    it('lead to all others, with the filters repeated', async () => {
      const { path, properties } = await team('a', 'b', 'c', 'd', 'e');
      const pages = [0, 1, 2].map((page) => test.client.get(`${path}&page=${page}&size=2`));
      const [first, second, last] = (await Promise.all(pages)).map(({ body }) => body);
      expect(Object.keys(first._links as object)).toEqual(['first', 'self', 'next', 'last']);
      expect(Object.keys(second._links as object)).toEqual(['first', 'prev', 'self', 'next', 'last']);
      expect(Object.keys(last._links as object)).toEqual(['first', 'prev', 'self', 'last']);
      const to = { first: '0', prev: '0', self: '1', next: '2', last: '2' };
      for (const [relation, page] of Object.entries(to)) {
        const link = second._links[relation];
        expect(link.href).toMatch(`${test.url}/v1/applications/${test.application.applicationId}/users?`);
        expect(parametersOf(link)).toMatchObject({ properties: JSON.stringify(properties), page, size: '2' });
      }
      expect([first, second, last].map(namesOn)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
      expect(second.page).toEqual({ size: 2, totalElements: 5, totalPages: 3, number: 1 });
    });

    it('are the same when they are walked as when they are asked for', async () => {
      const { path } = await team('a', 'b', 'c', 'd', 'e', 'f', 'g');
      const asked = [];
      for (const page of [0, 1, 2, 3]) asked.push(namesOn((await test.client.get(`${path}&page=${page}&size=2`)).body));
      const walked: string[][] = [];
      let at = (await test.client.get(`${path}&size=2`)).body;
      for (walked.push(namesOn(at)); at._links.next; walked.push(namesOn(at)))
        at = (await test.client.get(at._links.next.href as string)).body;
      expect(walked).toEqual(asked);
      const back = [namesOn(at)];
      for (; at._links.prev; back.unshift(namesOn(at)))
        at = (await test.client.get(at._links.prev.href as string)).body;
      expect(back).toEqual(asked);
    });

    it('show nobody twice to who follows next while somebody is added in front', async () => {
      const { path, properties } = await team('b', 'c', 'd', 'e', 'f', 'g');
      const first = (await test.client.get(`${path}&size=2`)).body;
      await test.make.user({ name: `a-${properties.team}`, properties });
      const second = (await test.client.get(first._links.next.href as string)).body;
      const third = (await test.client.get(second._links.next.href as string)).body;
      expect([first, second, third].flatMap(namesOn)).toEqual(['b', 'c', 'd', 'e', 'f', 'g']);
    });

    it.each([
      ['0', 25],
      ['-3', 25],
      ['1', 1],
      ['100', 100],
      ['1000', 100],
    ])('have for a size of %s the size %d', async (size, effective) => {
      const { path } = await team('a');
      const { status, body } = await test.client.get(`${path}&size=${size}`);
      expect(status).toBe(200);
      expect(body.page.size).toBe(effective);
      expect(parametersOf(body._links.self)).toMatchObject({ size: String(effective) });
    });

    it.each([
      ['page=1', 'page'],
      ['page=9007199254740991', 'page'],
      ['page=-1', 'page'],
      ['page=two', 'page'],
      ['size=many', 'size'],
      ['size=2.5', 'size'],
      ['after=made-up', 'after'],
      ['before=W10', 'before'],
    ])('are refused for %s', async (parameter, field) => {
      const { path } = await team('a', 'b');
      const { status, body } = await test.client.get(`${path}&${parameter}`);
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ field, code: 'invalid' }]);
    });
  });

  describe('order', () => {
    it('is by name, to the letter', async () => {
      const { path } = await team('b', 'é', 'B', 'a', '佐');
      expect(namesOn((await test.client.get(path)).body)).toEqual(['B', 'a', 'b', 'é', '佐']);
    });

    it.each([
      ['sort=name,desc', ['c', 'b', 'a']],
      ['sort=name%2Cdesc', ['c', 'b', 'a']],
      ['sort=createdTime', ['c', 'a', 'b']],
      ['sort=created_time,DESC', ['b', 'a', 'c']],
      ['sort=id', ['c', 'a', 'b']],
      ['sort=', ['a', 'b', 'c']],
    ])('is by what is asked for: %s', async (sort, expected) => {
      const { path } = await team('c', 'a', 'b');
      const { status, body } = await test.client.get(`${path}&${sort}`);
      expect(status).toBe(200);
      expect(namesOn(body)).toEqual(expected);
    });

    it('is by several properties, one after the other, on every page', async () => {
      const { path, users } = await team('a', 'b', 'c', 'd');
      const [a, b, c, d] = users.map(({ id }) => id);
      for (const id of [a, c]) await test.client.patch(`/v1/users/${id}`, { displayName: 'Z' });
      for (const id of [b, d]) await test.client.patch(`/v1/users/${id}`, { displayName: 'Y' });
      const sorted = `${path}&sort=display_name&sort=name,desc`;
      expect(namesOn((await test.client.get(sorted)).body)).toEqual(['d', 'b', 'c', 'a']);
      const walked = await test.client.all(`${sorted}&size=1`, 'users');
      expect(walked.map(({ id }) => id)).toEqual([d, b, c, a]);
      const { body } = await test.client.get(`${sorted}&size=1`);
      expect(new URL(body._links.next.href as string).searchParams.getAll('sort')).toEqual([
        'display_name',
        'name,desc',
      ]);
    });

    it('is refused by a property that there is not', async () => {
      for (const sort of ['secret', 'u.name', 'name;', 'desc']) {
        const { status, body } = await test.client.get(`/v1/users?sort=${encodeURIComponent(sort)}`);
        expect(status).toBe(400);
        expect(body.errors).toMatchObject([{ resource: 'Page', field: 'sort', code: 'invalid' }]);
        expect(body.explanation).toContain('displayName');
      }
    });
  });

  describe('filters', () => {
    it('finds the one with a name, even in a page of none', async () => {
      const { users } = await team('needle', 'needles');
      const { status, body } = await test.client.get(`/v1/users?page=0&size=0&name=${users[0]!.name}`);
      expect(status).toBe(200);
      expect(body._embedded.users).toMatchObject([{ id: users[0]!.id }]);
      expect(body.page.totalElements).toBe(1);
    });

    it.each<[unknown, unknown, boolean]>([
      [{ color: 'teal' }, { color: 'teal', size: 1 }, true],
      [{ color: 'teal' }, { color: 'Teal' }, false],
      [{ color: 'teal' }, { colour: 'teal' }, false],
      [{}, { any: 'thing' }, true],
      [{ a: { b: 1 } }, { a: { b: 1, c: 2 } }, true],
      [{ a: { b: 1 } }, { a: { b: '1' } }, false],
      [{ a: { b: 1 } }, { 'a.b': 1 }, false],
      [{ n: null }, { n: null }, true],
      [{ n: null }, {}, false],
      [{ yes: true }, { yes: true }, true],
      [{ yes: true }, { yes: 1 }, false],
      [{ n: 1 }, { n: 1.5 }, false],
      [{ list: ['a'] }, { list: ['b', 'a'] }, true],
      [{ list: ['a', 'c'] }, { list: ['b', 'a'] }, false],
      [{ list: [{ x: 1 }] }, { list: [{ x: 1, y: 2 }] }, true],
      [{ list: 'a' }, { list: ['a'] }, false],
      [{ 'key "quoted" \\ .$[0]': '佐江 😀' }, { 'key "quoted" \\ .$[0]': '佐江 😀' }, true],
      [{ text: "'; DROP TABLE users; --" }, { text: 'x' }, false],
    ])('by the properties %j: those of %j belong to it: %s', async (filter, properties, isFound) => {
      const { id, name } = await test.make.user({ properties });
      const path = `/v1/users?name=${name}&properties=${encodeURIComponent(JSON.stringify(filter))}`;
      const { status, body } = await test.client.get(path);
      expect(status).toBe(200);
      expect(body._embedded.users.map((user: MadeUser) => user.id)).toEqual(isFound ? [id] : []);
      expect(body.page.totalElements).toBe(isFound ? 1 : 0);
    });

    it.each(['teal', '[]', '"text"', '{"a":', 'null', '{"a":"\\u0000"}'])(
      'refuses %s as a filter of properties',
      async (text) => {
        const { status, body } = await test.client.get(`/v1/users?properties=${encodeURIComponent(text)}`);
        expect(status).toBe(400);
        expect(body.errors).toMatchObject([{ resource: 'User', field: 'properties', code: 'invalid' }]);
      },
    );

    it("shows nobody of another application's", async () => {
      const { path, users } = await team('a');
      expect((await test.stranger.get(path)).body.page.totalElements).toBe(0);
      expect((await test.stranger.get(`/v1/users?name=${users[0]!.name}`)).body._embedded.users).toEqual([]);
      expect((await test.stranger.get('/v1/users')).body.page.totalElements).toBe(0);
    });
  });
});
