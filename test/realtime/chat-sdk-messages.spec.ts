import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatUser, ChatWorld, done, Ears, failure, idsOf } from '../support/chat-world.js';

const HANDLERS = [
  'onReceivedMessage',
  'onReceivedKeystrokes',
  'onTypingStarted',
  'onTypingStopped',
  'onParticipantEnteredChat',
  'onParticipantLeftChat',
  'onParticipantPresenceChanged',
  'onEventTriggered',
  'onMessageUpdated',
  'onChannelUpdated',
  'onMessageRead',
  'onMessageReactionAdded',
  'onMessageReactionRemoved',
];

describe('chats with the published chat SDK', () => {
  let world: ChatWorld;
  let ann: ChatUser;
  let bob: ChatUser;
  let channel: any;
  let bobsChat: any;
  const bobs = new Ears();

  const annSends = async (body: string) => (await done(ann.sdk.sendMessage({ channel, body }))).message;
  const bobHears = async (body: string) =>
    (await bobs.next('onReceivedMessage', (message) => message.body === body))[0];

  beforeAll(async () => {
    world = await ChatWorld.start('chat-sdk-messages');
    [ann, bob] = [await world.app({ displayName: 'Ann' }), await world.app({ displayName: 'Bob' })];
    const members = [{ id: bob.user.id }];
    ({ channel } = await done(ann.sdk.createChannel({ type: 'PRIVATE', name: 'chat', members })));
    bobsChat = bob.sdk.startChatSession({ channel, ...bobs.all(...HANDLERS) }).session;
    await world.inside(channel, bob.user);
  });
  afterAll(() => world.stop());

  it('say things, and hear them', async () => {
    const text = await done(
      ann.sdk.sendMessage({
        channel,
        body: `<@${bob.user.name}>, see https://a.example`,
        properties: { mood: 'good' },
      }),
    );
    expect(text.message).toMatchObject({
      type: 'TEXT',
      user: { id: ann.user.id },
      properties: { mood: 'good' },
      links: [{ source: 'https://a.example' }],
      mentions: [{ type: 'USER', user: { id: bob.user.id } }],
    });
    expect((await bobHears(text.message.body)).id).toBe(text.message.id);
    const file = { url: 'https://files.example/a.pdf', name: 'a.pdf', contentType: 'application/pdf', size: 3 };
    const sent = await done(ann.sdk.sendMessage({ channel, file }));
    expect(sent.message).toMatchObject({ type: 'FILE', file: { ...file, type: 'EXTERNAL', url: expect.any(String) } });
    await bobs.next('onReceivedMessage', ({ id }) => id === sent.message.id);

    const said = await world.test.make.message(channel, 'From the back-end');
    const heard = await bobHears('From the back-end');
    expect([heard.id, heard.type, 'user' in heard]).toEqual([said.id, 'SYSTEM_TEXT', false]);

    const { paginator } = await done(bob.sdk.getMessages({ channel }));
    expect(idsOf(paginator.items)).toEqual([said.id, sent.message.id, text.message.id]);
    const { messages } = (await world.get(`/v1/channels/${channel.id}/messages`))._embedded;
    expect(idsOf(messages)).toEqual([said.id, sent.message.id, text.message.id]);
    expect((await done(bob.sdk.getMessageChannel({ message: heard }))).channel.id).toBe(channel.id);
  });

  it('edit and delete what they said', async () => {
    const message = await annSends('Helo');
    await bobHears('Helo');
    expect(await failure(bob.sdk.editMessage({ message, body: 'Mine' }))).toBe('ClientError');
    expect((await done(ann.sdk.editMessage({ message, body: 'Hello' }))).message.body).toBe('Hello');
    await bobs.next('onMessageUpdated', ({ id, body }) => id === message.id && body === 'Hello');
    await world.test.client.patch(`/v1/messages/${message.id}`, { body: 'Hello!' });
    await bobs.next('onMessageUpdated', ({ body }) => body === 'Hello!');

    expect((await done(bob.sdk.deleteMessageForMe({ message }))).message.id).toBe(message.id);
    expect(idsOf((await done(bob.sdk.getMessages({ channel }))).paginator.items)).not.toContain(message.id);
    expect(idsOf((await done(ann.sdk.getMessages({ channel }))).paginator.items)).toContain(message.id);
    expect((await done(ann.sdk.deleteMessage({ message }))).message.id).toBe(message.id);
    await bobs.next('onMessageUpdated', ({ id, body }) => id === message.id && body === '');
    expect((await world.test.client.get(`/v1/messages/${message.id}`)).status).toBe(404);

    const removed = await world.test.make.message(channel, 'Spam', ann.user);
    await bobHears('Spam');
    await world.test.client.delete(`/v1/messages/${removed.id}`);
    await bobs.next('onMessageUpdated', ({ id, body }) => id === removed.id && body === '');
  });

  it('reply, in the thread of a message', async () => {
    const message = await annSends('Who comes?');
    await bobHears('Who comes?');
    expect((await done(ann.sdk.sendMessage({ message, body: 'I do' }))).message.nestedLevel).toBe(1);
    const [reply, parent] = await bobs.next('onReceivedMessage', ({ body }) => body === 'I do');
    expect([reply.user.id, parent.id]).toEqual([ann.user.id, message.id]);
    expect((await done(bob.sdk.getMessageParent({ message: reply }))).message.id).toBe(message.id);
    await expect(bob.sdk.getMessageParent({ message })).rejects.toMatchObject({ error: 'MessageNotAReplyError' });
    expect((await done(bob.sdk.getMessageRepliesCount({ message }))).count).toBe(1);
    expect(idsOf((await done(bob.sdk.getMessages({ message }))).paginator.items)).toEqual([reply.id]);
    const main = await done(bob.sdk.getMessages({ channel, filter: { mainThread: true } }));
    expect(idsOf(main.paginator.items)).toContain(message.id);
    expect(idsOf(main.paginator.items)).not.toContain(reply.id);
  });

  it('have threads', async () => {
    const { thread } = await done(ann.sdk.createThread({ channel, name: 'Plans', properties: { year: 2027 } }));
    expect(thread).toMatchObject({ type: 'STANDALONE', name: 'Plans', properties: { year: 2027 } });
    const all = await done(bob.sdk.getThreads({ channel }));
    expect(all.paginator.items.map(({ type }: any) => type).sort()).toEqual(['MAIN', 'MESSAGE', 'STANDALONE']);
    const named = await done(bob.sdk.getThreads({ channel, filter: { standalone: true } }));
    expect(idsOf(named.paginator.items)).toEqual([thread.id]);
    const others = await done(bob.sdk.getThreads({ channel, filter: { includeMainThread: false } }));
    const ofMessage = others.paginator.items.find(({ type }: any) => type === 'MESSAGE');
    expect(others.paginator.items).toHaveLength(2);

    expect((await done(bob.sdk.getThreadChannel({ thread }))).channel.id).toBe(channel.id);
    expect((await done(bob.sdk.getThreadMessage({ thread: ofMessage }))).message.body).toBe('Who comes?');
    expect(await failure(bob.sdk.getThreadMessage({ thread }))).toBe('ResourceNotFoundError');
    expect((await done(ann.sdk.sendMessage({ thread, body: 'A trip' }))).message.body).toBe('A trip');
    const { messages } = (await world.get(`/v1/threads/${thread.id}/messages`))._embedded;
    expect(messages.map(({ body }: any) => body)).toEqual(['A trip']);
    await done(bob.sdk.readThread({ thread }));
    expect((await done(bob.sdk.getChannelUnread({ channel }))).unread).toBe(false);
  });

  it('read', async () => {
    await done(bob.sdk.readChannel({ channel }));
    const before = (await done(bob.sdk.getUnreadMessagesCount())).count;
    const [first, second] = [await annSends('One'), await annSends('Two')];
    await bobHears('Two');
    expect((await done(bob.sdk.getUnreadMessagesCount())).count).toBe(before + 2);
    expect((await done(bob.sdk.getUnreadMessagesCount({ channel }))).count).toBe(2);
    expect((await done(bob.sdk.getUnreadChannelsCount())).count).toBe(1);
    expect((await done(bob.sdk.getUnreadChannelsCount({ filter: { type: 'DIRECT' } }))).count).toBe(0);
    expect(idsOf((await done(bob.sdk.getChannels({ filter: { unread: true } }))).paginator.items)).toEqual([
      channel.id,
    ]);

    const annsEars = new Ears();
    const chat = ann.sdk.startChatSession({ channel, ...annsEars.all('onMessageRead') }).session;
    await world.inside(channel, ann.user, bob.user);
    await done(bob.sdk.readMessage({ message: first }));
    const [read, receipt] = await annsEars.next('onMessageRead');
    expect([read.id, receipt.user.id]).toEqual([first.id, bob.user.id]);
    const receipts = (await done(ann.sdk.getReadReceipts({ message: first }))).paginator.items;
    expect(receipts.map(({ user }: any) => user.id)).toEqual([bob.user.id]);
    const ofBob = { channel, username: bob.user.name };
    expect((await done(ann.sdk.getLastReadMessage(ofBob))).message.id).toBe(first.id);
    expect((await done(bob.sdk.getChannelUnread({ channel }))).unread).toBe(true);

    await world.test.make.read(channel, bob.user);
    await annsEars.next('onMessageRead', ({ id }) => id === second.id);
    expect((await done(bob.sdk.getChannelUnread({ channel }))).unread).toBe(false);
    chat.end();
    await world.inside(channel, bob.user);
    await bobs.next('onParticipantEnteredChat', ({ id }) => id === ann.user.id);
    await bobs.next('onParticipantLeftChat', ({ id }) => id === ann.user.id);
  });

  it('react', async () => {
    const message = await annSends('Cake!');
    await bobHears('Cake!');
    const { reaction } = await done(bob.sdk.reactToMessage({ message, emoji: ':thumbsup:' }));
    expect(reaction).toMatchObject({ emoji: { character: '👍' }, user: { id: bob.user.id } });
    const [reacted, added] = await bobs.next('onMessageReactionAdded');
    expect(reacted.reactions).toMatchObject([{ emoji: { character: '👍' }, count: 1, users: [{ id: bob.user.id }] }]);
    expect(added.user.id).toBe(bob.user.id);
    const { items } = (await done(ann.sdk.getReactions({ message }))).paginator;
    expect(items.map(({ user }: any) => user.id)).toEqual([bob.user.id]);
    expect(await failure(ann.sdk.reactToMessage({ message, emoji: 'no emoji' }))).toBe('ClientError');
    expect((await done(bob.sdk.removeReaction({ message, emoji: 'thumbsup' }))).reaction.user.id).toBe(bob.user.id);
    await bobs.next('onMessageReactionRemoved', ({ id }) => id === message.id);
  });

  it('type, and let each other know things', async () => {
    const out = new Ears();
    bob.sdk.onParticipantStartedTyping(out.on('started'));
    bob.sdk.onParticipantStoppedTyping(out.on('stopped'));
    ann.sdk.sendKeystrokes({ channel, keys: 'Hel' });
    const [keystrokes] = await bobs.next('onReceivedKeystrokes');
    expect(keystrokes).toMatchObject({ username: ann.user.name, keys: 'Hel' });
    expect((await bobs.next('onTypingStarted'))[0].id).toBe(ann.user.id);
    expect((await out.next('started'))[0].id).toBe(ann.user.id);
    await annSends('Hello');
    expect((await bobs.next('onTypingStopped'))[0].id).toBe(ann.user.id);
    expect((await out.next('stopped'))[0].id).toBe(ann.user.id);
    const path = `/v1/channels/${channel.id}`;
    for (const keys of ['Hi', ''])
      await world.test.client.post(`${path}/keystrokes`, { keys, user: { id: ann.user.id } });
    await bobs.next('onTypingStarted');
    await bobs.next('onTypingStopped');

    await done(ann.sdk.triggerEvent({ channel, type: 'ring', properties: { loud: true } }));
    const [rung] = await bobs.next('onEventTriggered');
    expect(rung).toMatchObject({ type: 'ring', properties: { loud: true }, user: { id: ann.user.id } });
    await world.test.client.post(`${path}/events`, { type: 'stop', properties: {} });
    expect((await bobs.next('onEventTriggered', ({ type }) => type === 'stop'))[0].user).toBeUndefined();
    await world.test.client.patch(path, { displayName: 'Chatter' });
    await bobs.next('onChannelUpdated', ({ displayName }) => displayName === 'Chatter');
  });

  it('are notified of what they do not look at', async () => {
    const ears = new Ears();
    ann.sdk.onNotificationReceived(ears.on('notified'));
    await done(bob.sdk.sendMessage({ channel, body: 'Anybody there?' }));
    const [notification] = await ears.next('notified', ({ body }) => body === 'Anybody there?');
    expect(notification).toMatchObject({
      channel: { id: channel.id },
      data: { type: 'USER:SENT:MESSAGE' },
      muted: false,
    });
    const { notifications } = (await world.get(`/v1/users/${ann.user.id}/notifications`))._embedded;
    expect(idsOf(notifications)).toContain(notification.id);
  });

  /** The SDK takes handlers for threads, but never asks for what they are to be called with. */
  it('could hear threads, as long as they are in the channel', async () => {
    const { client } = world.test;
    const { thread } = await done(ann.sdk.createThread({ channel, name: 'Secrets' }));
    const ears = new Ears();
    const topic = thread._topics.messages;
    const { stompX } = bob.sdk;
    stompX.listenForEvent({ topic, event: 'thread.message.created', onSuccess: ears.on('heard') });
    const listen = async () => {
      const end = stompX.listenToTopic({ topic, onSuccess: ears.on('listening') });
      await ears.next('listening');
      return end as () => void;
    };
    const say = (body: string) => done(ann.sdk.sendMessage({ thread, body }));
    const end = await listen();
    await say('For members');
    await ears.next('heard', ({ body }) => body === 'For members');
    await client.delete(`/v1/channels/${channel.id}/members/${bob.user.id}`);
    await say('Not for Bob');
    end();
    await client.post(`/v1/channels/${channel.id}/members`, { id: bob.user.id });
    await listen();
    await say('For all again');
    await ears.next('heard', ({ body }) => body === 'For all again');
    expect(ears.has('heard', ({ body }) => body === 'Not for Bob')).toBe(false);
    bobsChat = bob.sdk.startChatSession({ channel, ...bobs.all(...HANDLERS) }).session;
    await world.inside(channel, bob.user);
  });

  it('end', async () => {
    const cat = await world.test.make.user();
    await world.test.client.post(`/v1/channels/${channel.id}/members`, { id: cat.id });
    const cats = await world.connect(cat);
    await bobs.next('onParticipantPresenceChanged', ({ id, presence }) => id === cat.id && presence.online);
    await cats.endSession();
    await bobs.next('onParticipantPresenceChanged', ({ id, presence }) => id === cat.id && !presence.online);
    bobsChat.end();
    await world.inside(channel);
    await annSends('Is anybody still here?');
    const again = new Ears();
    bob.sdk.startChatSession({ channel, ...again.all('onReceivedMessage') });
    await world.inside(channel, bob.user);
    await annSends('Welcome back');
    await again.next('onReceivedMessage', ({ body }) => body === 'Welcome back');
    expect(bobs.has('onReceivedMessage', ({ body }) => body === 'Is anybody still here?')).toBe(false);
  });

  it('are used in every way that they can be', () => {
    expect(world.unused()).toEqual([]);
  });
});
