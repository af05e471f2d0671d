import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatKitty, ChatUserResource, CreateChannelResource, PublicChannelResource } from 'chatkitty';
import { BASE_PATHS, href, idsOf, listed, refusal, SdkServer } from './server-sdk.js';

describe('the channels of the newest published SDK', () => {
  let world: SdkServer;
  beforeAll(async () => {
    world = await SdkServer.start();
  });
  afterAll(() => world?.server.stop());

  describe.each(BASE_PATHS)('with the base path %j', (path) => {
    let kitty: ChatKitty;
    let ann: ChatUserResource;
    let bob: ChatUserResource;
    let cyd: ChatUserResource;
    let channel: PublicChannelResource;
    beforeAll(async () => {
      kitty = world.kitty(path);
      [ann, bob, cyd] = [await world.createUser(path), await world.createUser(path), await world.createUser(path)];
      channel = await world.createChannel(path, [ann, bob]);
    });

    it('are created with a creator, members and data, and the same one is got again', async () => {
      const name = world.unique('made');
      const given = {
        type: 'PRIVATE',
        name,
        display_name: 'Made',
        creator: { username: ann.name },
        members: listed([bob]),
        properties: { someKey: 1 } as never,
      };
      const { data } = await kitty.ChannelsApi.createChannel(given);
      expect(data).toMatchObject({ type: 'PRIVATE', name, display_name: 'Made', properties: { someKey: 1 } });
      expect(data.creator).toMatchObject({ id: ann.id, display_name: ann.display_name, isGuest: false });
      expect((await kitty.ChannelsApi.createChannel(given)).data.id).toBe(data.id);
      expect((await kitty.ChannelsApi.retrieveChannel(data.id)).data).toEqual(data);
      const accept = 'application/vnd.chatkitty+json';
      expect((await world.client.get(href(data, 'self'), { headers: { accept } })).body).toEqual(data);
    });

    it('of two people are there once', async () => {
      const direct: CreateChannelResource = { type: 'DIRECT', members: listed([ann, cyd]) };
      const { data } = await kitty.ChannelsApi.createChannel(direct);
      expect(data).toMatchObject({ type: 'DIRECT', members: [{ id: ann.id }, { id: cyd.id }] });
      expect((await kitty.ChannelsApi.createChannel(direct)).data.id).toBe(data.id);
    });

    it('are refused with a Set, with the reason', async () => {
      const members = new Set([{ id: ann.id }, { id: bob.id }]);
      const { status, data } = await refusal(kitty.ChannelsApi.createChannel({ type: 'DIRECT', members }));
      expect(status).toBe(400);
      expect(data.errors).toEqual([expect.objectContaining({ field: 'members', code: 'invalid' })]);
      expect(JSON.stringify(data)).toContain('a JavaScript Set serialises to {}');
    });

    it('are listed by type, members, time and data', async () => {
      const tagged = await world.createChannel(path, [ann], { properties: { tag: path } });
      const list = async (...filters: unknown[]) => {
        const listChannels = kitty.ChannelsApi.listChannels.bind(kitty.ChannelsApi) as (
          ...given: unknown[]
        ) => ReturnType<ChatKitty['ChannelsApi']['listChannels']>;
        return idsOf((await listChannels(0, 100, ['createdTime,desc'], ...filters)).data._embedded!.channels);
      };
      expect(await list('PUBLIC', [ann.name, bob.name])).toEqual([channel.id]);
      expect(await list(undefined, undefined, undefined, undefined, JSON.stringify({ tag: path }))).toEqual([
        tagged.id,
      ]);
      expect(await list('PUBLIC', [ann.name], channel.created_time)).toEqual([tagged.id, channel.id]);
      expect(await list('PUBLIC', [ann.name], undefined, channel.created_time)).toEqual([]);
    });

    it('are updated', async () => {
      const { data } = await kitty.ChannelsApi.updateChannel(channel.id, { display_name: 'New', properties: { a: 1 } });
      expect(data).toMatchObject({ id: channel.id, display_name: 'New', properties: { a: 1 } });
      expect((await kitty.ChannelsApi.updateChannel(channel.id)).data).toEqual(data);
    });

    it('get members and lose them', async () => {
      const members = async () => idsOf((await kitty.ChannelsApi.listChannelMembers(channel.id)).data._embedded!.users);
      expect((await kitty.ChannelsApi.addChannelMember(channel.id, { username: cyd.name })).data.id).toBe(channel.id);
      expect((await members()).sort()).toEqual(idsOf([ann, bob, cyd]).sort());
      const memberships = (await kitty.ChannelsApi.listChannelMemberships(channel.id)).data;
      expect(memberships.page!.total_elements).toBe(3);
      expect(memberships._embedded!.memberships![0]!.created_time).toMatch(/Z$/);
      expect((await kitty.ChannelsApi.removeChannelMember(channel.id, cyd.id)).data.id).toBe(channel.id);
      expect((await members()).sort()).toEqual(idsOf([ann, bob]).sort());
    });

    it('get moderators and lose them', async () => {
      const moderators = async () =>
        idsOf((await kitty.ChannelsApi.listChannelModerators(channel.id)).data._embedded!.users);
      expect((await kitty.ChannelsApi.addChannelModerator(channel.id, { id: ann.id })).data).toMatchObject({
        id: ann.id,
        display_name: ann.display_name,
      });
      expect(await moderators()).toEqual([ann.id]);
      expect((await kitty.ChannelsApi.removeChannelModerator(channel.id, ann.id)).data.id).toBe(channel.id);
      expect(await moderators()).toEqual([]);
    });

    it('invite', async () => {
      const { data } = await kitty.ChannelsApi.sendChannelInvite(channel.id, { user: { id: cyd.id } });
      expect(data.created_time).toMatch(/Z$/);
      expect(href(data, 'invitee')).toMatch(new RegExp(`/users/${cyd.id}$`));
      const invites = (await kitty.ChannelsApi.listChannelInvites(channel.id)).data;
      expect(invites._embedded!.invites).toEqual([data]);
    });

    it('pass on events and keystrokes', async () => {
      const event = { type: 'poll.opened', properties: { pollId: 1 } as never };
      expect((await kitty.ChannelsApi.sendChannelEvent(channel.id, event)).data).toMatchObject(event);
      const keystrokes = { keys: 'Hel', user: { id: ann.id } };
      expect((await kitty.ChannelsApi.sendChannelKeystrokes(channel.id, keystrokes)).data).toEqual(
        expect.objectContaining({ keys: 'Hel', username: ann.name }),
      );
      const participants = (await kitty.ChannelsApi.listChannelParticipants(channel.id)).data;
      expect([participants._embedded!.users, participants.page!.total_elements]).toEqual([[], 0]);
    });

    it('have messages of people and of the system', async () => {
      const { data } = await kitty.ChannelsApi.sendChannelMessage(channel.id, {
        type: 'TEXT',
        body: `Hi <@${bob.name}>`,
        group_tag: 'g',
        user: { username: ann.name },
        properties: { refId: 7 },
      } as never);
      expect(data).toMatchObject({
        type: 'TEXT',
        channel_id: channel.id,
        group_tag: 'g',
        nested_level: 0,
        user: { id: ann.id, display_name: ann.display_name },
        mentions: [{ type: 'USER', start_position: 3, user: { id: bob.id } }],
        properties: { refId: 7 },
      });
      const file = { url: 'https://example.org/a.png', name: 'a.png', content_type: 'image/png', size: 7 };
      const system = (await kitty.ChannelsApi.sendChannelMessage(channel.id, { type: 'FILE', file } as never)).data;
      expect(system).toMatchObject({ type: 'SYSTEM_FILE', file: { type: 'EXTERNAL', ...file } });

      const list = kitty.ChannelsApi.listChannelMessages.bind(kitty.ChannelsApi);
      const newest = (await list(channel.id, 1)).data;
      expect([idsOf(newest._embedded!.messages), newest.page.total]).toEqual([[system.id], 2]);
      const cursor = [Number(newest.page.start), Number(newest.page.next)] as const;
      expect(idsOf((await list(channel.id, 1, ...cursor, 'NEXT')).data._embedded!.messages)).toEqual([data.id]);
      const by = await list(channel.id, 25, undefined, undefined, undefined, ann.name, 'hi');
      expect(idsOf(by.data._embedded!.messages)).toEqual([data.id]);
      const last = (await kitty.ChannelsApi.retrieveChannel(channel.id)).data.last_received_message;
      expect(last).toMatchObject({ id: system.id, channel_id: channel.id });
    });

    it('list what was reported, which is nothing', async () => {
      const { data } = await kitty.ChannelsApi.listChannelReportedMessages(channel.id);
      expect([data._embedded!.messages, data.page!.total_elements]).toEqual([[], 0]);
    });

    it('are deleted', async () => {
      const { id } = await world.createChannel(path, [ann]);
      expect((await kitty.ChannelsApi.deleteChannel(id)).data).toMatchObject({ key: expect.any(String) });
      expect((await refusal(kitty.ChannelsApi.retrieveChannel(id))).status).toBe(404);
    });

    it('have been used by every method that the server has an operation for', () => {
      const { supported, answered } = world.used(path, ['ChannelsApi']);
      expect(supported).toHaveLength(20);
      expect(answered).toEqual(supported);
    });
  });
});
