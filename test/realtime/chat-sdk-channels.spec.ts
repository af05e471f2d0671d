import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatUser, ChatWorld, done, Ears, failure, idsOf } from '../support/chat-world.js';

describe('apps with the published chat SDK', () => {
  let world: ChatWorld;
  let ann: ChatUser;
  let bob: ChatUser;
  const bobs = new Ears();

  beforeAll(async () => {
    world = await ChatWorld.start('chat-sdk-channels');
    [ann, bob] = [await world.app({ displayName: 'Ann' }), await world.app({ displayName: 'Bob' })];
    for (const name of ['onChannelJoined', 'onChannelLeft', 'onChannelUpdated', 'onUserPresenceChanged'])
      bob.sdk[name](bobs.on(name));
  });
  afterAll(() => world.stop());

  it('know who they are, and change it', async () => {
    const ears = new Ears();
    const user = await world.test.make.user();
    const sdk = await world.connect(user, {
      prepare: (sdk) => {
        for (const name of ['onCurrentUserChanged', 'onCurrentUserOnline', 'onCurrentUserOffline'])
          sdk[name](ears.on(name));
      },
    });
    await ears.next('onCurrentUserOnline');
    await ears.next('onCurrentUserChanged', (changed) => changed?.name === user.name);
    const [came] = await bobs.next('onUserPresenceChanged', ({ id }) => id === user.id);
    expect(came.presence).toEqual({ status: 'AVAILABLE', online: true });

    const { user: self } = await done(sdk.getCurrentUser());
    expect(self).toMatchObject({ id: user.id, name: user.name, presence: { online: true }, properties: {} });

    const change = (own: any) => ({ ...own, displayName: 'Cat', properties: { likes: ['fish'] } });
    const { user: changed } = await done(sdk.updateCurrentUser(change));
    expect(changed).toMatchObject({ displayName: 'Cat', properties: { likes: ['fish'] } });
    await ears.next('onCurrentUserChanged', (told) => told?.displayName === 'Cat');
    expect(await world.get(`/v1/users/${user.id}`)).toMatchObject({
      displayName: 'Cat',
      properties: { likes: ['fish'] },
    });
    await done(sdk.updateCurrentUser((own: any) => ({ ...own, presence: { ...own.presence, status: 'BUSY' } })));
    const isBusy = ({ presence }: any) => presence.status === 'BUSY' && presence.online;
    await bobs.next('onUserPresenceChanged', (told) => told.id === user.id && isBusy(told));

    const file = { url: 'https://pictures.example/cat.png', name: 'cat.png', contentType: 'image/png', size: 7 };
    const pictured = await done(sdk.updateCurrentUserDisplayPicture({ file }));
    expect(pictured.user.displayPictureUrl).toBe(file.url);

    await sdk.endSession();
    await ears.next('onCurrentUserOffline');
    await bobs.next('onUserPresenceChanged', ({ id, presence }) => id === user.id && !presence.online);
    await done(sdk.startSession({ username: user.name }));
  });

  it('see others, and whom they do not want to hear of', async () => {
    const { paginator } = await done(ann.sdk.getUsers({ filter: { displayName: 'bo' } }));
    expect(idsOf(paginator.items)).toEqual([bob.user.id]);
    const online = await done(ann.sdk.getUsers({ filter: { online: true, name: bob.user.name } }));
    expect(idsOf(online.paginator.items)).toEqual([bob.user.id]);
    expect((await done(ann.sdk.getUsersCount())).count).toBe((await done(ann.sdk.getUsers())).paginator.items.length);
    const { user } = await done(ann.sdk.getUser(bob.user.id));
    expect(user).toMatchObject({ id: bob.user.id, displayName: 'Bob', presence: { online: true } });

    expect((await done(ann.sdk.blockUser({ user }))).user.id).toBe(bob.user.id);
    const direct = { type: 'DIRECT', members: [{ id: ann.user.id }] };
    expect(await failure(bob.sdk.createChannel(direct))).toBe('ClientError');
    const { paginator: blocked } = await done(ann.sdk.getUserBlockList());
    expect(blocked.items.map((item: any) => item.user.id)).toEqual([bob.user.id]);
    const unblocked = await done(ann.sdk.deleteUserBlockListItem({ item: blocked.items[0] }));
    expect(unblocked.user.id).toBe(bob.user.id);
    expect((await done(ann.sdk.getUserBlockList())).paginator.items).toEqual([]);
  });

  it('make channels, change and delete them', async () => {
    const created = await done(ann.sdk.createChannel({ type: 'PUBLIC', name: 'garden', displayName: 'Garden' }));
    expect(created.channel).toMatchObject({ type: 'PUBLIC', name: 'garden', creator: { id: ann.user.id } });
    const { channel } = created;
    expect((await done(ann.sdk.createChannel({ type: 'PUBLIC', name: 'garden' }))).channel.id).toBe(channel.id);
    expect(await failure(bob.sdk.createChannel({ type: 'PUBLIC', name: 'garden' }))).toBe('ClientError');
    expect(idsOf((await done(ann.sdk.getChannels())).paginator.items)).toEqual([channel.id]);
    expect(idsOf((await done(ann.sdk.getChannels({ filter: { joined: true, name: 'gar' } }))).paginator.items)).toEqual(
      [channel.id],
    );
    expect((await done(ann.sdk.getChannels({ filter: { unread: true } }))).paginator.items).toEqual([]);

    const joinable = await done(bob.sdk.getChannels({ filter: { joined: false } }));
    expect(idsOf(joinable.paginator.items)).toEqual([channel.id]);
    const joined = await done(bob.sdk.joinChannel({ channel: joinable.paginator.items[0] }));
    expect(joined.channel.id).toBe(channel.id);
    await bobs.next('onChannelJoined', ({ id }) => id === channel.id);
    const { channel: bobsChannel } = await done(bob.sdk.getChannel(channel.id));
    expect(() => bob.sdk.joinChannel({ channel: bobsChannel })).toThrow();

    expect(await failure(bob.sdk.updateChannel({ channel: { ...bobsChannel, displayName: 'Mine' } }))).toBe(
      'ClientError',
    );
    const change = { ...channel, displayName: 'Greenhouse', properties: { plants: 3 } };
    const updated = await done(ann.sdk.updateChannel({ channel: change }));
    expect(updated.channel).toMatchObject({ displayName: 'Greenhouse', properties: { plants: 3 } });
    await bobs.next('onChannelUpdated', ({ displayName }) => displayName === 'Greenhouse');

    const people = await done(ann.sdk.getChannelMembers({ channel, filter: { displayName: 'bo' } }));
    expect(idsOf(people.paginator.items)).toEqual([bob.user.id]);
    expect((await done(ann.sdk.getUserIsChannelMember({ user: people.paginator.items[0], channel }))).isMember).toBe(
      true,
    );
    const moderated = await done(ann.sdk.addChannelModerator({ channel, user: { id: bob.user.id } }));
    expect(moderated.channel.id).toBe(channel.id);
    const { _embedded } = await world.get(`/v1/channels/${channel.id}/moderators`);
    expect(idsOf(_embedded.users)).toEqual([bob.user.id]);

    const left = await done(bob.sdk.leaveChannel({ channel: bobsChannel }));
    expect(left.channel.id).toBe(channel.id);
    await bobs.next('onChannelLeft', ({ id }) => id === channel.id);
    await done(ann.sdk.deleteChannel({ channel }));
    expect((await world.test.client.get(`/v1/channels/${channel.id}`)).status).toBe(404);
  });

  it('are members on their own terms', async () => {
    const { channel } = await done(ann.sdk.createChannel({ type: 'PRIVATE', name: 'cellar' }));
    expect((await done(ann.sdk.inviteUser({ channel, user: { username: bob.user.name } }))).user.id).toBe(bob.user.id);
    const [invited] = await bobs.next('onChannelJoined', ({ id }) => id === channel.id);
    await done(bob.sdk.muteChannel({ channel: invited }));
    await bobs.next('onChannelUpdated', ({ id }) => id === channel.id);
    await done(bob.sdk.unmuteChannel({ channel: invited }));
    await world.test.make.message(channel, 'Long ago');
    const { channel: cleared } = await done(bob.sdk.clearChannelHistory({ channel: invited }));
    expect(cleared.lastReceivedMessage).toBeUndefined();
    expect((await done(ann.sdk.getChannel(channel.id))).channel.lastReceivedMessage.body).toBe('Long ago');

    const ears = new Ears();
    ann.sdk.onChannelHidden(ears.on('onChannelHidden'));
    ann.sdk.onChannelUnhidden(ears.on('onChannelUnhidden'));
    const { channel: direct } = await done(
      ann.sdk.createChannel({ type: 'DIRECT', members: [{ username: bob.user.name }] }),
    );
    expect(idsOf(direct.members).sort()).toEqual(idsOf([ann.user, bob.user]).sort());
    expect((await done(ann.sdk.hideChannel({ channel: direct }))).channel.id).toBe(direct.id);
    await ears.next('onChannelHidden', ({ id }) => id === direct.id);
    expect(idsOf((await done(ann.sdk.getChannels())).paginator.items)).not.toContain(direct.id);
    await done(bob.sdk.sendMessage({ channel: direct, body: 'Hello?' }));
    await ears.next('onChannelUnhidden', ({ id }) => id === direct.id);
    expect(idsOf((await done(ann.sdk.getChannels())).paginator.items)).toContain(direct.id);
  });

  it('are told what back-ends do', async () => {
    const { client, make } = world.test;
    const channel = await make.channel({ type: 'PRIVATE', members: [ann.user] });
    await client.post(`/v1/channels/${channel.id}/members`, { id: bob.user.id });
    await bobs.next('onChannelJoined', ({ id }) => id === channel.id);
    await client.patch(`/v1/channels/${channel.id}`, { displayName: 'Renamed' });
    await bobs.next('onChannelUpdated', ({ displayName }) => displayName === 'Renamed');
    await client.delete(`/v1/channels/${channel.id}/members/${bob.user.id}`);
    await bobs.next('onChannelLeft', ({ id }) => id === channel.id);
    const made = await make.channel({ type: 'DIRECT', members: [ann.user, bob.user, await make.user()] });
    await bobs.next('onChannelJoined', ({ id }) => id === made.id);
  });

  it('page through what is much', async () => {
    const names = Array.from({ length: 30 }, (_, at) => `many-${String(at).padStart(2, '0')}`);
    for (const name of names) await world.test.make.channel({ name, members: [ann.user] });
    const first = (await done(ann.sdk.getChannels({ filter: { name: 'many-' } }))).paginator;
    expect([first.items.length, first.hasNextPage, first.hasPrevPage]).toEqual([25, true, false]);
    const second = await first.nextPage();
    expect([second.items.length, second.hasNextPage, second.hasPrevPage]).toEqual([5, false, true]);
    const all = [...first.items, ...second.items].map(({ name }: { name: string }) => name);
    expect(all.sort()).toEqual(names);
    expect(idsOf((await second.prevPage()).items)).toEqual(idsOf(first.items));
  });

  it('are used in every way that they can be', () => {
    expect(world.unused()).toEqual([]);
  });
});
