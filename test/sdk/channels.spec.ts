import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ChatKitty,
  AddChannelMemberRequest,
  DirectChannelResource,
  FileChatUserMessageResource,
  FileSystemMessageResource,
  PrivateChannelResource,
  TextChatUserMessageResource,
  TextSystemMessageResource,
} from 'chatkitty-platform-sdk';
import { cursorIn, href, idsOf, listed, readByCursor, refusal, SdkWorld } from '../support/sdk-world.js';

describe('Channels of the published Platform SDK', () => {
  let world: SdkWorld;
  let kitty: ChatKitty;
  beforeAll(async () => {
    world = await SdkWorld.start();
    ({ kitty } = world);
  });
  afterAll(() => world?.stop());

  it('creates and retrieves a public channel', async () => {
    const [creator, member] = [await world.createUser(), await world.createUser()];
    const name = world.unique('lobby');

    const channel = await world.createChannel([member], {
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
    expect((await world.links.get(href(channel, 'self'))).body).toEqual(channel);
    const { data: members } = await kitty.Channels.listChannelMembers(channel.id);
    expect(idsOf(members._embedded!.users!)).toEqual([creator.id, member.id]);
  });

  it('creates a private channel, and answers the equivalent one from then on', async () => {
    const name = world.unique('back-room');

    const { data } = await kitty.Channels.createChannel({ type: 'PRIVATE', name });

    const channel = data as PrivateChannelResource;
    expect(channel).toMatchObject({ type: 'PRIVATE', name, displayName: name, properties: {} });
    expect((await kitty.Channels.createChannel({ type: 'PRIVATE', name })).data).toEqual(channel);
    const { status, data: error } = await refusal(kitty.Channels.createChannel({ type: 'PUBLIC', name }));
    expect(status).toBe(400);
    expect(error.errors).toMatchObject([{ resource: 'Channel', field: 'name', code: 'already_exists' }]);
  });

  it('creates a direct channel, one for each set of members', async () => {
    const [a, b] = [await world.createUser(), await world.createUser()];
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
    const { id } = await world.createUser();

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
    const { id } = await world.createUser();
    const [missing, alsoMissing] = [world.unique('nobody'), world.unique('nobody')];
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
    const created = [await world.createChannel(), await world.createChannel(), await world.createChannel()];

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
    expect(idsOf(await world.links.all(href(first, 'first'), 'channels'))).toEqual(ids);
    const { status, data } = await refusal(kitty.Channels.listChannels(10_000));
    expect(status).toBe(400);
    expect(data.errors).toMatchObject([{ resource: 'Page', field: 'page', code: 'invalid' }]);
  });

  it('filters channels by type, members, time and properties', async () => {
    const [a, b] = [await world.createUser(), await world.createUser()];
    const colour = world.unique('colour');
    const before = new Date(Date.now() - 1_000).toISOString();
    const open = await world.createChannel([a, b], { properties: { colour, deep: { yes: true } } });
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
    expect(await find({ members: [...both, world.unique('nobody')] })).toEqual([]);
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
    const channel = await world.createChannel([], { properties: { colour: 'teal', old: true } });

    const { data } = await kitty.Channels.updateChannel(channel.id, {
      displayName: 'Renamed',
      properties: { old: null, size: 2 },
    });

    expect(data).toEqual({ ...channel, displayName: 'Renamed', properties: { colour: 'teal', size: 2 } });
    expect((await kitty.Channels.retrieveChannel(channel.id)).data).toEqual(data);
    expect((await kitty.Channels.updateChannel(channel.id)).data).toEqual(data);
  });

  it('adds, lists and removes members', async () => {
    const [a, b, c] = [await world.createUser(), await world.createUser(), await world.createUser()];
    const channel = await world.createChannel([a]);

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
    expect(idsOf(await world.links.all(href(channel, 'members'), 'users'))).toEqual(idsOf([a, b, c]));

    const removed = await kitty.Channels.removeChannelMember(channel.id, b.id);
    expect(removed.data).toEqual(channel);
    expect(idsOf(await world.links.all(href(channel, 'members'), 'users'))).toEqual(idsOf([a, c]));
    expect(await refusal(kitty.Channels.removeChannelMember(channel.id, b.id))).toMatchObject({ status: 404 });
  });

  it('refuses members who do not exist, and changes to direct channels', async () => {
    const [a, b, c] = [await world.createUser(), await world.createUser(), await world.createUser()];
    const channel = await world.createChannel();
    const { data: direct } = await kitty.Channels.createChannel({ type: 'DIRECT', members: listed([a, b]) });

    const nobody = await refusal(kitty.Channels.addChannelMember(channel.id, { username: world.unique('nobody') }));
    expect(nobody.status).toBe(404);
    expect(nobody.data.errors).toMatchObject([{ resource: 'User', field: 'user', code: 'missing' }]);
    const fixed = await refusal(kitty.Channels.addChannelMember(direct.id, { id: c.id }));
    expect(fixed.status).toBe(400);
    expect(fixed.data.errors).toMatchObject([{ resource: 'Channel', field: 'members', code: 'unprocessable' }]);
    expect(await refusal(kitty.Channels.removeChannelMember(direct.id, a.id))).toMatchObject({ status: 400 });
  });

  it('lists memberships', async () => {
    const users = [await world.createUser(), await world.createUser(), await world.createUser()];
    const channel = await world.createChannel(users);

    const { data: first } = await kitty.Channels.listChannelMemberships(channel.id, 0, 2, ['createdTime']);
    const { data: second } = await kitty.Channels.listChannelMemberships(channel.id, 1, 2, ['createdTime']);

    expect(first.page).toEqual({ number: 0, size: 2, totalElements: 3, totalPages: 2 });
    const memberships = [...first._embedded!.memberships!, ...second._embedded!.memberships!];
    expect(memberships.map((membership) => href(membership, 'user'))).toEqual(users.map((user) => href(user, 'self')));
    const followed = await world.links.all<(typeof memberships)[number]>(href(first, 'first'), 'memberships');
    expect(followed).toEqual(memberships);
    expect((await world.links.get(href(memberships[0]!, 'user'))).body).toEqual(users[0]);
  });

  it('sends system messages', async () => {
    const channel = await world.createChannel();

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
    const [member, other] = [await world.createUser(), await world.createUser()];
    const channel = await world.createChannel([member]);
    const sendFor = (user: AddChannelMemberRequest) =>
      kitty.Channels.sendChannelMessage(channel.id, { type: 'TEXT', body: `Hello <@${other.name}>`, user });

    const message = (await sendFor({ username: member.name })).data as TextChatUserMessageResource;

    expect(message).toMatchObject({ type: 'TEXT', user: { id: member.id, name: member.name } });
    expect(message.mentions).toMatchObject([{ type: 'USER', tag: `<@${other.name}>`, user: { id: other.id } }]);
    expect((await world.links.get(href(message, 'user'))).body).toEqual(member);
    const stranger = await refusal(sendFor({ id: other.id }));
    expect(stranger.status).toBe(400);
    expect(stranger.data.errors).toMatchObject([{ resource: 'Message', field: 'user', code: 'unprocessable' }]);
    const nobody = await refusal(sendFor({ username: world.unique('nobody') }));
    expect(nobody.status).toBe(404);
    expect(nobody.data.errors).toMatchObject([{ resource: 'User', field: 'user', code: 'missing' }]);
  });

  it('sends files that are kept elsewhere', async () => {
    const user = await world.createUser();
    const channel = await world.createChannel([user]);
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
    const channel = await world.createChannel();
    const sent = await world.sendMany(5, channel);

    const pages = await readByCursor((...cursor) => kitty.Channels.listChannelMessages(channel.id, 2, ...cursor));
    expect(pages).toEqual([sent.slice(0, 2), sent.slice(2, 4), sent.slice(4)]);

    const { data: first } = await kitty.Channels.listChannelMessages(channel.id, 2);
    const second = await world.links.get(href(first, 'next'));
    expect(idsOf(second.body._embedded.messages)).toEqual(pages[1]);
    expect(idsOf((await world.links.get(href(second.body, 'self'))).body._embedded.messages)).toEqual(pages[1]);
    expect(idsOf((await world.links.get(href(second.body, 'prev'))).body._embedded.messages)).toEqual(pages[0]);
    const [start, next] = cursorIn(href(second.body, 'prev'));
    const { data: back } = await kitty.Channels.listChannelMessages(channel.id, 2, start, next, 'PREVIOUS');
    expect(idsOf(back._embedded!.messages!)).toEqual(pages[0]);
    expect(idsOf(await world.links.all(`${href(channel, 'messages')}?size=2`, 'messages'))).toEqual(sent);
  });

  it('filters channel messages by sender and text', async () => {
    const [a, b] = [await world.createUser(), await world.createUser()];
    const channel = await world.createChannel([a, b]);
    const greeting = await world.send(channel, 'Good MORNING, everybody', a);
    const answer = await world.send(channel, 'good morning', b);
    await world.send(channel, 'Good night', a);
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
    expect(await find(world.unique('nobody'))).toEqual([]);
  });

  it('deletes a channel', async () => {
    const user = await world.createUser();
    const channel = await world.createChannel([user]);
    const message = await world.send(channel, 'Soon gone', user);

    const { data: application } = await kitty.Channels.deleteChannel(channel.id);

    expect(application).toEqual((await kitty.Application.retrieveAuthenticatedApplication()).data);
    expect(await refusal(kitty.Channels.retrieveChannel(channel.id))).toMatchObject({ status: 404 });
    expect(await refusal(kitty.Channels.deleteChannel(channel.id))).toMatchObject({ status: 404 });
    expect(await refusal(kitty.Channels.listChannelMessages(channel.id))).toMatchObject({ status: 404 });
    expect(await refusal(kitty.Messages.retrieveMessage(message.id))).toMatchObject({ status: 404 });
    expect((await kitty.Users.listUserChannels(user.id)).data.page!.totalElements).toBe(0);
    // Its name is free again.
    expect((await world.createChannel([], { name: channel.name })).id).not.toBe(channel.id);
  });

  it('has been used whole, as far as the server has the operations', () => {
    const { supported, answered } = world.used('Channels');
    expect(supported.length).toBeGreaterThan(0);
    expect(answered).toEqual(supported);
  });
});

interface ChannelFilter {
  type?: 'DIRECT' | 'PUBLIC' | 'PRIVATE';
  members?: string[];
  startTime?: string;
  endTime?: string;
  properties?: object;
}
