import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  ChatKitty,
  AddChannelMemberRequest,
  DirectChannelResource,
  PrivateChannelResource,
} from 'chatkitty-platform-sdk';
import { href, idsOf, listed, refusal, SdkWorld } from '../support/sdk-world.js';

describe('Channels of the published Platform SDK', () => {
  let world: SdkWorld;
  let kitty: ChatKitty;
  beforeAll(async () => {
    world = await SdkWorld.start('channels');
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

  it('have been used whole', () => {
    expect(world.unused()).toEqual([]);
  });
});

interface ChannelFilter {
  type?: 'DIRECT' | 'PUBLIC' | 'PRIVATE';
  members?: string[];
  startTime?: string;
  endTime?: string;
  properties?: object;
}
