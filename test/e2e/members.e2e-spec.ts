import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeUser } from '../support/make.js';

describe('members', () => {
  let test: TestApp;
  let ann: MadeUser, bob: MadeUser;
  beforeAll(async () => {
    test = await startApp();
    [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
  });
  afterAll(() => test.close());

  const wrongCounters = async () => (await new CounterCheck(test.database).run()).differences;
  const add = ({ id }: MadeChannel, user: unknown) => test.client.post(`/v1/channels/${id}/members`, user);
  const remove = (channel: MadeChannel, user: { id: number }) =>
    test.client.delete(`/v1/channels/${channel.id}/members/${user.id}`);
  const list = async ({ id }: MadeChannel, query = '') =>
    (await test.client.get(`/v1/channels/${id}/members${query}`)).body;
  const idsIn = async (channel: MadeChannel): Promise<number[]> =>
    (await list(channel))._embedded.users.map(({ id }: MadeUser) => id);

  describe('adding', () => {
    it.each(['PUBLIC', 'PRIVATE'])('adds to a %s channel and answers it', async (type) => {
      const channel = await test.make.channel({ type, members: [ann] });
      const { status, body } = await add(channel, { id: bob.id });
      expect(status).toBe(200);
      expect(body).toEqual((await test.client.get(`/v1/channels/${channel.id}`)).body);
      expect(await idsIn(channel)).toEqual([ann.id, bob.id]);
      expect((await list(channel)).page.totalElements).toBe(2);
    });

    it('takes a user by name, and by the link to them', async () => {
      const channel = await test.make.channel();
      const { href } = (await test.client.get(`/v1/users/${bob.id}`)).body._links.self as { href: string };
      expect((await add(channel, { username: ann.name })).status).toBe(200);
      expect((await add(channel, { href })).status).toBe(200);
      expect(await idsIn(channel)).toEqual([ann.id, bob.id]);
    });

    it('leaves a member as they are', async () => {
      const channel = await test.make.channel({ members: [ann] });
      const before = (await test.client.get(`/v1/channels/${channel.id}/memberships`)).body;
      const again = await Promise.all([{ id: ann.id }, { username: ann.name }].map((user) => add(channel, user)));
      expect(again.map(({ status }) => status)).toEqual([200, 200]);
      expect((await test.client.get(`/v1/channels/${channel.id}/memberships`)).body).toEqual(before);
      expect(await wrongCounters()).toEqual([]);
    });

    it('adds once whoever is added many times at once', async () => {
      const channel = await test.make.channel();
      const answers = await Promise.all(Array.from({ length: 8 }, () => add(channel, { id: ann.id })));
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
      expect((await list(channel)).page.totalElements).toBe(1);
      expect(await wrongCounters()).toEqual([]);
    });

    it('refuses to change a direct channel', async () => {
      const [dan, eve] = (await test.make.users(2)) as [MadeUser, MadeUser];
      const direct = await test.make.channel({ type: 'DIRECT', members: [dan, eve] });
      for (const answer of [await add(direct, { id: ann.id }), await remove(direct, eve)]) {
        expect(answer.status).toBe(400);
        expect(answer.body.errors).toMatchObject([{ resource: 'Channel', field: 'members', code: 'unprocessable' }]);
      }
      expect(await idsIn(direct)).toEqual([dan.id, eve.id]);
    });

    it('does not find users who do not exist, were deleted or belong to somebody else', async () => {
      const channel = await test.make.channel({ members: [ann] });
      const gone = await test.make.user();
      await test.client.delete(`/v1/users/${gone.id}`);
      const foreign = (await test.stranger.post('/v1/users', { name: 'foreign', displayName: 'F' })).body;
      for (const user of [{ id: 999_999 }, { username: 'nobody' }, { id: gone.id }, { id: foreign.id }]) {
        const { status, body } = await add(channel, user);
        expect(status).toBe(404);
        expect(body.errors).toMatchObject([{ resource: 'User', field: 'user', code: 'missing' }]);
      }
      expect(await idsIn(channel)).toEqual([ann.id]);
    });

    it.each([
      ['nobody', {}, 'username', 'missing_field'],
      ['an id that is no number', { id: 'x' }, 'id', 'invalid'],
      ['an empty name', { username: '' }, 'username', 'invalid'],
      ['a link to something else', { href: 'https://chat.example.org/v1/channels/1' }, 'href', 'invalid'],
      ['a whole user', { id: 1, displayName: 'Ann' }, 'displayName', 'invalid'],
    ])('refuses %s', async (_, user, field, code) => {
      const channel = await test.make.channel();
      const { status, body } = await add(channel, user);
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ resource: 'User', field, code }]);
      expect(await idsIn(channel)).toEqual([]);
    });

    it("does not touch another application's channel", async () => {
      const channel = await test.make.channel({ members: [ann] });
      const path = `/v1/channels/${channel.id}`;
      const foreign = (await test.stranger.post('/v1/users', { name: 'intruder', displayName: 'I' })).body;
      for (const answer of [
        await test.stranger.post(`${path}/members`, { id: foreign.id }),
        await test.stranger.delete(`${path}/members/${ann.id}`),
        await test.stranger.get(`${path}/members`),
        await test.stranger.get(`${path}/memberships`),
      ])
        expect(answer.status).toBe(404);
      expect(await idsIn(channel)).toEqual([ann.id]);
    });
  });

  describe('removing', () => {
    it('ends the membership and answers the channel', async () => {
      const channel = await test.make.channel({ members: [ann, bob] });
      const { status, body } = await remove(channel, ann);
      expect(status).toBe(200);
      expect(body).toEqual((await test.client.get(`/v1/channels/${channel.id}`)).body);
      expect(await idsIn(channel)).toEqual([bob.id]);
      const channels = await test.client.all(`/v1/users/${ann.id}/channels`, 'channels');
      expect(channels.map(({ id }) => id)).not.toContain(channel.id);
      expect(await wrongCounters()).toEqual([]);
    });

    it('does not find who is no member', async () => {
      const channel = await test.make.channel({ members: [ann] });
      for (const user of [bob, { id: 999_999 }]) expect((await remove(channel, user)).status).toBe(404);
      await remove(channel, ann);
      expect((await remove(channel, ann)).status).toBe(404);
      expect((await list(channel)).page.totalElements).toBe(0);
      expect(await wrongCounters()).toEqual([]);
    });

    it('keeps the messages of who has left, and lets them come back', async () => {
      const channel = await test.make.channel({ members: [ann] });
      const message = await test.make.message(channel, 'Farewell', ann);
      await remove(channel, ann);
      expect((await test.client.get(`/v1/messages/${message.id}`)).body.user).toMatchObject({
        id: ann.id,
        name: ann.name,
      });
      expect((await add(channel, { id: ann.id })).status).toBe(200);
      expect(await test.make.message(channel, 'Back again', ann)).toMatchObject({ type: 'TEXT' });
    });

    it('removes once whoever is removed many times at once', async () => {
      const channel = await test.make.channel({ members: [ann, bob] });
      const answers = await Promise.all(Array.from({ length: 6 }, () => remove(channel, ann)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404, 404]);
      expect(await idsIn(channel)).toEqual([bob.id]);
      expect(await wrongCounters()).toEqual([]);
    });

    it('lets the creator go, who stays the creator', async () => {
      const channel = await test.make.channel({ creator: { id: ann.id } });
      const { body } = await remove(channel, ann);
      expect(body.creator).toMatchObject({ id: ann.id });
      expect(await idsIn(channel)).toEqual([]);
    });
  });

  describe('listing', () => {
    it('shows the members a page at a time', async () => {
      const people = await test.make.users(5);
      const channel = await test.make.channel({ members: people });
      const page = await list(channel, '?size=2&page=1');
      expect(page._embedded.users).toMatchObject(people.slice(2, 4).map(({ id, name }) => ({ id, name })));
      expect(page.page).toEqual({ size: 2, totalElements: 5, totalPages: 3, number: 1 });
      expect(Object.keys(page._links as object)).toEqual(['first', 'prev', 'self', 'next', 'last']);
      const all = await test.client.all<MadeUser>(`/v1/channels/${channel.id}/members?size=2`, 'users');
      expect(all.map(({ id }) => id)).toEqual(people.map(({ id }) => id));
      expect(all[0]).toEqual((await test.client.get(`/v1/users/${people[0]!.id}`)).body);
    });

    it('sorts the members by what is asked for', async () => {
      const people = [];
      for (const displayName of ['Z', 'X', 'Y']) people.push(await test.make.user({ displayName }));
      const channel = await test.make.channel({ members: people });
      const sorted = await list(channel, '?sort=displayName');
      expect(sorted._embedded.users.map((user: MadeUser) => user.displayName)).toEqual(['X', 'Y', 'Z']);
      const down = await test.client.all<MadeUser>(`/v1/channels/${channel.id}/members?sort=name,desc&size=1`, 'users');
      expect(down.map(({ name }) => name)).toEqual(
        people
          .map(({ name }) => name)
          .sort()
          .reverse(),
      );
      const refused = await test.client.get(`/v1/channels/${channel.id}/members?sort=secret`);
      expect(refused.status).toBe(400);
      expect(refused.body.errors).toMatchObject([{ resource: 'Page', field: 'sort', code: 'invalid' }]);
    });

    it('shows memberships with their links', async () => {
      const channel = await test.make.channel({ members: [ann, bob] });
      const { status, body } = await test.client.get(`/v1/channels/${channel.id}/memberships?size=1`);
      expect(status).toBe(200);
      expect(body.page).toEqual({ size: 1, totalElements: 2, totalPages: 2, number: 0 });
      const [membership] = body._embedded.memberships;
      expect(Object.keys(membership as object)).toEqual(['createdTime', '_links']);
      const relations = ['user', 'channel', 'member', 'application', 'readPosition'];
      expect(Object.keys(membership._links as object)).toEqual(relations);
      expect((await test.client.get(membership._links.user.href as string)).body.id).toBe(ann.id);
      expect((await test.client.get(membership._links.channel.href as string)).body.id).toBe(channel.id);
      const second = (await test.client.get(body._links.next.href as string)).body;
      expect(second._embedded.memberships[0]._links.user.href).toMatch(new RegExp(`/users/${bob.id}$`));
    });

    it('shows the channels of a user, also direct ones', async () => {
      const [dan, eve] = (await test.make.users(2)) as [MadeUser, MadeUser];
      const group = await test.make.channel({ members: [dan] });
      const direct = await test.make.channel({ type: 'DIRECT', members: [dan, eve] });
      await test.make.channel({ members: [eve] });
      const { status, body } = await test.client.get(`/v1/users/${dan.id}/channels`);
      expect(status).toBe(200);
      expect(body._embedded.channels).toMatchObject([{ id: group.id }, { id: direct.id, members: [{}, {}] }]);
      expect(body.page.totalElements).toBe(2);
      const down = await test.client.all(`/v1/users/${dan.id}/channels?size=1&sort=id,desc`, 'channels');
      expect(down.map(({ id }) => id)).toEqual([direct.id, group.id]);
    });

    it('does not find the channels of nobody', async () => {
      for (const answer of [
        await test.client.get('/v1/users/999999/channels'),
        await test.stranger.get(`/v1/users/${ann.id}/channels`),
        await test.client.get('/v1/channels/999999/members'),
        await test.client.get('/v1/channels/999999/memberships'),
      ])
        expect(answer).toMatchObject({ status: 404, body: { error: 'ResourceNotFoundError' } });
    });

    it('refuses a page beyond the end', async () => {
      const channel = await test.make.channel({ members: [ann] });
      for (const path of [`channels/${channel.id}/members`, `channels/${channel.id}/memberships`]) {
        const { status, body } = await test.client.get(`/v1/${path}?page=1`);
        expect(status).toBe(400);
        expect(body.errors).toMatchObject([{ resource: 'Page', field: 'page', code: 'invalid' }]);
      }
    });
  });
});
