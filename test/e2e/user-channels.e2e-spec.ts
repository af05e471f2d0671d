import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApplicationsService } from '../../src/applications/applications.service.js';
import { ChannelModeration } from '../../src/channels/channel-moderation.service.js';
import { ChannelParticipation } from '../../src/channels/channel-participation.service.js';
import { UserChannels } from '../../src/channels/user-channels.service.js';
import { FileGrants } from '../../src/grants/file-grants.js';
import { History } from '../../src/history/history.service.js';
import { UserSending } from '../../src/messages/user-sending.service.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { Reactions } from '../../src/reactions/reactions.service.js';
import { UserThreads } from '../../src/threads/user-threads.service.js';
import { UserBlocks } from '../../src/user-blocks/user-blocks.service.js';
import { Contacts } from '../../src/users/contacts.service.js';
import { CurrentUser } from '../../src/users/current-user.service.js';
import { startApp, TestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { Contract } from '../support/contract.js';
import { Make, MadeChannel, MadeUser } from '../support/make.js';
import { PNG } from '../support/png.js';
import { eventsOf, expectRefused, serviceOf } from '../support/user-world.js';

const TABLES = [
  'reactions',
  'reaction_counts',
  'user_blocks',
  'channel_blocks',
  'hidden_channels',
  'hidden_messages',
  'threads',
  'memberships',
];

describe('what users do with channels', () => {
  let test: TestApp;
  let app: number, other: number;
  let ann: MadeUser, bob: MadeUser, cleo: MadeUser;
  let channels: UserChannels, participation: ChannelParticipation, moderation: ChannelModeration;
  beforeAll(async () => {
    test = await startApp();
    app = test.application.applicationId;
    other = app + 1;
    channels = serviceOf(test, UserChannels);
    participation = serviceOf(test, ChannelParticipation);
    moderation = serviceOf(test, ChannelModeration);
  });
  afterAll(() => test.close());
  beforeEach(async () => {
    [ann, bob, cleo] = (await test.make.users(3)) as [MadeUser, MadeUser, MadeUser];
  });

  const wrongCounters = async () => (await new CounterCheck(test.database).run()).differences;
  const listed = async ({ id }: MadeUser, filter = {}, query = {}) =>
    (await channels.list(app, id, filter, query)).items.map(({ channel }) => channel.id);
  const joinable = async ({ id }: MadeUser, filter = {}) =>
    (await channels.listJoinable(app, id, filter, { size: 100 })).items.map(({ channel }) => channel.id);
  const view = ({ id }: MadeUser, channel: { id: number }) => channels.retrieve(app, id, channel.id);
  const created = async ({ id }: MadeUser, given: object) => (await channels.create(app, id, given)).channel;
  const ids = (users: { items: readonly { id: number }[] }) => users.items.map(({ id }) => id);

  describe('the current user', () => {
    it('changes what is their own, from all of what the app has', async () => {
      const currentUser = serviceOf(test, CurrentUser);
      const given = {
        ...ann,
        displayName: 'Ann Other',
        presence: { status: 'BUSY', online: true },
        properties: { a: null, b: 1 },
        isGuest: true,
        _relays: { self: 'x' },
      };
      await currentUser.update(app, ann.id, { properties: { gone: true } });
      await currentUser.update(app, ann.id, given);
      expect(await currentUser.retrieve(app, ann.id)).toMatchObject({
        display_name: 'Ann Other',
        is_guest: 0,
        presence_status: 'BUSY',
        presence_online: 0,
        properties: '{"a":null,"b":1}',
      });
      await expectRefused(currentUser.update(app, ann.id, { displayName: ' ' }), 'displayName');
      await expectRefused(currentUser.update(app, ann.id, []), 'body', 'invalid');
      await expectRefused(currentUser.update(other, ann.id, { displayName: 'X' }));
    });

    it('has a picture elsewhere', async () => {
      const currentUser = serviceOf(test, CurrentUser);
      const picture = { url: 'https://files.example.org/a.png', name: 'a.png', contentType: 'image/png', size: 3 };
      await currentUser.changeDisplayPicture(app, ann.id, { ...picture, more: 1 });
      expect((await currentUser.retrieve(app, ann.id)).display_picture).toBe(picture.url);
      await expectRefused(currentUser.changeDisplayPicture(app, ann.id, { ...picture, url: 'x' }), 'url');
    });

    it('has a picture here, which is handed out to whoever has its address, with a grant or without', async () => {
      const file = await test.client.upload(`/v1/users/${bob.id}/display-picture`, new Blob([PNG]));
      const url = file.body.displayPictureUrl as string;
      const grant = serviceOf(test, FileGrants).issue({ kind: 'READ', applicationId: app, userId: ann.id });
      for (const address of [url, `${url}?grant=${grant}`]) {
        const response = await fetch(address);
        expect([response.status, Buffer.from(await response.arrayBuffer())]).toEqual([200, PNG]);
      }
    });

    it('finds others by name, display name and presence', async () => {
      const contacts = serviceOf(test, Contacts);
      const dan = await test.make.user({ name: `dan-${ann.id}`, displayName: 'Daniel Öz' });
      await test.database.execute('UPDATE users SET presence_online = 1 WHERE id = ?', [dan.id]);
      const find = async (filter: object, size = 100) => ids(await contacts.list(app, ann.id, filter, { size }));
      expect(await find({ name: 'dan-' })).toContain(dan.id);
      expect(await find({ name: 'an-' })).not.toContain(dan.id);
      expect(await find({ displayName: 'niEL', online: true })).toEqual([dan.id]);
      expect(await find({ displayName: 'niEL', online: false })).toEqual([]);
      expect(await find({})).not.toContain(ann.id);
      const page = await contacts.list(app, ann.id, {}, { size: 2 });
      expect(page.totalElements).toBe(await contacts.count(app, ann.id, {}));
      expect(await contacts.count(app, ann.id, { online: true })).toBe(1);
      expect((await contacts.list(app, ann.id, {}, { size: 2, after: page.after! })).items).toHaveLength(2);
      expect(await contacts.count(other, ann.id, { name: 'dan-' })).toBe(0);
      await test.database.execute('UPDATE users SET presence_online = 0 WHERE id = ?', [dan.id]);
    });
  });

  describe('lists', () => {
    it('begin where something was said last, and know what is unread', async () => {
      const [one, two, three] = [
        await test.make.channel({ members: [ann, bob], name: `one-${ann.id}` }),
        await test.make.channel({ type: 'DIRECT', members: [ann, bob] }),
        await test.make.channel({ members: [ann, cleo] }),
      ] as [MadeChannel, MadeChannel, MadeChannel];
      expect(await listed(ann)).toEqual([three.id, two.id, one.id]);
      await test.make.message(one, 'Hello', bob);
      expect(await listed(ann)).toEqual([one.id, three.id, two.id]);
      const first = await channels.list(app, ann.id, {}, { size: 2 });
      expect(
        (await channels.list(app, ann.id, {}, { size: 2, after: first.after! })).items.map((c) => c.row.id),
      ).toEqual([two.id]);
      expect((await channels.list(app, ann.id, {}, { size: 2, page: 1 })).items.map((c) => c.row.id)).toEqual([two.id]);
      expect(await listed(ann, { unread: true })).toEqual([one.id]);
      expect(await listed(ann, { name: `one-${ann.id}` })).toEqual([one.id]);
      expect(await listed(ann, { type: 'DIRECT' })).toEqual([two.id]);
      expect(await channels.count(app, ann.id, { unread: true })).toBe(1);
      expect(await channels.count(app, ann.id, { unread: true, type: 'DIRECT' })).toBe(0);
      expect(await channels.count(app, ann.id, {})).toBe(3);
      expect(await listed(bob)).toEqual([one.id, two.id]);
      expect((await view(ann, one)).relation).toMatchObject({ isMember: true, unreadCount: 1 });
      expect((await channels.list(other, ann.id, {}, {})).items).toEqual([]);
    });
  });

  describe('joining and leaving', () => {
    it('is for public channels, and for those one is invited to', async () => {
      const open = await test.make.channel({ name: `open-${ann.id}` });
      const closed = await test.make.channel({ type: 'PRIVATE' });
      expect(await joinable(ann, { name: `open-${ann.id}` })).toEqual([open.id]);
      expect((await view(ann, open)).permissions).toMatchObject({ join: true, leave: false, invite: false });
      await participation.join(app, ann.id, open.id);
      await participation.join(app, ann.id, open.id);
      expect(await joinable(ann)).not.toContain(open.id);
      expect((await view(ann, open)).permissions).toMatchObject({ join: false, leave: true, invite: true });
      await expectRefused(view(ann, closed));
      await expectRefused(participation.join(app, ann.id, closed.id));
      await test.client.post(`/v1/channels/${closed.id}/invites`, { user: { id: ann.id } });
      await participation.join(app, ann.id, closed.id);
      expect(await listed(ann)).toEqual([closed.id, open.id]);
      await participation.leave(app, ann.id, closed.id);
      await expectRefused(participation.leave(app, ann.id, closed.id));
      await expectRefused(participation.join(app, ann.id, closed.id));
      await expectRefused(participation.join(other, ann.id, open.id));
      expect(await wrongCounters()).toEqual([]);
    });

    it('brings others in', async () => {
      const channel = await test.make.channel({ type: 'PRIVATE', members: [ann] });
      expect((await participation.invite(app, ann.id, channel.id, { username: bob.name })).id).toBe(bob.id);
      expect(await listed(bob)).toEqual([channel.id]);
      expect((await eventsOf(test, 'channel.member_added')).at(-1)).toMatchObject({
        subjectId: bob.id,
        channelId: channel.id,
        inviterId: ann.id,
      });
      await expectRefused(participation.invite(app, cleo.id, channel.id, { id: bob.id }));
      await expectRefused(participation.invite(app, ann.id, channel.id, { username: 'nobody' }), 'user', 'missing');
    });
  });

  describe('hiding', () => {
    it('ends when something is said, and tells so', async () => {
      const channel = await test.make.channel({ type: 'DIRECT', members: [ann, bob] });
      await test.make.message(channel, 'Before', bob);
      await participation.hide(app, ann.id, channel.id);
      await participation.hide(app, ann.id, channel.id);
      expect(await listed(ann)).toEqual([]);
      expect(await channels.count(app, ann.id, { unread: true })).toBe(0);
      expect(await listed(bob)).toEqual([channel.id]);
      expect((await view(ann, channel)).relation.isHidden).toBe(true);
      await test.make.message(channel, 'After', bob);
      expect(await listed(ann)).toEqual([channel.id]);
      const told = [...(await eventsOf(test, 'channel.hidden')), ...(await eventsOf(test, 'channel.unhidden'))];
      expect(told.filter(({ channelId }) => channelId === channel.id)).toEqual([
        { subjectId: ann.id, channelId: channel.id },
        { subjectId: ann.id, channelId: channel.id },
      ]);
      expect(await test.database.query('SELECT 1 FROM hidden_channels')).toEqual([]);
      const group = await test.make.channel({ members: [ann] });
      await expectRefused(participation.hide(app, ann.id, group.id), 'user');
    });

    it('ends when the channel is opened again', async () => {
      const given = { type: 'DIRECT', members: [{ username: bob.name }] };
      const { channel, isNew } = await channels.create(app, ann.id, given);
      expect(isNew).toBe(true);
      await participation.hide(app, ann.id, channel.id);
      const again = await channels.create(app, ann.id, given);
      expect([again.channel.id, again.isNew, again.relation.isHidden]).toEqual([channel.id, false, false]);
      expect(again.memberIds).toEqual([ann.id, bob.id]);
    });
  });

  it('are told that a channel is back, also if they hide it while something is said there', async () => {
    const sending = serviceOf(test, UserSending);
    const direct = await test.make.channel({ type: 'DIRECT', members: [ann, bob] });
    for (let round = 0; round < 30; round++) {
      const said = sending.send(app, bob.id, { channelId: direct.id }, { type: 'TEXT', body: 'Hello?' });
      // The sender has looked where the message goes, and has not said it yet.
      for (let turns = 0; turns < round % 10; turns++) await new Promise(setImmediate);
      await Promise.all([said, participation.hide(app, ann.id, direct.id)]);
      const isListed = (await channels.list(app, ann.id, {}, {})).items.length === 1;
      const told = async (type: string) =>
        (await eventsOf(test, type)).filter(({ channelId }) => channelId === direct.id).length;
      expect((await told('channel.hidden')) === (await told('channel.unhidden'))).toBe(isListed);
    }
  });

  it('join, hide and react at the same moment as often as they like', async () => {
    const open = await test.make.channel();
    const direct = await test.make.channel({ type: 'DIRECT', members: [ann, bob] });
    const people = [ann, bob, cleo, ann, bob, cleo];
    await Promise.all(people.map(({ id }) => participation.join(app, id, open.id)));
    await Promise.all(people.map(() => participation.hide(app, ann.id, direct.id)));
    const message = await test.make.message(open, 'Hello', ann);
    await Promise.all(people.map(({ id }) => serviceOf(test, Reactions).add(app, id, message.id, 'tada')));
    const [shown] = (await test.client.get(`/v1/messages/${message.id}`)).body.reactions as { count: number }[];
    expect(shown!.count).toBe(3);
    expect((await view(cleo, open)).row.member_count).toBe(3);
    expect(await wrongCounters()).toEqual([]);
    await test.make.message(direct, 'By the system');
    expect((await view(ann, direct)).relation.isHidden).toBe(false);
  });

  it('mute, for themselves', async () => {
    const channel = await test.make.channel({ members: [ann, bob] });
    await participation.setMuted(app, ann.id, channel.id, true);
    expect((await view(ann, channel)).relation.isMuted).toBe(true);
    expect((await view(bob, channel)).relation.isMuted).toBe(false);
    await participation.setMuted(app, ann.id, channel.id, false);
    expect((await view(ann, channel)).relation.isMuted).toBe(false);
    await expectRefused(participation.setMuted(app, cleo.id, channel.id, true), 'user');
  });

  describe('creating', () => {
    it('makes the creator a member who moderates', async () => {
      const name = `made-${ann.id}`;
      const channel = await created(ann, { type: 'PRIVATE', name, members: [{ id: bob.id }], properties: { a: 1 } });
      expect(channel).toMatchObject({ type: 'PRIVATE', name, creator: { id: ann.id } });
      expect((await view(ann, channel)).permissions).toMatchObject({ update: true, delete: true, moderate: true });
      expect((await view(bob, channel)).permissions).toMatchObject({ update: false, delete: false, moderate: false });
      expect((await created(bob, { type: 'PRIVATE', name })).id).toBe(channel.id);
      await expectRefused(created(cleo, { type: 'PRIVATE', name }), 'name', 'already_exists');
      await expectRefused(created(ann, { type: 'OPEN' }), 'type');
      await expectRefused(created(ann, { type: 'DIRECT', members: [] }), 'members');
    });

    it('is not for users where the application says so', async () => {
      const settings = { guestUsers: 'ENABLED', userCreatedChannels: 'DISABLED' };
      await test.client.put('/v1/application/settings', settings);
      await expectRefused(created(ann, { type: 'PUBLIC' }), 'creator', 'unprocessable');
      await test.client.put('/v1/application/settings', { ...settings, userCreatedChannels: 'ENABLED' });
    });
  });

  describe('moderating', () => {
    it('changes and deletes channels, by creators and moderators only', async () => {
      const channel = await created(ann, { type: 'PUBLIC', members: [{ id: bob.id }, { id: cleo.id }] });
      await moderation.update(app, ann.id, channel.id, { ...channel, displayName: 'New', properties: { b: 2 } });
      expect((await view(bob, channel)).channel).toMatchObject({ displayName: 'New', properties: '{"b":2}' });
      await expectRefused(moderation.update(app, bob.id, channel.id, { displayName: 'Mine' }), 'user');
      await expectRefused(moderation.addModerator(app, bob.id, channel.id, { id: bob.id }), 'user');
      await moderation.addModerator(app, ann.id, channel.id, { id: bob.id });
      await moderation.update(app, bob.id, channel.id, { displayName: 'Ours' });
      expect(ids(await participation.listModerators(app, cleo.id, channel.id, undefined, {}))).toEqual([bob.id]);
      expect(ids(await participation.listModerators(app, cleo.id, channel.id, 'xx', {}))).toEqual([]);
      await moderation.deleteModerator(app, ann.id, channel.id, { username: bob.name });
      await expectRefused(moderation.delete(app, bob.id, channel.id), 'user');
      await moderation.delete(app, ann.id, channel.id);
      await expectRefused(view(ann, channel));
    });

    it('blocks people, who cannot come back until that ends', async () => {
      const channel = await created(ann, { type: 'PUBLIC', members: [{ id: bob.id }, { id: cleo.id }] });
      await expectRefused(moderation.block(app, bob.id, channel.id, { id: cleo.id }), 'user');
      await expectRefused(moderation.block(app, ann.id, channel.id, { id: ann.id }), 'user');
      const block = await moderation.block(app, ann.id, channel.id, { id: bob.id });
      expect((await moderation.block(app, ann.id, channel.id, { id: bob.id })).id).toBe(block.id);
      expect(await listed(bob)).toEqual([]);
      expect(await joinable(bob)).not.toContain(channel.id);
      await expectRefused(participation.join(app, bob.id, channel.id), 'user');
      await expectRefused(participation.invite(app, cleo.id, channel.id, { id: bob.id }), 'user');
      expect((await test.client.post(`/v1/channels/${channel.id}/invites`, { user: { id: bob.id } })).status).toBe(400);
      expect((await test.client.post(`/v1/channels/${channel.id}/members`, { id: bob.id })).status).toBe(400);
      const page = await moderation.listBlocks(app, ann.id, channel.id, undefined, {});
      expect([page.totalElements, page.items.map((row) => row.user_id)]).toEqual([1, [bob.id]]);
      expect(await wrongCounters()).toEqual([]);
      await expectRefused(moderation.unblock(other, ann.id, block.id));
      await expectRefused(moderation.unblock(app, cleo.id, block.id), 'user');
      await moderation.unblock(app, ann.id, block.id);
      await participation.join(app, bob.id, channel.id);
      expect(ids(await participation.listMembers(app, cleo.id, channel.id, undefined, {}))).toEqual([
        ann.id,
        bob.id,
        cleo.id,
      ]);
      expect(ids(await participation.listMembers(app, cleo.id, channel.id, bob.displayName, {}))).toEqual([bob.id]);
      expect(await participation.isMember(app, cleo.id, channel.id, bob.id)).toBe(true);
      expect((await eventsOf(test, 'channel.member_unblocked')).at(-1)).toMatchObject({ subjectId: bob.id });
      expect(await wrongCounters()).toEqual([]);
    });

    it('puts people out', async () => {
      const channel = await created(ann, { type: 'PUBLIC', members: [{ id: bob.id }] });
      await moderation.removeMember(app, ann.id, channel.id, { id: bob.id });
      expect(await listed(bob)).toEqual([]);
      expect((await view(bob, channel)).permissions.join).toBe(true);
    });
  });

  it('is forgotten with the application', async () => {
    const applications = serviceOf(test, ApplicationsService);
    const third = await applications.create('Third');
    const id = third.applicationId;
    const make = new Make(await Client.of(test.url, third, new Contract()));
    const [dan, eve] = (await make.users(2)) as [MadeUser, MadeUser];
    const group = (await channels.create(id, dan.id, { type: 'PUBLIC', members: [eve] })).channel;
    const direct = (await channels.create(id, dan.id, { type: 'DIRECT', members: [eve] })).channel;
    const message = await make.message(group, 'Hello', eve);
    await serviceOf(test, Reactions).add(id, dan.id, message.id, 'tada');
    await serviceOf(test, History).deleteMessage(id, dan.id, message.id);
    await serviceOf(test, UserThreads).create(id, dan.id, group.id, { name: 'Plans' });
    await serviceOf(test, UserBlocks).block(id, dan.id, eve.id);
    await participation.hide(id, dan.id, direct.id);
    await moderation.block(id, dan.id, group.id, { id: eve.id });
    const rows = async () => {
      const counts: Record<string, number> = {};
      for (const table of TABLES) {
        const [row] = await test.database.query<{ n: number }>(
          `SELECT COUNT(*) AS n FROM ${table} WHERE application_id = ?`,
          [id],
        );
        counts[table] = Number(row!.n);
      }
      return counts;
    };
    expect(Object.values(await rows()).every((count) => count > 0)).toBe(true);
    await applications.delete(id, third.key);
    await test.jobsDone();
    expect(Object.values(await rows())).toEqual(TABLES.map(() => 0));
  });
});
