import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AddChannelMemberRequest,
  ApiError,
  ChatKitty,
  ChatUserResource,
  CreatePersonChatUserResource,
  CreatePublicChannelResource,
  DirectChannelResource,
  FileChatUserMessageResource,
  FileSystemMessageResource,
  Link,
  MessageResource,
  PrivateChannelResource,
  PublicChannelResource,
  TextChatUserMessageResource,
  TextSystemMessageResource,
} from 'chatkitty-platform-sdk';
import { BuiltServer, startBuiltServer } from '../support/built-server.js';
import { Client } from '../support/client.js';
import { Contract } from '../support/contract.js';
import { platformSdk, SdkCoverage, watchPlatformSdk } from '../support/platform-sdk.js';

/** Moving here must cost users of the published SDK its two addresses, and nothing else. */
describe('the published Platform SDK against the built server', () => {
  let server: BuiltServer;
  let kitty: ChatKitty;
  let coverage: SdkCoverage;
  /** Follows links, as SDK users do with a client of their own. */
  let links: Client;

  beforeAll(async () => {
    server = await startBuiltServer();
    kitty = platformSdk(server);
    const contract = new Contract(server.url);
    coverage = await watchPlatformSdk(kitty, server, contract);
    links = await Client.of(server.url, server.credentials, contract);
  });

  afterAll(async () => {
    await server?.stop();
  });

  let count = 0;
  const unique = (name: string): string => `${name}-${++count}`;

  async function createUser(given: Partial<CreatePersonChatUserResource> = {}): Promise<ChatUserResource> {
    const name = unique('user');
    const { data } = await kitty.Users.createUser({ name, displayName: `The ${name}`, isGuest: false, ...given });
    return data;
  }

  async function createChannel(
    members: { id: number }[] = [],
    given: Partial<CreatePublicChannelResource> = {},
  ): Promise<PublicChannelResource> {
    const { data } = await kitty.Channels.createChannel({ type: 'PUBLIC', members: listed(members), ...given });
    return data as PublicChannelResource;
  }

  async function send(channel: { id: number }, body: string, user?: { id: number }): Promise<MessageResource> {
    const { data } = await kitty.Channels.sendChannelMessage(channel.id, {
      type: 'TEXT',
      body,
      ...(user && { user: { id: user.id } }),
    });
    return data;
  }

  /** Sends one after the other, and answers the ids with the newest first, as lists do. */
  async function sendMany(howMany: number, channel: { id: number }, user?: { id: number }): Promise<number[]> {
    const ids: number[] = [];
    for (let index = 0; index < howMany; index++) ids.unshift((await send(channel, `Message ${index}`, user)).id);
    return ids;
  }

  describe('Application', () => {
    it('retrieves the application', async () => {
      const { data } = await kitty.Application.retrieveAuthenticatedApplication();

      expect(data).toMatchObject({ id: expect.any(Number), key: expect.any(String), properties: {} });
      expect(Date.parse(data.createdTime)).toBeGreaterThan(Date.now() - 600_000);
      expect(href(data, 'self')).toBe(`${server.url}/v1/applications/${data.id}`);
      expect((await links.get(href(data, 'self'))).body).toEqual(data);
    });

    it('retrieves and updates the settings', async () => {
      const before = await kitty.Application.retrieveAuthenticatedApplicationSettings();
      expect(before.data).toMatchObject({ guestUsers: 'ENABLED', userCreatedChannels: 'ENABLED' });

      const updated = await kitty.Application.updateAuthenticatedApplicationSettings({
        guestUsers: 'DISABLED',
        userCreatedChannels: 'ENABLED',
      });
      expect(updated.data).toMatchObject({ guestUsers: 'DISABLED', userCreatedChannels: 'ENABLED' });
      expect((await kitty.Application.retrieveAuthenticatedApplicationSettings()).data).toEqual(updated.data);

      // What was read can be sent back as it is.
      const restored = await kitty.Application.updateAuthenticatedApplicationSettings(before.data);
      expect(restored.data).toEqual(before.data);
    });

    it('refuses settings that do not exist', async () => {
      const settings = { guestUsers: 'SOMETIMES' } as never;

      const { status, data } = await refusal(kitty.Application.updateAuthenticatedApplicationSettings(settings));

      expect(status).toBe(400);
      expect(data.errors).toContainEqual(
        expect.objectContaining({ resource: 'ApplicationSettings', field: 'guestUsers', code: 'invalid' }),
      );
    });
  });

  describe('Users', () => {
    it('creates and retrieves a user', async () => {
      const name = unique('ada');
      const given = { name, displayName: 'Ada Lovelace', isGuest: true, properties: { Role: 'author', nested: [1] } };

      const { data: user } = await kitty.Users.createUser(given);

      expect(user).toMatchObject({ ...given, id: expect.any(Number), type: 'PERSON' });
      expect(user.presence).toEqual({ online: false, status: 'UNAVAILABLE' });
      expect((await kitty.Users.retrieveUser(user.id)).data).toEqual(user);
      expect((await links.get(href(user, 'self'))).body).toEqual(user);
      expect((await fetch(user.displayPictureUrl)).headers.get('content-type')).toMatch(/^image\//);
    });

    it('names every wrong field of a refused user, and the name that is taken', async () => {
      const wrong = { name: '', displayName: 7, isGuest: 'no' } as never;
      const { status, data } = await refusal(kitty.Users.createUser(wrong));
      expect(status).toBe(400);
      expect(data).toMatchObject({ error: 'ClientError', message: expect.any(String) });
      expect(data.errors).toEqual([
        { resource: 'User', field: 'name', code: 'invalid', message: expect.any(String) },
        { resource: 'User', field: 'displayName', code: 'invalid', message: expect.any(String) },
        { resource: 'User', field: 'isGuest', code: 'invalid', message: expect.any(String) },
      ]);

      const incomplete = await refusal(kitty.Users.createUser({ name: unique('user') } as never));
      expect(incomplete.data.errors).toEqual([
        { resource: 'User', field: 'displayName', code: 'missing_field', message: 'is required' },
      ]);

      const { name } = await createUser();
      const taken = await refusal(kitty.Users.createUser({ name, displayName: 'Another', isGuest: false }));
      expect(taken.status).toBe(400);
      expect(taken.data.errors).toMatchObject([{ resource: 'User', field: 'name', code: 'already_exists' }]);
    });

    it('checks that a user exists', async () => {
      const { name } = await createUser({ name: unique('Zoë & co') });

      expect((await kitty.Users.checkUserExists(name)).status).toBe(200);
      expect(await refusal(kitty.Users.checkUserExists(unique('nobody')))).toMatchObject({ status: 404 });
    });

    it('lists users page by page, with parameters and by links', async () => {
      const created = [await createUser(), await createUser(), await createUser()].map((user) => user.id);

      const ids: number[] = [];
      for (let page = 0, pages = 1; page < pages; page++) {
        const { data } = await kitty.Users.listUsers(page, 2, ['createdTime,desc']);
        expect(data.page).toMatchObject({ number: page, size: 2 });
        expect(data._embedded!.users!.length).toBeLessThanOrEqual(2);
        ids.push(...data._embedded!.users!.map((user) => user.id));
        pages = data.page!.totalPages!;
        if (page === pages - 1) expect(data.page!.totalElements).toBe(ids.length);
      }
      expect(ids.slice(0, 3)).toEqual(created.reverse());
      expect(ids).toEqual([...ids].sort((a, b) => b - a));

      const { data: first } = await kitty.Users.listUsers(0, 2, ['createdTime,desc']);
      const followed = await links.all(href(first, 'first'), 'users');
      expect(followed.map(({ id }) => id)).toEqual(ids);
      const { body: last } = await links.get(href(first, 'last'));
      expect(last._embedded.users.at(-1).id).toBe(ids.at(-1));
      const { body: second } = await links.get(href(first, 'next'));
      expect((await links.get(href(second, 'prev'))).body._embedded).toEqual(first._embedded);
    });

    it('lists users by name and in another order', async () => {
      const { id, name } = await createUser({ displayName: 'Zzz, last of all' });

      const found = await kitty.Users.listUsers(undefined, undefined, undefined, name);
      expect(found.data._embedded!.users!.map((user) => user.id)).toEqual([id]);
      expect(found.data.page).toEqual({ number: 0, size: 25, totalElements: 1, totalPages: 1 });

      const nobody = await kitty.Users.listUsers(undefined, undefined, undefined, unique('nobody'));
      expect(nobody.data).toMatchObject({ _embedded: { users: [] }, page: { totalElements: 0, totalPages: 0 } });

      const sorted = await kitty.Users.listUsers(0, 1, ['displayName,desc', 'name']);
      expect(sorted.data._embedded!.users!.map((user) => user.id)).toEqual([id]);
      const { status, data } = await refusal(kitty.Users.listUsers(0, 1, ['height']));
      expect(status).toBe(400);
      expect(data.errors).toMatchObject([{ resource: 'Page', field: 'sort', code: 'invalid' }]);
    });

    it('updates a user', async () => {
      const user = await createUser({ isGuest: true, properties: { colour: 'teal', old: true } });

      const { data: updated } = await kitty.Users.updateUser(user.id, {
        displayName: 'Renamed',
        isGuest: false,
        presence: { status: 'BUSY' },
        properties: { size: { width: 2 }, old: null },
      });

      expect(updated).toMatchObject({
        id: user.id,
        name: user.name,
        displayName: 'Renamed',
        isGuest: false,
        presence: { status: 'BUSY' },
      });
      expect(updated.properties).toEqual({ colour: 'teal', size: { width: 2 } });
      expect((await kitty.Users.retrieveUser(user.id)).data).toEqual(updated);
      // The SDK sends an empty text then.
      expect((await kitty.Users.updateUser(user.id)).data).toEqual(updated);

      const { status, data } = await refusal(kitty.Users.updateUser(user.id, { displayName: 'x'.repeat(256) }));
      expect(status).toBe(400);
      expect(data.errors).toMatchObject([{ resource: 'User', field: 'displayName', code: 'too_long' }]);
    });

    it('deletes a user, whose messages remain', async () => {
      const user = await createUser();
      const channel = await createChannel([user]);
      const message = await send(channel, 'I was here', user);

      const { data: application } = await kitty.Users.deleteUser(user.id);

      expect(application).toEqual((await kitty.Application.retrieveAuthenticatedApplication()).data);
      expect(await refusal(kitty.Users.retrieveUser(user.id))).toMatchObject({
        status: 404,
        data: { error: 'ResourceNotFoundError', message: 'Resource not found' },
      });
      expect(await refusal(kitty.Users.checkUserExists(user.name))).toMatchObject({ status: 404 });
      expect(await refusal(kitty.Users.deleteUser(user.id))).toMatchObject({ status: 404 });
      const { data } = await kitty.Messages.retrieveMessage(message.id);
      expect(data).toMatchObject({ body: 'I was here', user: { id: user.id, displayName: 'Deleted user' } });
      expect((await createUser({ name: user.name })).id).not.toBe(user.id);
    });

    it("lists a user's channels", async () => {
      const user = await createUser();
      const channels = [await createChannel([user]), await createChannel([user]), await createChannel([user])];
      await createChannel();

      const { data } = await kitty.Users.listUserChannels(user.id, 0, 2, ['createdTime']);

      expect(data.page).toEqual({ number: 0, size: 2, totalElements: 3, totalPages: 2 });
      const { data: second } = await kitty.Users.listUserChannels(user.id, 1, 2, ['createdTime']);
      expect(idsOf([...data._embedded!.channels!, ...second._embedded!.channels!])).toEqual(idsOf(channels));
      expect(idsOf(await links.all(href(user, 'channels'), 'channels'))).toEqual(idsOf(channels));
    });

    it("lists a user's messages by cursor", async () => {
      const user = await createUser();
      const channel = await createChannel([user]);
      const sent = await sendMany(5, channel, user);
      await send(channel, 'Not by the user');

      const pages = await readByCursor((...cursor) => kitty.Users.listUserMessages(user.id, 2, ...cursor));

      expect(pages).toEqual([sent.slice(0, 2), sent.slice(2, 4), sent.slice(4)]);
      expect(idsOf(await links.all(`${href(user, 'messages')}?size=2`, 'messages'))).toEqual(sent);
    });
  });

  describe('Channels', () => {
    it('creates and retrieves a public channel', async () => {
      const [creator, member] = [await createUser(), await createUser()];
      const name = unique('lobby');

      const channel = await createChannel([member], {
        name,
        displayName: 'The lobby',
        creator: { username: creator.name },
        properties: { floor: 1 },
      });

      expect(channel).toMatchObject({
        type: 'PUBLIC',
        name,
        displayName: 'The lobby',
        creator: { id: creator.id, name: creator.name },
        properties: { floor: 1 },
      });
      expect((await kitty.Channels.retrieveChannel(channel.id)).data).toEqual(channel);
      expect((await links.get(href(channel, 'self'))).body).toEqual(channel);
      const { data: members } = await kitty.Channels.listChannelMembers(channel.id);
      expect(idsOf(members._embedded!.users!)).toEqual([creator.id, member.id]);
    });

    it('creates a private channel, and answers the equivalent one from then on', async () => {
      const name = unique('back-room');

      const { data } = await kitty.Channels.createChannel({ type: 'PRIVATE', name });

      const channel = data as PrivateChannelResource;
      expect(channel).toMatchObject({ type: 'PRIVATE', name, displayName: name, properties: {} });
      expect((await kitty.Channels.createChannel({ type: 'PRIVATE', name })).data).toEqual(channel);
      const { status, data: error } = await refusal(kitty.Channels.createChannel({ type: 'PUBLIC', name }));
      expect(status).toBe(400);
      expect(error.errors).toMatchObject([{ resource: 'Channel', field: 'name', code: 'already_exists' }]);
    });

    it('creates a direct channel, one for each set of members', async () => {
      const [a, b] = [await createUser(), await createUser()];
      const members = listed<AddChannelMemberRequest>([{ username: b.name }]);

      const { data } = await kitty.Channels.createChannel({ type: 'DIRECT', creator: { id: a.id }, members });

      const channel = data as DirectChannelResource;
      expect(channel).toMatchObject({ type: 'DIRECT', creator: { id: a.id } });
      expect(idsOf(channel.members)).toEqual([a.id, b.id]);
      const same = await kitty.Channels.createChannel({ type: 'DIRECT', members: listed([b, a]) });
      expect(same.data.id).toBe(channel.id);
      const { status, data: error } = await refusal(
        kitty.Channels.createChannel({ type: 'DIRECT', members: listed([a]) }),
      );
      expect(status).toBe(400);
      expect(error.errors).toMatchObject([{ resource: 'Channel', field: 'members', code: 'invalid' }]);
    });

    it('explains why members cannot be a Set, as the types of the SDK want', async () => {
      const { id } = await createUser();

      const { status, data } = await refusal(
        kitty.Channels.createChannel({ type: 'PUBLIC', members: new Set([{ id }]) }),
      );

      expect(status).toBe(400);
      expect(data.errors).toEqual([
        {
          resource: 'Channel',
          field: 'members',
          code: 'invalid',
          message: 'must be an array; a JavaScript Set serialises to {}, so send Array.from(set)',
        },
      ]);
      expect(data.explanation).toContain('Array.from(set)');
    });

    it('names what a refused channel refers to', async () => {
      const { id } = await createUser();
      const [missing, alsoMissing] = [unique('nobody'), unique('nobody')];
      const members = listed<AddChannelMemberRequest>([{ id }, { username: missing }, { username: alsoMissing }]);

      const { status, data } = await refusal(kitty.Channels.createChannel({ type: 'PUBLIC', members }));

      expect(status).toBe(404);
      expect(data.errors).toMatchObject([
        { resource: 'User', field: 'members[1]', code: 'missing' },
        { resource: 'User', field: 'members[2]', code: 'missing' },
      ]);
      const unknown = await refusal(kitty.Channels.createChannel({ type: 'SECRET' }));
      expect(unknown.status).toBe(400);
      expect(unknown.data.errors).toMatchObject([{ resource: 'Channel', field: 'type', code: 'invalid' }]);
    });

    it('lists channels page by page, with parameters and by links', async () => {
      const created = [await createChannel(), await createChannel(), await createChannel()];

      const ids: number[] = [];
      for (let page = 0, pages = 1; page < pages; page++) {
        const { data } = await kitty.Channels.listChannels(page, 2, ['createdTime,desc', 'id,desc']);
        ids.push(...idsOf(data._embedded!.channels!));
        pages = data.page!.totalPages!;
        if (page === pages - 1) expect(data.page!.totalElements).toBe(ids.length);
      }

      expect(ids.slice(0, 3)).toEqual(idsOf(created.reverse()));
      expect(new Set(ids).size).toBe(ids.length);
      const { data: first } = await kitty.Channels.listChannels(0, 2, ['createdTime,desc', 'id,desc']);
      expect(idsOf(await links.all(href(first, 'first'), 'channels'))).toEqual(ids);
      const { status, data } = await refusal(kitty.Channels.listChannels(10_000));
      expect(status).toBe(400);
      expect(data.errors).toMatchObject([{ resource: 'Page', field: 'page', code: 'invalid' }]);
    });

    it('filters channels by type, members, time and properties', async () => {
      const [a, b] = [await createUser(), await createUser()];
      const colour = unique('colour');
      const before = new Date(Date.now() - 1_000).toISOString();
      const open = await createChannel([a, b], { properties: { colour, deep: { yes: true } } });
      const closed = (await kitty.Channels.createChannel({ type: 'PRIVATE', members: listed([a]) })).data;
      const direct = (await kitty.Channels.createChannel({ type: 'DIRECT', members: listed([a, b]) })).data;
      const after = new Date(Date.now() + 60_000).toISOString();
      const find = async (filter: ChannelFilter) => {
        const { type, members, startTime, endTime, properties } = filter;
        const { data } = await kitty.Channels.listChannels(
          0,
          100,
          ['createdTime'],
          type,
          members && new Set(members),
          startTime,
          endTime,
          properties && JSON.stringify(properties),
        );
        return idsOf(data._embedded!.channels!);
      };
      const both = [a.name, b.name];

      expect(await find({ members: [a.name] })).toEqual(idsOf([open, closed, direct]));
      expect(await find({ members: both })).toEqual(idsOf([open, direct]));
      expect(await find({ members: [...both, unique('nobody')] })).toEqual([]);
      expect(await find({ members: both, type: 'PUBLIC' })).toEqual([open.id]);
      expect(await find({ members: [a.name], type: 'PRIVATE' })).toEqual([closed.id]);
      expect(await find({ members: [a.name], type: 'DIRECT' })).toEqual([direct.id]);
      expect(await find({ members: both, startTime: before, endTime: after })).toEqual(idsOf([open, direct]));
      expect(await find({ members: both, startTime: after })).toEqual([]);
      expect(await find({ members: both, endTime: before })).toEqual([]);
      expect(await find({ properties: { colour } })).toEqual([open.id]);
      expect(await find({ properties: { colour, deep: { yes: false } } })).toEqual([]);
      const properties = { colour, deep: { yes: true } };
      expect(await find({ type: 'PUBLIC', members: both, startTime: before, endTime: after, properties })).toEqual([
        open.id,
      ]);
      const { status, data } = await refusal(find({ startTime: 'yesterday' }));
      expect(status).toBe(400);
      expect(data.errors).toMatchObject([{ resource: 'Channel', field: 'startTime', code: 'invalid' }]);
    });

    it('updates a channel', async () => {
      const channel = await createChannel([], { properties: { colour: 'teal', old: true } });

      const { data } = await kitty.Channels.updateChannel(channel.id, {
        displayName: 'Renamed',
        properties: { old: null, size: 2 },
      });

      expect(data).toEqual({ ...channel, displayName: 'Renamed', properties: { colour: 'teal', size: 2 } });
      expect((await kitty.Channels.retrieveChannel(channel.id)).data).toEqual(data);
      expect((await kitty.Channels.updateChannel(channel.id)).data).toEqual(data);
    });

    it('adds, lists and removes members', async () => {
      const [a, b, c] = [await createUser(), await createUser(), await createUser()];
      const channel = await createChannel([a]);

      const added = await kitty.Channels.addChannelMember(channel.id, { id: b.id });
      expect(added.data).toEqual(channel);
      await kitty.Channels.addChannelMember(channel.id, { username: c.name });
      // Adding again changes nothing.
      await kitty.Channels.addChannelMember(channel.id, { username: c.name });

      const { data: first } = await kitty.Channels.listChannelMembers(channel.id, 0, 2, ['name,desc']);
      expect(first.page).toEqual({ number: 0, size: 2, totalElements: 3, totalPages: 2 });
      const { data: second } = await kitty.Channels.listChannelMembers(channel.id, 1, 2, ['name,desc']);
      const names = [...first._embedded!.users!, ...second._embedded!.users!].map((user) => user.name);
      expect(names).toEqual([a.name, b.name, c.name].sort().reverse());
      expect(idsOf(await links.all(href(channel, 'members'), 'users'))).toEqual(idsOf([a, b, c]));

      const removed = await kitty.Channels.removeChannelMember(channel.id, b.id);
      expect(removed.data).toEqual(channel);
      expect(idsOf(await links.all(href(channel, 'members'), 'users'))).toEqual(idsOf([a, c]));
      expect(await refusal(kitty.Channels.removeChannelMember(channel.id, b.id))).toMatchObject({ status: 404 });
    });

    it('refuses members who do not exist, and changes to direct channels', async () => {
      const [a, b, c] = [await createUser(), await createUser(), await createUser()];
      const channel = await createChannel();
      const { data: direct } = await kitty.Channels.createChannel({ type: 'DIRECT', members: listed([a, b]) });

      const nobody = await refusal(kitty.Channels.addChannelMember(channel.id, { username: unique('nobody') }));
      expect(nobody.status).toBe(404);
      expect(nobody.data.errors).toMatchObject([{ resource: 'User', field: 'user', code: 'missing' }]);
      const fixed = await refusal(kitty.Channels.addChannelMember(direct.id, { id: c.id }));
      expect(fixed.status).toBe(400);
      expect(fixed.data.errors).toMatchObject([{ resource: 'Channel', field: 'members', code: 'unprocessable' }]);
      expect(await refusal(kitty.Channels.removeChannelMember(direct.id, a.id))).toMatchObject({ status: 400 });
    });

    it('lists memberships', async () => {
      const users = [await createUser(), await createUser(), await createUser()];
      const channel = await createChannel(users);

      const { data: first } = await kitty.Channels.listChannelMemberships(channel.id, 0, 2, ['createdTime']);
      const { data: second } = await kitty.Channels.listChannelMemberships(channel.id, 1, 2, ['createdTime']);

      expect(first.page).toEqual({ number: 0, size: 2, totalElements: 3, totalPages: 2 });
      const memberships = [...first._embedded!.memberships!, ...second._embedded!.memberships!];
      expect(memberships.map((membership) => href(membership, 'user'))).toEqual(
        users.map((user) => href(user, 'self')),
      );
      const followed = await links.all<(typeof memberships)[number]>(href(first, 'first'), 'memberships');
      expect(followed).toEqual(memberships);
      expect((await links.get(href(memberships[0]!, 'user'))).body).toEqual(users[0]);
    });

    it('sends system messages', async () => {
      const channel = await createChannel();

      const { data } = await kitty.Channels.sendChannelMessage(channel.id, {
        type: 'TEXT',
        body: 'Read https://example.org first 🙂',
        groupTag: 'rules',
        properties: { Pinned: true },
      });

      const message = data as TextSystemMessageResource;
      expect(message).toMatchObject({
        type: 'SYSTEM_TEXT',
        channelId: channel.id,
        body: 'Read https://example.org first 🙂',
        groupTag: 'rules',
        nestedLevel: 0,
        properties: { Pinned: true },
        links: [{ source: 'https://example.org', startPosition: 5, endPosition: 24 }],
      });
      expect(message).not.toHaveProperty('user');
      expect((await kitty.Channels.retrieveChannel(channel.id)).data.lastReceivedMessage).toMatchObject({
        id: message.id,
        type: 'SYSTEM_TEXT',
      });
    });

    it('sends messages on behalf of members only', async () => {
      const [member, other] = [await createUser(), await createUser()];
      const channel = await createChannel([member]);
      const sendFor = (user: AddChannelMemberRequest) =>
        kitty.Channels.sendChannelMessage(channel.id, { type: 'TEXT', body: `Hello <@${other.name}>`, user });

      const message = (await sendFor({ username: member.name })).data as TextChatUserMessageResource;

      expect(message).toMatchObject({ type: 'TEXT', user: { id: member.id, name: member.name } });
      expect(message.mentions).toMatchObject([{ type: 'USER', tag: `<@${other.name}>`, user: { id: other.id } }]);
      expect((await links.get(href(message, 'user'))).body).toEqual(member);
      const stranger = await refusal(sendFor({ id: other.id }));
      expect(stranger.status).toBe(400);
      expect(stranger.data.errors).toMatchObject([{ resource: 'Message', field: 'user', code: 'unprocessable' }]);
      const nobody = await refusal(sendFor({ username: unique('nobody') }));
      expect(nobody.status).toBe(404);
      expect(nobody.data.errors).toMatchObject([{ resource: 'User', field: 'user', code: 'missing' }]);
    });

    it('sends files that are kept elsewhere', async () => {
      const user = await createUser();
      const channel = await createChannel([user]);
      const file = { url: 'https://files.example.org/plan.pdf', name: 'plan.pdf', contentType: 'application/pdf' };
      const given = { type: 'FILE', file: { ...file, size: 48_200 } };

      const { data } = await kitty.Channels.sendChannelMessage(channel.id, { ...given, user: { id: user.id } });
      const ofUser = data as FileChatUserMessageResource;
      expect(ofUser).toMatchObject({ type: 'FILE', user: { id: user.id } });
      expect(ofUser.file).toEqual({ type: 'EXTERNAL', ...given.file });

      const ofSystem = (await kitty.Channels.sendChannelMessage(channel.id, given)).data as FileSystemMessageResource;
      expect(ofSystem).toMatchObject({ type: 'SYSTEM_FILE', file: ofUser.file });

      const wrong = { type: 'FILE', file: { ...file, url: 'ftp://example.org' } } as never;
      const { status, data: error } = await refusal(kitty.Channels.sendChannelMessage(channel.id, wrong));
      expect(status).toBe(400);
      expect(error.errors).toEqual([
        expect.objectContaining({ resource: 'Message', field: 'file.url', code: 'invalid' }),
        expect.objectContaining({ resource: 'Message', field: 'file.size', code: 'missing_field' }),
      ]);
    });

    it('lists channel messages by cursor, forwards and back', async () => {
      const channel = await createChannel();
      const sent = await sendMany(5, channel);

      const pages = await readByCursor((...cursor) => kitty.Channels.listChannelMessages(channel.id, 2, ...cursor));
      expect(pages).toEqual([sent.slice(0, 2), sent.slice(2, 4), sent.slice(4)]);

      const { data: first } = await kitty.Channels.listChannelMessages(channel.id, 2);
      const second = await links.get(href(first, 'next'));
      expect(idsOf(second.body._embedded.messages)).toEqual(pages[1]);
      expect(idsOf((await links.get(href(second.body, 'self'))).body._embedded.messages)).toEqual(pages[1]);
      expect(idsOf((await links.get(href(second.body, 'prev'))).body._embedded.messages)).toEqual(pages[0]);
      const [start, next] = cursorIn(href(second.body, 'prev'));
      const { data: back } = await kitty.Channels.listChannelMessages(channel.id, 2, start, next, 'PREVIOUS');
      expect(idsOf(back._embedded!.messages!)).toEqual(pages[0]);
      expect(idsOf(await links.all(`${href(channel, 'messages')}?size=2`, 'messages'))).toEqual(sent);
    });

    it('filters channel messages by sender and text', async () => {
      const [a, b] = [await createUser(), await createUser()];
      const channel = await createChannel([a, b]);
      const greeting = await send(channel, 'Good MORNING, everybody', a);
      const answer = await send(channel, 'good morning', b);
      await send(channel, 'Good night', a);
      const find = async (username?: string, query?: string) => {
        const { data } = await kitty.Channels.listChannelMessages(
          channel.id,
          25,
          undefined,
          undefined,
          undefined,
          username,
          query,
        );
        return idsOf(data._embedded!.messages!);
      };

      expect(await find(undefined, 'morning')).toEqual([answer.id, greeting.id]);
      expect(await find(a.name, 'morning')).toEqual([greeting.id]);
      expect(await find(b.name)).toEqual([answer.id]);
      expect(await find(unique('nobody'))).toEqual([]);
    });

    it('deletes a channel', async () => {
      const user = await createUser();
      const channel = await createChannel([user]);
      const message = await send(channel, 'Soon gone', user);

      const { data: application } = await kitty.Channels.deleteChannel(channel.id);

      expect(application).toEqual((await kitty.Application.retrieveAuthenticatedApplication()).data);
      expect(await refusal(kitty.Channels.retrieveChannel(channel.id))).toMatchObject({ status: 404 });
      expect(await refusal(kitty.Channels.deleteChannel(channel.id))).toMatchObject({ status: 404 });
      expect(await refusal(kitty.Channels.listChannelMessages(channel.id))).toMatchObject({ status: 404 });
      expect(await refusal(kitty.Messages.retrieveMessage(message.id))).toMatchObject({ status: 404 });
      expect((await kitty.Users.listUserChannels(user.id)).data.page!.totalElements).toBe(0);
      // Its name is free again.
      expect((await createChannel([], { name: channel.name })).id).not.toBe(channel.id);
    });
  });

  describe('Messages', () => {
    it('retrieves and updates a message', async () => {
      const user = await createUser();
      const message = await send(await createChannel([user]), 'Helo', user);
      expect((await kitty.Messages.retrieveMessage(message.id)).data).toEqual(message);
      expect((await links.get(href(message, 'self'))).body).toEqual(message);

      const { data: updated } = await kitty.Messages.updateMessage(message.id, {
        body: 'Hello',
        properties: { edited: 'by hand' },
      });

      expect(updated).toEqual({
        ...message,
        body: 'Hello',
        properties: { edited: 'by hand' },
        lastEditedTime: expect.any(String),
      });
      expect((await kitty.Messages.retrieveMessage(message.id)).data).toEqual(updated);
      expect((await kitty.Messages.updateMessage(message.id)).data).toEqual(updated);
      const { status, data } = await refusal(kitty.Messages.updateMessage(message.id, { body: '' }));
      expect(status).toBe(400);
      expect(data.errors).toMatchObject([{ resource: 'Message', field: 'body', code: 'invalid' }]);
    });

    it('lists the messages of the application by cursor, with filters', async () => {
      const user = await createUser();
      const [here, there] = [await createChannel([user]), await createChannel([user])];
      const word = unique('needle');
      const sent = [
        await send(here, `${word} one`, user),
        await send(there, `two ${word.toUpperCase()}`, user),
        await send(here, `${word} three`),
      ].reverse();
      const list = kitty.Messages.listMessages.bind(kitty.Messages);

      const pages = await readByCursor((...cursor) => list(2, ...cursor));
      expect(pages.flat().slice(0, 3)).toEqual(idsOf(sent));
      expect(pages.flat()).toEqual([...new Set(pages.flat())].sort((a, b) => b - a));
      expect(idsOf(await links.all(`${server.url}/v1/messages?size=2`, 'messages'))).toEqual(pages.flat());

      const found = await readByCursor((...cursor) => list(2, ...cursor, undefined, word));
      expect(found).toEqual([idsOf(sent).slice(0, 2), idsOf(sent).slice(2)]);
      const ofUser = await readByCursor((...cursor) => list(100, ...cursor, user.name, word));
      expect(ofUser).toEqual([idsOf(sent.slice(1))]);
    });

    it('deletes a message, and answers the thread that it was in', async () => {
      const channel = await createChannel();
      const [first, second] = [await send(channel, 'First'), await send(channel, 'Second')];

      const { data: thread } = await kitty.Messages.deleteMessage(second.id);

      expect(thread).toMatchObject({ type: 'MAIN' });
      expect(href(thread, 'self')).toBe(href(channel, 'thread'));
      expect(await refusal(kitty.Messages.retrieveMessage(second.id))).toMatchObject({ status: 404 });
      expect(await refusal(kitty.Messages.deleteMessage(second.id))).toMatchObject({ status: 404 });
      expect(await refusal(kitty.Messages.updateMessage(second.id))).toMatchObject({ status: 404 });
      const { data } = await kitty.Channels.retrieveChannel(channel.id);
      expect(data.lastReceivedMessage!.id).toBe(first.id);
    });
  });

  describe('Threads', () => {
    it('sends and lists replies', async () => {
      const user = await createUser();
      const channel = await createChannel([user]);
      const parent = await send(channel, 'What do you think?');

      const replies: number[] = [];
      for (let index = 0; index < 3; index++) {
        const given = { type: 'TEXT', body: `Reply ${index}`, user: { id: user.id } };
        const { data } = await kitty.Threads.sendThreadMessage(parent.id, given);
        expect(data).toMatchObject({ type: 'TEXT', channelId: channel.id, nestedLevel: 1, user: { id: user.id } });
        replies.unshift(data.id);
      }

      const pages = await readByCursor((...cursor) => kitty.Threads.listThreadMessages(parent.id, 2, ...cursor));
      expect(pages).toEqual([replies.slice(0, 2), replies.slice(2)]);
      expect(idsOf(await links.all(`${href(parent, 'thread')}/messages?size=2`, 'messages'))).toEqual(replies);
      expect((await kitty.Messages.retrieveMessage(parent.id)).data.repliesCount).toBe(3);
      const { data } = await kitty.Channels.listChannelMessages(channel.id);
      expect(idsOf(data._embedded!.messages!)).toEqual([...replies, parent.id]);
    });

    it('retrieves the thread of a message, and that of a channel', async () => {
      const channel = await createChannel();
      const message = await send(channel, 'To be answered');

      const { data: replies } = await kitty.Threads.retrieveThread(message.id);
      expect(replies).toMatchObject({ id: message.id, type: 'MESSAGE', properties: {} });
      expect((await links.get(href(message, 'thread'))).body).toEqual(replies);

      const { body: main } = await links.get(href(channel, 'thread'));
      expect((await kitty.Threads.retrieveThread(main.id)).data).toEqual({ ...main, type: 'MAIN' });
      const { data: sent } = await kitty.Threads.sendThreadMessage(main.id, { type: 'TEXT', body: 'In the open' });
      expect(sent).toMatchObject({ type: 'SYSTEM_TEXT', channelId: channel.id, nestedLevel: 0 });
      const { data } = await kitty.Threads.listThreadMessages(main.id);
      expect(idsOf(data._embedded!.messages!)).toEqual(idsOf([sent, message]));
    });

    it('does not know the thread of a message that does not exist', async () => {
      const nowhere = 9_007_199_254_740_991;

      expect(await refusal(kitty.Threads.retrieveThread(nowhere))).toMatchObject({ status: 404 });
      expect(await refusal(kitty.Threads.listThreadMessages(nowhere))).toMatchObject({ status: 404 });
      const sent = kitty.Threads.sendThreadMessage(nowhere, { type: 'TEXT', body: 'Anybody?' });
      expect(await refusal(sent)).toMatchObject({ status: 404, data: { error: 'ResourceNotFoundError' } });
    });
  });

  it('turns away who has the wrong secret', async () => {
    const { clientId } = server.credentials;
    const intruder = platformSdk({ url: server.url, credentials: { clientId, clientSecret: 'not the secret' } });

    const { status, data } = await refusal(intruder.Users.listUsers());

    expect(status).toBe(401);
    expect(data).toEqual({ error: 'invalid_client', error_description: expect.any(String) });
  });

  it('has used every operation that the SDK and the server have in common', () => {
    expect([...coverage.answered].sort()).toEqual([...coverage.supported].sort());
  });
});

interface ChannelFilter {
  type?: 'DIRECT' | 'PUBLIC' | 'PRIVATE';
  members?: string[];
  startTime?: string;
  endTime?: string;
  properties?: object;
}

/** The body of a refusal, with the wrong fields, which the types of the SDK do not have. */
type Refusal = ApiError & { errors?: { resource: string; field: string; code: string; message: string }[] };

/** What the server said when it refused a call. */
async function refusal(call: Promise<unknown>): Promise<{ status: number; data: Refusal }> {
  const outcome = await call.then(
    (answer) => ({ answer }),
    (error: Error & { response?: { status: number; data: Refusal } }) => ({ error }),
  );
  if ('answer' in outcome) throw new Error('The call was not refused');
  if (!outcome.error.response) throw outcome.error;
  return outcome.error.response;
}

/** The SDK's types want a Set, which cannot be sent; its users hand it lists. */
const listed = <T extends AddChannelMemberRequest>(users: readonly T[]): Set<AddChannelMemberRequest> =>
  users.map((user) => ('id' in user ? { id: user.id } : { username: user.username })) as unknown as Set<T>;

const idsOf = (resources: readonly { id: number }[]): number[] => resources.map(({ id }) => id);

function href({ _links }: { _links?: Record<string, Link> }, relation: string): string {
  const address = _links?.[relation]?.href;
  if (!address) throw new Error(`There is no link ${relation} among ${Object.keys(_links ?? {}).join(', ')}`);
  return address;
}

type Cursor = [start: number | undefined, next: number | undefined, relation: 'NEXT' | undefined];
type MessagePage = Awaited<ReturnType<ChatKitty['Messages']['listMessages']>>;

/** The parameters that a link of a cursor page consists of. */
function cursorIn(link: string): [start: number, next: number] {
  const { searchParams } = new URL(link);
  return [Number(searchParams.get('start')), Number(searchParams.get('next'))];
}

/** Reads page after page with the parameters of the SDK's methods; answers the ids on each. */
async function readByCursor(list: (...cursor: Cursor) => Promise<MessagePage>): Promise<number[][]> {
  const pages: number[][] = [];
  for (let cursor: Cursor | undefined = [undefined, undefined, undefined]; cursor;) {
    const { data }: MessagePage = await list(...cursor);
    pages.push(idsOf(data._embedded!.messages!));
    expect(data.page.size).toBe(pages.at(-1)!.length);
    cursor = data._links!.next && [...cursorIn(data._links!.next.href!), 'NEXT'];
  }
  return pages;
}
