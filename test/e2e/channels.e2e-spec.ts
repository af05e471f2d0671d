import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeUser } from '../support/make.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('channels', () => {
  let test: TestApp;
  let ann: MadeUser, bob: MadeUser, cat: MadeUser;
  beforeAll(async () => {
    test = await startApp();
    [ann, bob, cat] = (await test.make.users(3)) as [MadeUser, MadeUser, MadeUser];
  });
  afterAll(() => test.close());

  const wrongCounters = async () => (await new CounterCheck(test.database).run()).differences;
  const create = (given: unknown) => test.client.post('/v1/channels', given);
  const countOfChannels = async () => (await test.client.get('/v1/channels')).body.page.totalElements as number;
  const namesIn = async ({ id }: { id: number }): Promise<string[]> =>
    (await test.client.all<MadeUser>(`/v1/channels/${id}/members`, 'users')).map(({ name }) => name);
  const ids = (users: MadeUser[]) => users.map(({ id }) => ({ id }));

  describe('creating a group channel', () => {
    it.each(['PUBLIC', 'PRIVATE'])('creates a %s one with a random name, and its links', async (type) => {
      const { status, body } = await create({ type });
      expect(status).toBe(200);
      expect(body).toMatchObject({ type, properties: {} });
      expect(body.name).toMatch(UUID);
      expect(body.displayName).toBe(body.name);
      for (const absent of ['creator', 'members', 'lastReceivedMessage']) expect(body).not.toHaveProperty(absent);
      expect(Object.keys(body._links as object)).toEqual(
        expect.arrayContaining(['self', 'messages', 'memberships', 'members', 'application']),
      );
      expect((await test.client.get(body._links.self.href as string)).body).toEqual(body);
      // Events and keystrokes are sent only.
      for (const [relation, { href }] of Object.entries<{ href: string }>(body._links))
        expect([relation, (await test.client.get(href)).status]).toEqual([
          relation,
          ['events', 'keystrokes'].includes(relation) ? 405 : 200,
        ]);
    });

    it('takes the name as the display name, unless there is one', async () => {
      expect((await create({ type: 'PUBLIC', name: 'plain' })).body).toMatchObject({ displayName: 'plain' });
      const { body } = await create({
        type: 'PUBLIC',
        name: 'fancy',
        display_name: 'Fancy',
        properties: { a_b: null },
      });
      expect(body).toMatchObject({ name: 'fancy', displayName: 'Fancy', properties: { a_b: null } });
    });

    it('makes the creator a member', async () => {
      const { body } = await create({ type: 'PRIVATE', creator: { username: ann.name }, members: [{ id: bob.id }] });
      expect(body.creator).toMatchObject({ id: ann.id, name: ann.name });
      expect(await namesIn(body)).toEqual([ann.name, bob.name]);
    });

    it('counts once whoever is named twice, in whatever way', async () => {
      const members = [
        { id: ann.id },
        { username: ann.name },
        { href: `${test.url}/v1/applications/1/users/${ann.id}` },
      ];
      const { status, body } = await create({ type: 'PUBLIC', members, creator: { id: ann.id } });
      expect(status).toBe(200);
      expect(await namesIn(body)).toEqual([ann.name]);
      expect(await wrongCounters()).toEqual([]);
    });

    it('answers the one that is there when name and type are the same, unchanged', async () => {
      const first = (await create({ type: 'PUBLIC', name: 'twice', members: ids([ann]) })).body;
      const before = await countOfChannels();
      const { status, body } = await create({
        type: 'PUBLIC',
        name: 'twice',
        displayName: 'Other',
        members: ids([bob]),
        properties: { other: true },
      });
      expect(status).toBe(200);
      expect(body).toEqual(first);
      expect(await namesIn(body)).toEqual([ann.name]);
      expect(await countOfChannels()).toBe(before);
    });

    it('refuses the name of a channel of the other type', async () => {
      await create({ type: 'PUBLIC', name: 'taken' });
      const { status, body } = await create({ type: 'PRIVATE', name: 'taken' });
      expect(status).toBe(400);
      expect(body).toMatchObject({
        error: 'ClientError',
        errors: [{ resource: 'Channel', field: 'name', code: 'already_exists' }],
      });
    });

    it('tells names apart to the letter, and by application', async () => {
      const { body } = await create({ type: 'PUBLIC', name: 'Case' });
      expect((await create({ type: 'PRIVATE', name: 'case' })).status).toBe(200);
      const elsewhere = await test.stranger.post('/v1/channels', { type: 'PRIVATE', name: 'Case' });
      expect(elsewhere.status).toBe(200);
      expect(elsewhere.body.id).not.toBe(body.id);
    });

    it('makes one channel of many requests for one name', async () => {
      const before = await countOfChannels();
      const rush = () => create({ type: 'PUBLIC', name: 'rush', members: ids([ann, bob]) });
      const answers = await Promise.all(Array.from({ length: 8 }, rush));
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      expect(await countOfChannels()).toBe(before + 1);
      expect(await wrongCounters()).toEqual([]);
    });
  });

  describe('creating a direct channel', () => {
    it('creates one with its members, without a name', async () => {
      const [dan, eve] = (await test.make.users(2)) as [MadeUser, MadeUser];
      const { status, body } = await create({ type: 'DIRECT', creator: { id: dan.id }, members: ids([eve]) });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        type: 'DIRECT',
        creator: { id: dan.id },
        members: [{ id: dan.id }, { id: eve.id }],
      });
      for (const absent of ['name', 'displayName']) expect(body).not.toHaveProperty(absent);
      expect(body._links).not.toHaveProperty('members');
      expect((await test.client.get(body._links.self.href as string)).body).toEqual(body);
    });

    it('answers the one of exactly these people, in whatever order they are named', async () => {
      const first = (await create({ type: 'DIRECT', members: ids([ann, bob, cat]), properties: { first: 1 } })).body;
      const before = await countOfChannels();
      for (const given of [
        { members: ids([cat, ann, bob]), properties: { second: 2 } },
        { members: [{ username: bob.name }, { id: cat.id }, { id: bob.id }, { username: ann.name }] },
        { members: ids([ann, cat]), creator: { id: bob.id } },
        { members: ids([ann, bob, cat]), creator: { username: cat.name } },
      ])
        expect((await create({ type: 'DIRECT', ...given })).body).toEqual(first);
      expect(await countOfChannels()).toBe(before);
    });

    it('creates another one for more people, or fewer', async () => {
      const dan = await test.make.user();
      const sets = [
        [ann, dan],
        [ann, bob, dan],
        [bob, dan],
      ].map((set) => ids(set));
      const created = await Promise.all(sets.map((members) => create({ type: 'DIRECT', members })));
      expect(new Set(created.map(({ body }) => body.id)).size).toBe(3);
    });

    it('makes one channel of many requests for one set', async () => {
      const pair = ids(await test.make.users(2));
      const before = await countOfChannels();
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          create({ type: 'DIRECT', members: index % 2 ? pair : [...pair].reverse() }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      expect(await countOfChannels()).toBe(before + 1);
      expect(await wrongCounters()).toEqual([]);
    });

    it('takes ten people, and refuses one and eleven', async () => {
      const people = ids(await test.make.users(11));
      expect(
        (await create({ type: 'DIRECT', members: people.slice(1), creator: people[1] })).body.members,
      ).toHaveLength(10);
      const before = await countOfChannels();
      for (const [given, code] of [
        [{ members: people }, 'too_long'],
        [{ members: people.slice(1), creator: people[0] }, 'too_long'],
        [{ members: [people[0]] }, 'invalid'],
        [{ members: [people[0], people[0]], creator: people[0] }, 'invalid'],
        [{ members: [] }, 'invalid'],
      ] as const) {
        const { status, body } = await create({ type: 'DIRECT', ...given });
        expect(status).toBe(400);
        expect(body.errors).toMatchObject([{ resource: 'Channel', field: 'members', code }]);
      }
      expect(await countOfChannels()).toBe(before);
    });

    it('explains to who sends a Set why the members are missing', async () => {
      for (const type of ['DIRECT', 'PUBLIC']) {
        const { status, body } = await create({ type, members: new Set([{ id: ann.id }]) });
        expect(status).toBe(400);
        expect(body.errors).toMatchObject([{ resource: 'Channel', field: 'members', code: 'invalid' }]);
        expect(body.explanation).toMatch(/array.*Set/);
      }
    });
  });

  describe('creating anything', () => {
    it('does not find users who do not exist, and names the field of each', async () => {
      const before = await countOfChannels();
      const foreign = (await test.stranger.post('/v1/users', { name: 'foreign', displayName: 'F' })).body;
      const { status, body } = await create({
        type: 'PUBLIC',
        name: 'unborn',
        members: [{ id: ann.id }, { id: 999_999 }, { username: 'nobody' }, { id: foreign.id }],
        creator: { username: 'nobody' },
      });
      expect(status).toBe(404);
      expect(body.error).toBe('ResourceNotFoundError');
      const problems = body.errors.map(({ field, code }: Record<string, string>) => `${field} ${code}`);
      expect(problems).toEqual(['members[1] missing', 'members[2] missing', 'members[3] missing', 'creator missing']);
      expect(await countOfChannels()).toBe(before);
    });

    it.each([
      ['no type', {}, 'type', 'missing_field'],
      ['an unknown type', { type: 'OPEN' }, 'type', 'invalid'],
      ['no members of a direct channel', { type: 'DIRECT' }, 'members', 'missing_field'],
      ['a name of a direct channel', { type: 'DIRECT', name: 'x', members: [] }, 'name', 'invalid'],
      ['members who are no references', { type: 'PUBLIC', members: ['ada'] }, 'members', 'invalid'],
      ['a member who is not named', { type: 'PUBLIC', members: [{}] }, 'members', 'missing_field'],
      ['a member with a wrong id', { type: 'PUBLIC', members: [{ id: 'x' }] }, 'members[0].id', 'invalid'],
      ['a name with space at its end', { type: 'PUBLIC', name: 'x ' }, 'name', 'invalid'],
      ['a name that is too long', { type: 'PUBLIC', name: 'x'.repeat(256) }, 'name', 'too_long'],
      ['an unknown field', { type: 'PUBLIC', topic: 'x' }, 'topic', 'invalid'],
    ])('refuses %s', async (_, given, field, code) => {
      const before = await countOfChannels();
      const { status, body } = await create(given);
      expect(status).toBe(400);
      expect(body.errors).toContainEqual(expect.objectContaining({ resource: 'Channel', field, code }));
      expect(await countOfChannels()).toBe(before);
    });
  });

  describe('reading', () => {
    it("shows neither what there is not nor another application's", async () => {
      const { id } = await test.make.channel();
      for (const answer of [
        await test.client.get('/v1/channels/999999'),
        await test.stranger.get(`/v1/channels/${id}`),
      ])
        expect(answer).toMatchObject({ status: 404, body: { error: 'ResourceNotFoundError' } });
    });

    it('shows the last message, as it is now', async () => {
      const channel = await test.make.channel({ members: [ann] });
      const read = async () => (await test.client.get(`/v1/channels/${channel.id}`)).body.lastReceivedMessage;
      const first = await test.make.message(channel, 'First', ann);
      const between = await test.make.message(channel, 'Between');
      const second = await test.make.message(channel, 'Second');
      expect(await read()).toMatchObject({ id: second.id, type: 'SYSTEM_TEXT', body: 'Second' });
      expect(await read()).not.toHaveProperty('_links');
      await test.client.patch(`/v1/messages/${second.id}`, { body: 'Second, edited' });
      expect(await read()).toMatchObject({ id: second.id, body: 'Second, edited' });
      await test.client.delete(`/v1/messages/${second.id}`);
      expect(await read()).toMatchObject({ id: between.id, body: 'Between' });
      await test.client.delete(`/v1/messages/${between.id}`);
      expect(await read()).toMatchObject({ id: first.id, type: 'TEXT', user: { id: ann.id } });
      await test.client.delete(`/v1/messages/${first.id}`);
      expect(await read()).toBeUndefined();
      expect(await wrongCounters()).toEqual([]);
    });
  });

  describe('changing', () => {
    it('merges properties: null removes, what is not mentioned stays', async () => {
      const { id, name } = await test.make.channel({ properties: { keep: 1, drop: 2, deep: { a: 1, b: 2 } } });
      const patch = { display_name: 'Renamed', properties: { drop: null, deep: { b: null }, more: [null] } };
      const { status, body } = await test.client.patch(`/v1/channels/${id}`, patch);
      expect(status).toBe(200);
      expect(body).toMatchObject({ name, displayName: 'Renamed' });
      expect(body.properties).toEqual({ keep: 1, deep: { a: 1 }, more: [null] });
      expect((await test.client.get(`/v1/channels/${id}`)).body).toEqual(body);
    });

    it.each([['""'], ['{}'], ['']])('leaves everything as it is when the patch is %j', async (patch) => {
      const { id } = await test.make.channel({ properties: { a: 1 } });
      const before = (await test.client.get(`/v1/channels/${id}`)).body;
      expect(await test.client.patch(`/v1/channels/${id}`, patch)).toMatchObject({ status: 200, body: before });
    });

    it('changes the properties of a direct channel, but gives it no display name', async () => {
      const { id } = await test.make.channel({ type: 'DIRECT', members: await test.make.users(2) });
      const { body } = await test.client.patch(`/v1/channels/${id}`, { properties: { muted: true } });
      expect(body.properties).toEqual({ muted: true });
      const refused = await test.client.patch(`/v1/channels/${id}`, {
        displayName: 'Us',
        properties: { muted: false },
      });
      expect(refused.status).toBe(400);
      expect(refused.body.errors).toMatchObject([{ resource: 'Channel', field: 'displayName', code: 'unprocessable' }]);
      expect((await test.client.get(`/v1/channels/${id}`)).body).toEqual(body);
    });

    it.each([
      ['another name', { name: 'other' }, 'name', 'invalid'],
      ['another type', { type: 'PRIVATE' }, 'type', 'invalid'],
      ['other members', { members: [] }, 'members', 'invalid'],
      ['a display name of null', { displayName: null }, 'displayName', 'invalid'],
      ['properties that are no object', { properties: 'x' }, 'properties', 'invalid'],
    ])('refuses %s', async (_, patch, field, code) => {
      const { id } = await test.make.channel();
      const before = (await test.client.get(`/v1/channels/${id}`)).body;
      const { status, body } = await test.client.patch(`/v1/channels/${id}`, patch);
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ resource: 'Channel', field, code }]);
      expect((await test.client.get(`/v1/channels/${id}`)).body).toEqual(before);
    });

    it("does not change another application's channel", async () => {
      const { id, name } = await test.make.channel();
      expect((await test.stranger.patch(`/v1/channels/${id}`, { displayName: 'Mine' })).status).toBe(404);
      expect((await test.client.get(`/v1/channels/${id}`)).body.displayName).toBe(name);
    });
  });
});
