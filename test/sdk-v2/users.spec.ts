import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatKitty, ChatUserResource, SecretResource } from 'chatkitty';
import { until } from '../support/wait.js';
import { BASE_PATHS, href, idsOf, refusal, SdkServer } from './server-sdk.js';

describe('the users of the newest published SDK', () => {
  let world: SdkServer;
  beforeAll(async () => {
    world = await SdkServer.start();
  });
  afterAll(() => world?.server.stop());

  describe.each(BASE_PATHS)('with the base path %j', (path) => {
    let kitty: ChatKitty;
    let ann: ChatUserResource;
    let bob: ChatUserResource;
    beforeAll(async () => {
      kitty = world.kitty(path);
      [ann, bob] = [await world.createUser(path), await world.createUser(path)];
    });

    it('are created, in snake_case, with their data as it was written', async () => {
      const name = world.unique('made');
      const properties = { favoriteColor: { deepKey: 1 }, snake_key: null } as never;
      const { data } = await kitty.UsersApi.createUser({ name, display_name: 'Made', is_guest: true, properties });
      expect(data).toMatchObject({ name, display_name: 'Made', isGuest: true, properties, type: 'PERSON' });
      expect(data.display_picture_url).toBe(`${world.server.url}/v1/picture/Made`);
      expect((await kitty.UsersApi.retrieveUser(data.id)).data).toEqual(data);
      const base = path === '' ? world.server.url : `${world.server.url}/v1/applications/`;
      expect(href(data, 'self').startsWith(base)).toBe(true);
      expect(href(data, 'self').includes('/v1/')).toBe(path === '/v1');
      const accept = 'application/vnd.chatkitty+json';
      expect((await world.client.get(href(data, 'self'), { headers: { accept } })).body).toEqual(data);
    });

    it('are refused with every wrong field, as the SDK spells it', async () => {
      const { status, data } = await refusal(kitty.UsersApi.createUser({ name: 'x', display_name: '' } as never));
      expect([status, data.error]).toEqual([400, 'ClientError']);
      expect(data.errors).toEqual([expect.objectContaining({ field: 'display_name', code: 'invalid' })]);
      const taken = { name: ann.name, display_name: 'Another', is_guest: false };
      expect((await refusal(kitty.UsersApi.createUser(taken))).data.errors).toEqual([
        expect.objectContaining({ field: 'name', code: 'already_exists' }),
      ]);
    });

    it('are listed in pages, in order, and found by name', async () => {
      const { data } = await kitty.UsersApi.listUsers(0, 1, ['createdTime,desc', 'name']);
      expect(data.page).toMatchObject({ size: 1, number: 0 });
      expect(data.page!.total_elements).toBe(data.page!.total_pages);
      expect(data._embedded!.users).toHaveLength(1);
      const next = (await kitty.UsersApi.listUsers(1, 1, ['createdTime,desc', 'name'])).data;
      expect(next._embedded!.users![0]!.id).toBeLessThan(data._embedded!.users![0]!.id);
      const found = await kitty.UsersApi.listUsers(0, 0, undefined, ann.name);
      expect(idsOf(found.data._embedded!.users)).toEqual([ann.id]);
      const tagged = await world.createUser(path, { properties: { tag: path } as never });
      const byData = await kitty.UsersApi.listUsers(0, 5, undefined, undefined, false, JSON.stringify({ tag: path }));
      expect(idsOf(byData.data._embedded!.users)).toEqual([tagged.id]);
    });

    it('are there or not', async () => {
      expect((await kitty.UsersApi.checkUserExists(ann.name)).status).toBe(200);
      expect((await refusal(kitty.UsersApi.checkUserExists('nobody'))).status).toBe(404);
      expect(await refusal(kitty.UsersApi.retrieveUser(9007199254740991))).toMatchObject({
        status: 404,
        data: { error: 'ResourceNotFoundError' },
      });
    });

    it('are updated, also with nothing', async () => {
      const change = { display_name: 'Renamed', presence: { status: 'AWAY' }, properties: { a: 1 } };
      const { data } = await kitty.UsersApi.updateUser(bob.id, change);
      expect(data).toMatchObject({ display_name: 'Renamed', presence: { status: 'AWAY' }, properties: { a: 1 } });
      const merged = await kitty.UsersApi.updateUser(bob.id, { properties: { a: null, b: 2 }, is_guest: true });
      expect(merged.data).toMatchObject({ display_name: 'Renamed', isGuest: true, properties: { b: 2 } });
      expect(Object.keys(merged.data.properties)).toEqual(['b']);
      expect((await kitty.UsersApi.updateUser(bob.id)).data).toEqual(merged.data);
    });

    it('get another display picture', async () => {
      const url = 'https://example.org/ann.png';
      const picture = { url, name: 'ann.png', content_type: 'image/png', size: 7 };
      const { data } = await kitty.UsersApi.updateUserDisplayPicture(ann.id, picture);
      expect(data).toMatchObject({ id: ann.id, display_picture_url: url });
    });

    it('have channels, unread messages and notifications', async () => {
      const [reader, writer] = [await world.createUser(path), await world.createUser(path)];
      const channel = await world.createChannel(path, [reader, writer]);
      const [first, second] = [
        await world.send(path, channel, 'One', writer),
        await world.send(path, channel, 'Two', writer),
      ];
      expect(idsOf((await kitty.UsersApi.listUserChannels(reader.id)).data._embedded!.channels)).toEqual([channel.id]);

      expect((await kitty.UsersApi.countUserUnreadMessages(reader.id)).data).toEqual({ count: 2 });
      const unread = (id: number) =>
        kitty.UsersApi.listUserMessages(id, 25, undefined, undefined, undefined, true).then(({ data }) => data);
      expect(idsOf((await unread(reader.id))._embedded!.messages)).toEqual([second.id, first.id]);
      expect((await unread(reader.id)).page).toMatchObject({ size: 2, total: 2 });
      const sent = (await kitty.UsersApi.listUserMessages(writer.id, 1)).data;
      expect(idsOf(sent._embedded!.messages)).toEqual([second.id]);
      expect(sent.page.total).toBe(2);
      const { next, start } = sent.page;
      const rest = await kitty.UsersApi.listUserMessages(writer.id, 1, Number(start), Number(next), 'NEXT');
      expect(idsOf(rest.data._embedded!.messages)).toEqual([first.id]);

      const notifications = async () => (await kitty.UsersApi.listUserNotifications(reader.id)).data;
      await until('two notifications', async () => (await notifications()).page.total === 2);
      expect((await notifications())._embedded!.notifications![0]).toMatchObject({
        body: 'Two',
        muted: false,
        channel: { id: channel.id, display_name: channel.display_name },
        data: { type: 'USER:SENT:MESSAGE', channel_id: channel.id, message: { id: second.id, channel_id: channel.id } },
      });
      const have = (await kitty.UsersApi.listUsers(0, 100, undefined, undefined, true)).data._embedded!.users;
      expect(idsOf(have)).toContain(reader.id);
      expect(idsOf(have)).not.toContain(writer.id);
    });

    it('keep secrets under any name', async () => {
      const name = 'My Name/é@x';
      const secret = { innerKey: 'x', snake_key: [1, null] } as SecretResource['secret'] & object;
      expect((await kitty.UsersApi.setUserSecret(ann.id, name, { secret })).data).toMatchObject({ id: ann.id });
      expect((await kitty.UsersApi.retrieveUserSecret(ann.id, name)).data.secret).toEqual(secret);
      expect((await kitty.UsersApi.removeUserSecret(ann.id, name)).data).toMatchObject({ id: ann.id });
      expect((await refusal(kitty.UsersApi.retrieveUserSecret(ann.id, name))).status).toBe(404);
    });

    it('are deleted', async () => {
      const { id } = await world.createUser(path);
      expect((await kitty.UsersApi.deleteUser(id)).data).toMatchObject({ key: expect.any(String) });
      expect((await refusal(kitty.UsersApi.retrieveUser(id))).status).toBe(404);
    });

    it('have been used by every method that the server has an operation for', () => {
      const { supported, answered } = world.used(path, ['UsersApi']);
      expect(supported).toHaveLength(14);
      expect(answered).toEqual(supported);
    });
  });
});
