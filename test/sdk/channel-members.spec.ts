import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatKitty } from 'chatkitty-platform-sdk';
import { href, idsOf, listed, refusal, SdkWorld } from '../support/sdk-world.js';

describe('Members of channels of the published Platform SDK', () => {
  let world: SdkWorld;
  let kitty: ChatKitty;
  beforeAll(async () => {
    world = await SdkWorld.start('channel-members');
    ({ kitty } = world);
  });
  afterAll(() => world?.stop());

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

  it('have been used whole', () => {
    expect(world.unused()).toEqual([]);
  });
});
