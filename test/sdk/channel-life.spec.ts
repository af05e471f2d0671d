import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AddChannelMemberRequest, ChatKitty, ChatUserResource, PublicChannelResource } from 'chatkitty-platform-sdk';
import { href, idsOf, listed, refusal, SdkWorld } from '../support/sdk-world.js';

describe('What happens in channels besides messages, of the published Platform SDK', () => {
  let world: SdkWorld;
  let kitty: ChatKitty;
  let a: ChatUserResource;
  let b: ChatUserResource;
  let outsider: ChatUserResource;
  let channel: PublicChannelResource;
  beforeAll(async () => {
    world = await SdkWorld.start('channel-life');
    ({ kitty } = world);
  });
  beforeEach(async () => {
    [a, b, outsider] = [await world.createUser(), await world.createUser(), await world.createUser()];
    channel = await world.createChannel([a, b]);
  });
  afterAll(() => world?.stop());

  const direct = async () => (await kitty.Channels.createChannel({ type: 'DIRECT', members: listed([a, b]) })).data.id;
  const nobody = () => ({ username: world.unique('nobody') });

  it('adds, lists and removes moderators', async () => {
    const { data: added } = await kitty.Channels.addChannelModerator(channel.id, { id: b.id });
    expect(added).toEqual(b);
    await kitty.Channels.addChannelModerator(channel.id, { username: a.name });
    // Adding again changes nothing.
    expect((await kitty.Channels.addChannelModerator(channel.id, { id: a.id })).data).toEqual(a);

    const { data: first } = await kitty.Channels.listChannelModerators(channel.id, 0, 1, ['name,desc']);
    const { data: second } = await kitty.Channels.listChannelModerators(channel.id, 1, 1, ['name,desc']);
    expect(first.page).toEqual({ number: 0, size: 1, totalElements: 2, totalPages: 2 });
    const names = [...first._embedded!.users!, ...second._embedded!.users!].map(({ name }) => name);
    expect(names).toEqual([a.name, b.name].sort().reverse());
    expect(await world.links.all(href(channel, 'moderators'), 'users')).toEqual([a, b]);

    const { data: removed } = await kitty.Channels.removeChannelModerator(channel.id, b.id);
    expect(removed).toEqual(channel);
    expect(await world.links.all(href(channel, 'moderators'), 'users')).toEqual([a]);
    // They remain members.
    expect((await kitty.Channels.listChannelMembers(channel.id)).data.page!.totalElements).toBe(2);
    expect(await refusal(kitty.Channels.removeChannelModerator(channel.id, b.id))).toMatchObject({ status: 404 });
  });

  it('refuses moderators who are no members, or do not exist, and any in direct channels', async () => {
    const add = (id: number, user: AddChannelMemberRequest) => refusal(kitty.Channels.addChannelModerator(id, user));

    const stranger = await add(channel.id, { id: outsider.id });
    expect(stranger.status).toBe(400);
    expect(stranger.data.errors).toMatchObject([{ resource: 'Channel', field: 'user', code: 'unprocessable' }]);
    const missing = await add(channel.id, nobody());
    expect(missing.status).toBe(404);
    expect(missing.data.errors).toMatchObject([{ resource: 'User', field: 'user', code: 'missing' }]);
    const id = await direct();
    for (const { status, data } of [
      await add(id, { id: a.id }),
      await refusal(kitty.Channels.removeChannelModerator(id, a.id)),
    ]) {
      expect(status).toBe(400);
      expect(data.errors).toMatchObject([{ resource: 'Channel', field: 'moderators', code: 'unprocessable' }]);
    }
    expect((await kitty.Channels.listChannelModerators(channel.id)).data._embedded!.users).toEqual([]);
  });

  it('sends and lists invites, which are gone once their user has joined', async () => {
    const other = await world.createUser();

    const { data: invite } = await kitty.Channels.sendChannelInvite(channel.id, { user: { id: outsider.id } });
    const { data: second } = await kitty.Channels.sendChannelInvite(channel.id, { user: { username: other.name } });

    expect(Date.parse(invite.createdTime)).toBeGreaterThan(Date.now() - 600_000);
    expect((await world.links.get(href(invite, 'invitee'))).body).toEqual(outsider);
    expect((await world.links.get(href(invite, 'channel'))).body).toEqual(channel);
    // Inviting again answers the same.
    const again = await kitty.Channels.sendChannelInvite(channel.id, { user: { id: outsider.id } });
    expect(again.data).toEqual(invite);
    const { data: newest } = await kitty.Channels.listChannelInvites(channel.id, 0, 1, ['createdTime,desc']);
    const { data: oldest } = await kitty.Channels.listChannelInvites(channel.id, 1, 1, ['createdTime,desc']);
    expect(newest.page).toEqual({ number: 0, size: 1, totalElements: 2, totalPages: 2 });
    expect([...newest._embedded!.invites!, ...oldest._embedded!.invites!]).toEqual([second, invite]);

    await kitty.Channels.addChannelMember(channel.id, { id: outsider.id });
    expect(await world.links.all(href(channel, 'invites'), 'invites')).toEqual([second]);
  });

  it('refuses invites for members and for nobody, and to direct channels', async () => {
    const send = (id: number, user: AddChannelMemberRequest) => refusal(kitty.Channels.sendChannelInvite(id, { user }));

    const member = await send(channel.id, { id: a.id });
    expect(member.status).toBe(400);
    expect(member.data.errors).toMatchObject([{ resource: 'ChannelInvite', field: 'user', code: 'already_exists' }]);
    const missing = await send(channel.id, nobody());
    expect(missing.status).toBe(404);
    expect(missing.data.errors).toMatchObject([{ resource: 'User', field: 'user', code: 'missing' }]);
    const toDirect = await send(await direct(), { id: outsider.id });
    expect(toDirect.status).toBe(400);
    expect(toDirect.data.errors).toMatchObject([{ resource: 'Channel', field: 'invites', code: 'unprocessable' }]);
    expect((await kitty.Channels.listChannelInvites(channel.id)).data._embedded!.invites).toEqual([]);
  });

  it('sends events, answered as they were sent', async () => {
    const event = { type: 'Pizza Arrived', properties: { Slices: 8, toppings: ['olives', null], box: { Size: 'L' } } };

    const { data } = await kitty.Channels.sendChannelEvent(channel.id, event);

    const { _links, ...shown } = data;
    expect(shown).toEqual(event);
    expect(Object.keys(_links!)).toEqual(['application']);
    expect((await kitty.Channels.sendChannelEvent(await direct(), event)).data).toMatchObject(event);
    const wrong = { type: '', properties: [] } as never;
    const { status, data: error } = await refusal(kitty.Channels.sendChannelEvent(channel.id, wrong));
    expect(status).toBe(400);
    expect(error.errors!.map(({ field }) => field)).toEqual(['type', 'properties']);
  });

  it('sends keystrokes of members, to channels and to threads', async () => {
    const message = await world.send(channel, 'Anybody?');
    const send = {
      channel: (keys: string, user: AddChannelMemberRequest) =>
        kitty.Channels.sendChannelKeystrokes(channel.id, { keys, user }),
      thread: (keys: string, user: AddChannelMemberRequest) =>
        kitty.Threads.sendThreadKeystrokes(message.id, { keys, user }),
    };
    for (const place of ['channel', 'thread'] as const) {
      const { data } = await send[place]('Hel', { id: a.id });
      expect(data).toMatchObject({ keys: 'Hel', username: a.name });
      expect((await send[place]('', { username: b.name })).data).toMatchObject({ keys: '', username: b.name });

      const stranger = await refusal(send[place]('a', { id: outsider.id }));
      expect(stranger.status).toBe(400);
      expect(stranger.data.errors).toMatchObject([{ resource: 'Keystrokes', field: 'user', code: 'unprocessable' }]);
      const missing = await refusal(send[place]('a', nobody()));
      expect(missing.status).toBe(404);
      expect(missing.data.errors).toMatchObject([{ resource: 'User', field: 'user', code: 'missing' }]);
      const wrong = await refusal(send[place](7 as never, undefined as never));
      expect(wrong.data.errors!.map(({ field }) => field)).toEqual(['keys', 'user']);
    }
    // Nothing of it is a message.
    const { data } = await kitty.Channels.listChannelMessages(channel.id);
    expect(idsOf(data._embedded!.messages!)).toEqual([message.id]);
  });

  it('has no participants where nobody is connected, as nothing over REST begins a session', async () => {
    const { data } = await kitty.Channels.listChannelParticipants(channel.id);

    expect(data).toMatchObject({ _embedded: { users: [] }, page: { totalElements: 0 } });
    expect((await world.links.get(href(channel, 'participants'))).body._embedded.users).toEqual([]);
  });

  it('does not know channels and threads that do not exist', async () => {
    const nowhere = 9_007_199_254_740_991;
    const user = { id: a.id };
    const calls = [
      kitty.Channels.addChannelModerator(nowhere, user),
      kitty.Channels.listChannelInvites(nowhere),
      kitty.Channels.listChannelModerators(nowhere),
      kitty.Channels.listChannelParticipants(nowhere),
      kitty.Channels.removeChannelModerator(nowhere, a.id),
      kitty.Channels.sendChannelEvent(nowhere, { type: 'x', properties: {} }),
      kitty.Channels.sendChannelInvite(nowhere, { user }),
      kitty.Channels.sendChannelKeystrokes(nowhere, { keys: 'a', user }),
      kitty.Threads.sendThreadKeystrokes(nowhere, { keys: 'a', user }),
    ];
    for (const refused of await Promise.all(calls.map((call) => refusal(call))))
      expect(refused).toMatchObject({ status: 404, data: { error: 'ResourceNotFoundError' } });
  });

  it('has been used whole', () => {
    expect(world.unused()).toEqual([]);
  });
});
