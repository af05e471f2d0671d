import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { methodsOf } from '../support/chat-methods.js';
import { ChatSdk, coreSdk } from '../support/chat-sdk.js';
import { ChatUser, ChatWorld, done, Ears, failure, idsOf } from '../support/chat-world.js';
import { MadeUser } from '../support/make.js';
import { PNG } from '../support/png.js';

const PAGE = 'https://app.example';
const HANDLERS = methodsOf('core-sdk').filter((name) => /^on[A-Z]/.test(name));
const CHAT_HANDLERS = [
  'onMessageReceived',
  'onKeystrokesReceived',
  'onTypingStarted',
  'onTypingStopped',
  'onParticipantEnteredChat',
  'onParticipantLeftChat',
  'onMemberJoined',
  'onMemberLeft',
  'onModeratorAdded',
  'onModeratorDeleted',
  'onMemberBlocked',
  'onMemberUnblocked',
  'onEventTriggered',
  'onMessageUpdated',
  'onMessageDeleted',
  'onMessageRead',
  'onMessageUnread',
  'onMessageReactionAdded',
  'onMessageReactionRemoved',
];

describe('apps with the published core SDK', () => {
  let world: ChatWorld;
  let ann: MadeUser;
  let sdk: ChatSdk;
  let bob: ChatUser;
  let channel: any;
  const ears = new Ears();
  const chat = new Ears();

  const send = async (body: string) => (await done(sdk.sendMessage({ channel, body }))).message;
  const bobSends = async (body: string) => (await done(bob.sdk.sendMessage({ channel, body }))).message;
  const bobsRef = () => ({ id: bob.user.id });

  beforeAll(async () => {
    world = await ChatWorld.start('core-sdk', { CORS_ORIGINS: PAGE });
    [ann, bob] = [await world.test.make.user({ displayName: 'Ann' }), await world.app({ displayName: 'Bob' })];
    sdk = await world.connect(ann, { sdk: await coreSdk(world.test) });
    for (const name of HANDLERS) sdk[name](ears.on(name));
    const members = [bobsRef()];
    ({ channel } = await done(sdk.createChannel({ type: 'PUBLIC', name: 'core', displayName: 'Core', members })));
    await ears.next('onChannelJoined', ({ id }) => id === channel.id);
    await done(sdk.startChatSession({ channel, ...chat.all(...CHAT_HANDLERS) }));
    await world.inside(channel, ann);
  });
  afterAll(() => world.stop());

  it('know and change themselves', async () => {
    expect((await done(sdk.retrieveCurrentUser())).user).toMatchObject({ id: ann.id, presence: { online: true } });
    const { user } = await done(sdk.updateCurrentUser((own: any) => ({ ...own, displayName: 'Anna' })));
    expect(user.displayName).toBe('Anna');
    await world.test.client.patch(`/v1/users/${ann.id}`, { displayName: 'Annabel' });
    await ears.next('onCurrentUserChanged', (told) => told?.displayName === 'Annabel');
    await world.test.client.patch(`/v1/users/${bob.user.id}`, { displayName: 'Bobby' });
    await ears.next('onUserUpdated', ({ id, displayName }) => id === bob.user.id && displayName === 'Bobby');
    const file = { uri: `data:image/png;base64,${PNG.toString('base64')}`, name: 'me.png' };
    const pictured = await done(sdk.updateCurrentUserDisplayPicture({ file }));
    const picture = await fetch(pictured.user.displayPictureUrl);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);
  });

  it('see others, and block them', async () => {
    const { paginator } = await done(sdk.listUsers({ filter: { displayName: 'bobby' } }));
    expect(idsOf(paginator.items)).toEqual([bob.user.id]);
    expect((await done(sdk.listUsersCount())).count).toBeGreaterThan(0);
    const { user } = await done(sdk.retrieveUser(bob.user.id));
    expect((await done(sdk.checkUserIsChannelMember({ user, channel }))).isChannelMember).toBe(true);
    expect((await done(sdk.blockUser({ user }))).user.id).toBe(bob.user.id);
    expect((await ears.next('onUserBlocked'))[0].user.id).toBe(bob.user.id);
    const { items } = (await done(sdk.listUserBlockedRecords())).paginator;
    expect((await done(sdk.deleteUserBlockedRecord({ item: items[0] }))).user.id).toBe(bob.user.id);
    await ears.next('onUserUnblocked', ({ id }) => id === bob.user.id);
    expect(await failure(sdk.deleteUser({ user }))).toBe('AccessDeniedError');
  });

  it('moderate', async () => {
    await done(sdk.addChannelModerator({ channel, user: bobsRef() }));
    await chat.next('onModeratorAdded', ({ id }) => id === bob.user.id);
    expect(idsOf((await done(sdk.listChannelModerators({ channel }))).paginator.items)).toEqual([bob.user.id]);
    await done(sdk.deleteChannelModerator({ channel, user: bobsRef() }));
    await chat.next('onModeratorDeleted', ({ id }) => id === bob.user.id);
    const { record } = await done(sdk.blockChannelUser({ channel, user: bobsRef() }));
    expect(record.user.id).toBe(bob.user.id);
    await chat.next('onMemberBlocked', (told) => told.user.id === bob.user.id);
    await chat.next('onMemberLeft', ({ id }) => id === bob.user.id);
    expect(await failure(bob.sdk.joinChannel({ channel: { ...channel, _actions: { join: joinOf(channel) } } }))).toBe(
      'ClientError',
    );
    const { items } = (await done(sdk.listChannelBlockRecords({ channel }))).paginator;
    expect(items.map((item: any) => item.user.id)).toEqual([bob.user.id]);
    await done(sdk.unblockChannelUser({ record: items[0] }));
    await chat.next('onMemberUnblocked', (told) => told.user.id === bob.user.id);
    expect((await done(sdk.inviteUser({ channel, user: bobsRef() }))).user.id).toBe(bob.user.id);
    await chat.next('onMemberJoined', ({ id }) => id === bob.user.id);
    await done(sdk.leaveChannel({ channel, user: bobsRef() }));
    await chat.next('onMemberLeft', ({ id }) => id === bob.user.id);
    await done(sdk.inviteUser({ channel, user: bobsRef() }));

    const members = (await done(sdk.listChannelMembers({ channel }))).paginator;
    // Ordered by what they are called: Annabel, Bobby.
    expect(idsOf(members.items)).toEqual([ann.id, bob.user.id]);
    const many = await world.test.make.channel({ members: await world.test.make.users(26) });
    await done(sdk.joinChannel(await done(sdk.retrieveChannel(many.id))));
    const first = (await done(sdk.listChannelMembers(await done(sdk.retrieveChannel(many.id))))).paginator;
    const names = [...first.items, ...(await first.nextPage()).items].map((user: any) => user.displayName as string);
    expect(names).toEqual([...names].sort());
    expect(names).toHaveLength(27);
    await done(sdk.leaveChannel({ channel: (await done(sdk.retrieveChannel(many.id))).channel, user: { id: ann.id } }));
    await ears.next('onChannelLeft', ({ id }) => id === many.id);
  });

  it('talk', async () => {
    const hosted = await done(
      sdk.sendMessage({ channel, file: new File(['Hello'], 'a.txt'), groupTag: 'g', properties: { n: 1 } }),
    );
    expect(hosted.message).toMatchObject({
      type: 'FILE',
      groupTag: 'g',
      properties: { n: 1 },
      file: { name: 'a.txt' },
    });
    expect(await (await fetch(hosted.message.file.url)).text()).toBe('Hello');
    const files = (await done(sdk.listMessages({ filter: { type: 'FILE' } }))).paginator;
    expect(idsOf(files.items)).toEqual([hosted.message.id]);

    const message = await bobSends('Question?');
    const [heard] = await chat.next('onMessageReceived', ({ id }) => id === message.id);
    const reply = (await done(sdk.sendMessage({ message: heard, body: 'Answer' }))).message;
    const answered = await done(sdk.sendMessage({ message: heard, file: new File(['See'], 'b.txt') }));
    expect(answered.message.nestedLevel).toBe(1);
    expect((await done(sdk.countMessageReplies({ message: heard }))).count).toBe(2);
    expect((await done(sdk.retrieveMessageParent({ message: reply }))).message.id).toBe(message.id);
    expect((await done(sdk.retrieveMessageChannel({ message: reply }))).channel.id).toBe(channel.id);

    const own = await send('Text');
    expect((await done(sdk.editMessage({ message: own, body: 'Other text' }))).message.body).toBe('Other text');
    await chat.next('onMessageUpdated', ({ body }) => body === 'Other text');
    const kept = await done(sdk.updateMessageProperties({ message: own, properties: { kept: true } }));
    expect(kept.message.properties).toEqual({ kept: true });
    await done(sdk.deleteMessage({ message: own }));
    await chat.next('onMessageDeleted', ({ id }) => id === own.id);
    const { report } = await done(sdk.reportMessage({ message: heard, reason: 'Rude', properties: { level: 2 } }));
    expect(report).toMatchObject({ reason: 'Rude', user: { id: ann.id }, properties: { level: 2 } });
    const { messages } = (await world.get(`/v1/channels/${channel.id}/reported-messages`))._embedded;
    expect(idsOf(messages)).toEqual([message.id]);

    const { reaction } = await done(sdk.reactToMessage({ message: heard, emoji: 'heart' }));
    expect(reaction.emoji.aliases).toContain('heart');
    await chat.next('onMessageReactionAdded', ({ id }) => id === message.id);
    expect((await done(sdk.listReactions({ message: heard }))).paginator.items).toHaveLength(1);
    await done(sdk.removeReaction({ message: heard, emoji: 'heart' }));
    await chat.next('onMessageReactionRemoved', ({ id }) => id === message.id);

    const { thread } = await done(sdk.createThread({ channel, name: 'Aside' }));
    const threads = (await done(sdk.listThreads({ channel, filter: { includeMainThread: false } }))).paginator.items;
    expect((await done(sdk.listThreadChannel({ thread }))).channel.id).toBe(channel.id);
    const ofMessage = threads.find(({ type }: any) => type === 'MESSAGE');
    expect((await done(sdk.listThreadMessage({ thread: ofMessage }))).message.id).toBe(message.id);
    await done(sdk.sendMessage({ thread, file: new File(['Aside'], 'c.txt') }));
    await done(sdk.readThread({ thread }));
  });

  it('send files with a grant for that, and nobody without', async () => {
    const addressOf = ({ id }: { id: number }) => `${world.test.url}/streams/channels/${id}/messages`;
    const url = addressOf(channel);
    const post = async (address: string, grant?: string) => {
      const body = new FormData();
      body.append('file', new File([PNG], 'a.png'));
      const headers = { origin: PAGE, ...(grant !== undefined && { grant }) };
      const { status, headers: answered } = await fetch(address, { method: 'POST', body, headers });
      return [status, answered.get('access-control-allow-origin')];
    };
    const { writeFileGrant, messageMapper } = sdk;
    expect(await post(url)).toEqual([403, PAGE]);
    expect(await post(url, messageMapper.readFileGrant)).toEqual([403, PAGE]);
    expect(await post(url, writeFileGrant)).toEqual([200, PAGE]);
    const others = await world.test.make.channel({ type: 'PRIVATE' });
    expect((await post(addressOf(others), writeFileGrant))[0]).toBe(400);
    const picture = `${world.test.url}/streams/users/${bob.user.id}/display-picture`;
    expect((await post(picture, writeFileGrant))[0]).toBe(404);
    const asked = { origin: PAGE, 'access-control-request-method': 'POST', 'access-control-request-headers': 'Grant' };
    const { status, headers } = await fetch(url, { method: 'OPTIONS', headers: asked });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, PAGE]);
    expect(headers.get('access-control-allow-headers')).toMatch(/\bGrant\b/);
  });

  it('read, and take it back', async () => {
    await done(sdk.readChannel({ channel }));
    expect(await failure(sdk.retrieveLastReadMessage({ channel, username: bob.user.name }))).toBe(
      'ResourceNotFoundError',
    );
    const message = await bobSends('Read me');
    const [heard] = await chat.next('onMessageReceived', ({ id }) => id === message.id);
    const counts = async () => [
      (await done(sdk.checkChannelUnread({ channel }))).unread,
      (await done(sdk.countUnreadMessages())).count,
      (await done(sdk.countUnreadChannels())).count,
    ];
    expect(await counts()).toEqual([true, 1, 1]);
    await done(sdk.readMessage({ message: heard }));
    await chat.next('onMessageRead', ({ id }) => id === message.id);
    await ears.next('onReadReceiptCreated');
    expect((await done(sdk.listReadReceipts({ message: heard }))).paginator.items).toHaveLength(1);
    const last = await done(sdk.retrieveLastReadMessage({ channel, username: ann.name }));
    expect(last.message.id).toBe(message.id);
    const { context } = await done(sdk.retrieveChannelContext({ channel }));
    expect([context.startCursor, context.readBy[message.id]]).toEqual([String(message.id), [ann.id]]);
    expect(await counts()).toEqual([false, 0, 0]);
    await done(sdk.unreadMessage({ message: heard }));
    await chat.next('onMessageUnread', ({ id }) => id === message.id);
    await ears.next('onReadReceiptDeleted');
    expect(await counts()).toEqual([true, 1, 1]);
  });

  it('signal', async () => {
    const bobs = new Ears();
    bob.sdk.startChatSession({ channel, ...bobs.all('onReceivedKeystrokes', 'onEventTriggered') });
    await world.inside(channel, ann, bob.user);
    await chat.next('onParticipantEnteredChat', ({ id }) => id === bob.user.id);
    sdk.sendKeystrokes({ channel, keys: 'Typ' });
    await bobs.next('onReceivedKeystrokes', ({ keys }) => keys === 'Typ');
    await done(sdk.triggerEvent({ channel, type: 'wave', properties: {} }));
    await bobs.next('onEventTriggered', ({ type }) => type === 'wave');
    for (const keys of ['T', ''])
      await world.test.client.post(`/v1/channels/${channel.id}/keystrokes`, { keys, user: bobsRef() });
    await ears.next('onParticipantStartedTyping', ({ id }) => id === bob.user.id);
    await ears.next('onParticipantStoppedTyping', ({ id }) => id === bob.user.id);
    await chat.next('onKeystrokesReceived', ({ username }) => username === bob.user.name);
    await chat.next('onTypingStarted', ({ id }) => id === bob.user.id);
    await chat.next('onTypingStopped', ({ id }) => id === bob.user.id);
    const cat = await world.app();
    await ears.next('onUserPresenceChanged', ({ id, presence }) => id === cat.user.id && presence.online);
  });

  it('have channels on their own terms', async () => {
    const changed = await done(sdk.updateChannel({ channel: { ...channel, displayName: 'Kernel' } }));
    expect(changed.channel.displayName).toBe('Kernel');
    await ears.next('onChannelUpdated', ({ displayName }) => displayName === 'Kernel');
    await done(sdk.muteChannel({ channel }));
    await done(sdk.unmuteChannel({ channel }));
    await done(sdk.clearChannelHistory({ channel }));
    expect((await done(sdk.listMessages({ channel }))).paginator.items).toEqual([]);
    const direct = (await done(sdk.createChannel({ type: 'DIRECT', members: [bobsRef()] }))).channel;
    await done(sdk.hideChannel({ channel: direct }));
    await ears.next('onChannelHidden', ({ id }) => id === direct.id);
    expect(idsOf((await done(sdk.listChannels())).paginator.items)).toEqual([channel.id]);
    await world.test.make.message(direct, 'Psst', bob.user);
    await ears.next('onChannelUnhidden', ({ id }) => id === direct.id);
    await ears.next('onNotificationReceived', ({ body }) => body === 'Psst');

    await done(sdk.deleteChannel({ channel }));
    const other = await world.test.make.channel({ members: [ann, bob.user] });
    await ears.next('onChannelJoined', ({ id }) => id === other.id);
    await world.test.client.delete(`/v1/channels/${other.id}`);
    await ears.next('onChannelDeleted', ({ id }) => id === other.id);
  });

  it('end', async () => {
    await sdk.endSession();
    await ears.next('onCurrentUserOffline');
    await done(sdk.startSession({ username: ann.name }));
    const { user } = await done(sdk.retrieveCurrentUser());
    expect((await done(sdk.deleteUser({ user }))).user.id).toBe(ann.id);
    expect((await world.test.client.get(`/v1/users/${ann.id}`)).status).toBe(404);
  });

  it('are used in every way that they can be', () => {
    expect(world.unused()).toEqual([]);
  });
});

const joinOf = ({ _actions }: any): string => _actions.leave.replace(/leave$/, 'join');
