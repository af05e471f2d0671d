import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { JobRunner } from '../../src/jobs/job-runner.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { startApp, TestApp } from '../support/app.js';

describe('users', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());
  afterEach(() => void jest.restoreAllMocks());

  const wrongCounters = async () => (await new CounterCheck(test.database).run()).differences;
  const countOfUsers = async () => (await test.client.get('/v1/users')).body.page.totalElements as number;

  describe('creating', () => {
    it('creates a user and answers it with its links', async () => {
      const { status, body } = await test.client.post('/v1/users', {
        name: 'ada',
        displayName: 'Ada Lovelace',
        isGuest: false,
        properties: { snake_key: { camelKey: null } },
      });
      expect(status).toBe(200);
      expect(body).toMatchObject({
        type: 'PERSON',
        name: 'ada',
        isGuest: false,
        displayPictureUrl: `${test.url}/v1/picture/Ada+Lovelace`,
        presence: { online: false, status: 'UNAVAILABLE' },
        properties: { snake_key: { camelKey: null } },
      });
      expect((await test.client.get(body._links.self.href as string)).body).toEqual(body);
    });

    it.each(['isGuest', 'is_guest', 'guest'])(
      'understands %s, and both spellings of the display name',
      async (field) => {
        const name = `with-${field}`;
        const { status, body } = await test.client.post('/v1/users', { name, display_name: 'Visitor', [field]: true });
        expect(status).toBe(200);
        expect(body).toMatchObject({ name, displayName: 'Visitor', isGuest: true });
        expect((await test.client.get(`/v1/users/${body.id}`)).body.isGuest).toBe(true);
      },
    );

    it('makes nobody a guest who is not said to be one', async () => {
      const { status, body } = await test.client.post('/v1/users', { name: 'regular', displayName: 'Regular' });
      expect(status).toBe(200);
      expect(body).toMatchObject({ isGuest: false, properties: {} });
    });

    it('refuses the name of another user, who stays as they are', async () => {
      const first = await test.make.user({ displayName: 'First' });
      const before = await countOfUsers();
      const { status, body } = await test.client.post('/v1/users', { name: first.name, displayName: 'Second' });
      expect(status).toBe(400);
      expect(body).toMatchObject({
        error: 'ClientError',
        errors: [{ resource: 'User', field: 'name', code: 'already_exists' }],
      });
      expect((await test.client.get(`/v1/users/${first.id}`)).body.displayName).toBe('First');
      expect(await countOfUsers()).toBe(before);
    });

    it('tells names apart to the letter, and by application', async () => {
      for (const name of ['Zoë', 'zoë', 'zoe', 'ZOE', '佐江', 'zoe\u0301'])
        expect((await test.client.post('/v1/users', { name, displayName: 'Zoe' })).status).toBe(200);
      expect((await test.stranger.post('/v1/users', { name: 'zoe', displayName: 'Zoe' })).status).toBe(200);
      const { body } = await test.client.get('/v1/users?name=zoe');
      expect(body._embedded.users.map(({ name }: { name: string }) => name)).toEqual(['zoe']);
    });

    it('makes one user of many requests for one name', async () => {
      const before = await countOfUsers();
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => test.client.post('/v1/users', { name: 'rush', displayName: 'Rush' })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400, 400, 400]);
      expect(await countOfUsers()).toBe(before + 1);
      expect(await wrongCounters()).toEqual([]);
    });

    it('names every wrong field at once', async () => {
      const { status, body } = await test.client.post('/v1/users', {
        name: ' padded ',
        isGuest: 'yes',
        properties: [],
        age: 7,
      });
      expect(status).toBe(400);
      const problems = body.errors.map(({ field, code }: Record<string, string>) => `${field} ${code}`).sort();
      expect(problems).toEqual([
        'age invalid',
        'displayName missing_field',
        'isGuest invalid',
        'name invalid',
        'properties invalid',
      ]);
    });

    it.each([
      ['a name that is too long', { name: 'n'.repeat(256), displayName: 'N' }, 'name', 'too_long'],
      ['an empty name', { name: '', displayName: 'N' }, 'name', 'invalid'],
      ['a null name', { name: null, displayName: 'N' }, 'name', 'missing_field'],
      ['a blank display name', { name: 'blank', displayName: '  ' }, 'displayName', 'invalid'],
      ['a display name that is too long', { name: 'long', displayName: 'N'.repeat(256) }, 'displayName', 'too_long'],
      ['a NUL in a name', { name: 'nul\0', displayName: 'N' }, 'name', 'invalid'],
      ['half a surrogate pair', { name: 'half', displayName: '\ud83d' }, 'displayName', 'invalid'],
      [
        'properties that are too large',
        { name: 'large', displayName: 'N', properties: { text: 'x'.repeat(65_536) } },
        'properties',
        'too_large',
      ],
    ])('refuses %s', async (_, given, field, code) => {
      const before = await countOfUsers();
      const { status, body } = await test.client.post('/v1/users', given);
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ resource: 'User', field, code }]);
      expect(await countOfUsers()).toBe(before);
    });
  });

  describe('reading', () => {
    it('does not find users who do not exist or belong to somebody else', async () => {
      const { id } = await test.make.user();
      for (const answer of [await test.client.get('/v1/users/999999'), await test.stranger.get(`/v1/users/${id}`)]) {
        expect(answer.status).toBe(404);
        expect(answer.body).toMatchObject({ error: 'ResourceNotFoundError', message: 'Resource not found' });
      }
    });

    it.each(['0', '-1', 'ada', '1.5', '9007199254740993'])('refuses %s as an id', async (id) => {
      const { status, body } = await test.client.get(`/v1/users/${id}`);
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ resource: 'User', field: 'id', code: 'invalid' }]);
    });

    it('says without a body whether a name is taken', async () => {
      const { name } = await test.make.user();
      const taken = await test.client.head(`/v1/users?name=${name}`);
      const free = await test.client.head(`/v1/users?name=${name.toUpperCase()}`);
      const elsewhere = await test.stranger.head(`/v1/users?name=${name}`);
      expect([taken, free, elsewhere].map(({ status, body }) => [status, body])).toEqual([
        [200, ''],
        [404, ''],
        [404, ''],
      ]);
      expect((await test.client.head('/v1/users')).status).toBe(400);
    });
  });

  describe('changing', () => {
    it('merges properties: null removes, what is not mentioned stays', async () => {
      const { id } = await test.make.user({ properties: { keep: 1, drop: 2, deep: { a: 1, b: 2 }, list: [1, 2] } });
      const { status, body } = await test.client.patch(`/v1/users/${id}`, {
        properties: { drop: null, deep: { b: null, c: 3 }, list: [3], never: null },
      });
      expect(status).toBe(200);
      expect(body.properties).toEqual({ keep: 1, deep: { a: 1, c: 3 }, list: [3] });
      expect((await test.client.get(`/v1/users/${id}`)).body.properties).toEqual(body.properties);
    });

    it('changes the display name, and the generated picture with it', async () => {
      const { id, name } = await test.make.user();
      const { body } = await test.client.patch(`/v1/users/${id}`, { display_name: 'Grace & Co' });
      expect(body).toMatchObject({
        name,
        displayName: 'Grace & Co',
        displayPictureUrl: `${test.url}/v1/picture/Grace+%26+Co`,
      });
    });

    it.each(['isGuest', 'is_guest', 'guest'])('makes a guest a regular user by %s', async (field) => {
      const { id } = await test.make.user({ isGuest: true });
      expect((await test.client.patch(`/v1/users/${id}`, { [field]: false })).body.isGuest).toBe(false);
      expect((await test.client.get(`/v1/users/${id}`)).body.isGuest).toBe(false);
    });

    it('changes what a user is available for, not whether they are online', async () => {
      const { id } = await test.make.user();
      const { body } = await test.client.patch(`/v1/users/${id}`, { presence: { status: 'AWAY' } });
      expect(body.presence).toEqual({ online: false, status: 'AWAY' });
      const refused = await test.client.patch(`/v1/users/${id}`, { presence: { online: true } });
      expect(refused.status).toBe(400);
      expect(refused.body.errors).toMatchObject([{ field: 'presence.online', code: 'invalid' }]);
    });

    it.each([['""'], ['{}'], ['']])('leaves everything as it is when the patch is %j', async (patch) => {
      const { id } = await test.make.user({ properties: { a: 1 } });
      const before = (await test.client.get(`/v1/users/${id}`)).body;
      const { status, body } = await test.client.patch(`/v1/users/${id}`, patch);
      expect(status).toBe(200);
      expect(body).toEqual(before);
    });

    it.each([
      ['another name', { name: 'somebody-else' }, 'name', 'invalid'],
      ['a display name of null', { displayName: null }, 'displayName', 'invalid'],
      ['properties of null', { properties: null }, 'properties', 'invalid'],
      ['a status that is too long', { presence: { status: 'x'.repeat(65) } }, 'presence.status', 'too_long'],
    ])('refuses %s', async (_, patch, field, code) => {
      const { id } = await test.make.user();
      const before = (await test.client.get(`/v1/users/${id}`)).body;
      const { status, body } = await test.client.patch(`/v1/users/${id}`, { ...patch });
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ resource: 'User', field, code }]);
      expect((await test.client.get(`/v1/users/${id}`)).body).toEqual(before);
    });

    it('refuses properties that would be too large together', async () => {
      const { id } = await test.make.user({ properties: { first: 'x'.repeat(40_000) } });
      const { status, body } = await test.client.patch(`/v1/users/${id}`, {
        properties: { second: 'x'.repeat(40_000) },
      });
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ field: 'properties', code: 'too_large' }]);
      expect(Object.keys((await test.client.get(`/v1/users/${id}`)).body.properties as object)).toEqual(['first']);
    });

    it('loses no change when many come at once', async () => {
      const { id } = await test.make.user();
      const changes = Array.from({ length: 8 }, (_, index) => ({ properties: { [`key${index}`]: index } }));
      await Promise.all(changes.map((change) => test.client.patch(`/v1/users/${id}`, change)));
      expect((await test.client.get(`/v1/users/${id}`)).body.properties).toEqual(
        Object.fromEntries(changes.flatMap(({ properties }) => Object.entries(properties))),
      );
    });

    it('takes what cannot be changed, if it is sent back as it is', async () => {
      const { id, name } = await test.make.user();
      const { status, body } = await test.client.patch(`/v1/users/${id}`, { name, displayName: 'New' });
      expect(status).toBe(200);
      expect(body).toMatchObject({ name, displayName: 'New' });
    });

    it("does not change another application's user", async () => {
      const { id, displayName } = await test.make.user();
      expect((await test.stranger.patch(`/v1/users/${id}`, { displayName: 'Mine' })).status).toBe(404);
      expect((await test.client.get(`/v1/users/${id}`)).body.displayName).toBe(displayName);
    });
  });

  describe('deleting', () => {
    it('answers the application, and the user is nowhere any more', async () => {
      const { id, name } = await test.make.user();
      const before = await countOfUsers();
      const { status, body } = await test.client.delete(`/v1/users/${id}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ id: test.application.applicationId, key: test.application.key });
      expect((await test.client.get(`/v1/users/${id}`)).status).toBe(404);
      expect((await test.client.get(`/v1/users?name=${name}`)).body._embedded.users).toEqual([]);
      expect((await test.client.head(`/v1/users?name=${name}`)).status).toBe(404);
      expect((await test.client.delete(`/v1/users/${id}`)).status).toBe(404);
      expect(await countOfUsers()).toBe(before - 1);
    });

    it('frees the name for somebody new, who inherits nothing', async () => {
      const old = await test.make.user({ properties: { secret: true } });
      const channel = await test.make.channel({ members: [old] });
      await test.client.delete(`/v1/users/${old.id}`);
      const { status, body } = await test.client.post('/v1/users', { name: old.name, displayName: 'New' });
      expect(status).toBe(200);
      expect(body).toMatchObject({ name: old.name, properties: {} });
      expect(body.id).not.toBe(old.id);
      await test.jobsDone();
      expect((await test.client.get(`/v1/users/${body.id}/channels`)).body._embedded.channels).toEqual([]);
      expect((await test.client.get(`/v1/channels/${channel.id}/members`)).body._embedded.users).toEqual([]);
    });

    it('ends the memberships', async () => {
      const [ann, bob] = await test.make.users(2);
      const channel = await test.make.channel({ members: [ann!, bob!] });
      const direct = await test.make.channel({ type: 'DIRECT', members: [ann!, bob!] });
      await test.client.delete(`/v1/users/${bob!.id}`);
      await test.jobsDone();
      const members = (await test.client.get(`/v1/channels/${channel.id}/members`)).body;
      expect(members._embedded.users).toMatchObject([{ id: ann!.id }]);
      expect(members.page.totalElements).toBe(1);
      expect((await test.client.get(`/v1/channels/${direct.id}`)).body.members).toMatchObject([{ id: ann!.id }]);
      expect(await wrongCounters()).toEqual([]);
    });

    it('shows the user among no members from then on, though the memberships go later', async () => {
      const [ann, bob] = await test.make.users(2);
      const group = await test.make.channel({ members: [ann!, bob!] });
      const direct = await test.make.channel({ type: 'DIRECT', members: [ann!, bob!] });
      jest.spyOn(test.app.get(JobRunner), 'wake').mockReturnValue(undefined);
      await test.client.delete(`/v1/users/${bob!.id}`);
      const members = (await test.client.get(`/v1/channels/${group.id}/members`)).body._embedded.users;
      expect(members.map(({ id }: { id: number }) => id)).toEqual([ann!.id]);
      expect((await test.client.get(`/v1/channels/${direct.id}`)).body.members).toMatchObject([{ id: ann!.id }]);
      const asBob = { type: 'TEXT', body: 'Boo', user: { id: bob!.id } };
      expect((await test.client.post(`/v1/channels/${group.id}/messages`, asBob)).status).toBe(404);
    });

    it('deletes once whoever is deleted many times at once', async () => {
      const { id } = await test.make.user();
      const before = await countOfUsers();
      const answers = await Promise.all(Array.from({ length: 6 }, () => test.client.delete(`/v1/users/${id}`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404, 404]);
      expect(await countOfUsers()).toBe(before - 1);
    });

    it('keeps the messages, with a sender who is nobody', async () => {
      const ann = await test.make.user({ displayName: 'Ann Smith', properties: { phone: '123' } });
      const channel = await test.make.channel({ members: [ann], creator: { id: ann.id } });
      const message = await test.make.message(channel, 'I was here', ann);
      await test.client.delete(`/v1/users/${ann.id}`);
      const { status, body } = await test.client.get(`/v1/messages/${message.id}`);
      expect(status).toBe(200);
      expect(body).toMatchObject({ type: 'TEXT', body: 'I was here', user: { id: ann.id, properties: {} } });
      const found = JSON.stringify([body, (await test.client.get(`/v1/channels/${channel.id}`)).body]);
      for (const trace of ['Ann Smith', 'Ann+Smith', ann.name, '123']) expect(found).not.toContain(trace);
      await test.jobsDone();
      expect(await wrongCounters()).toEqual([]);
    });

    it('leads from those messages to nothing that is gone', async () => {
      const ann = await test.make.user();
      const message = await test.make.message(await test.make.channel({ members: [ann] }), 'Bye', ann);
      await test.client.delete(`/v1/users/${ann.id}`);
      const { body } = await test.client.get(`/v1/messages/${message.id}`);
      for (const { href } of Object.values<{ href: string }>(body._links))
        expect((await test.client.get(href)).status).toBe(200);
    });

    it("does not delete another application's user", async () => {
      const { id } = await test.make.user();
      expect((await test.stranger.delete(`/v1/users/${id}`)).status).toBe(404);
      expect((await test.client.get(`/v1/users/${id}`)).status).toBe(200);
    });
  });
});
