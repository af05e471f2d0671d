import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatSdk, chatSdk, coreSdk, refused, withoutWebSocket } from '../support/chat-sdk.js';
import { ChatServers, startServers } from '../support/chat-servers.js';
import { until } from '../support/wait.js';

describe('the published chat SDK, unmodified', () => {
  let test: ChatServers;
  const sessions: ChatSdk[] = [];

  async function start(username: string): Promise<ChatSdk> {
    const sdk = chatSdk(test);
    const result = await sdk.startSession({ username });
    expect(result).toMatchObject({ succeeded: true, session: { user: { name: username } } });
    sessions.push(sdk);
    return sdk;
  }

  beforeAll(async () => {
    test = await startServers();
  });
  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((sdk) => sdk.endSession()));
  });
  afterAll(() => test.close());

  it('chats: a session, a channel, messages in both directions, their history', async () => {
    const [ann, bob] = await test.make.users(2);
    const [annSdk, bobSdk] = [await start(ann!.name), await start(bob!.name)];
    const { succeeded, channel } = await annSdk.createChannel({
      type: 'PRIVATE',
      name: 'plans',
      members: [{ username: bob!.name }],
    });
    expect({ succeeded, channel }).toMatchObject({ succeeded: true, channel: { name: 'plans', type: 'PRIVATE' } });
    const heard: Record<string, string[]> = { ann: [], bob: [] };
    const listen = (sdk: ChatSdk, who: string) =>
      sdk.startChatSession({ channel, onReceivedMessage: (message: any) => heard[who]!.push(message.body) });
    const chats = [listen(annSdk, 'ann'), listen(bobSdk, 'bob')];
    expect(chats.map((chat) => chat.succeeded)).toEqual([true, true]);
    await until('both are in the channel', async () => {
      const { body } = await test.client.get(`/v1/channels/${channel.id}/participants`);
      return body._embedded.users.length === 2;
    });
    const sent = await annSdk.sendMessage({ channel, body: 'Hello, Bob: how are you? 🙂' });
    expect(sent).toMatchObject({
      succeeded: true,
      message: { body: 'Hello, Bob: how are you? 🙂', user: { name: ann!.name } },
    });
    await bobSdk.sendMessage({ channel, body: 'Fine' });
    await test.make.message(channel, 'said by the system');
    const all = ['Hello, Bob: how are you? 🙂', 'Fine', 'said by the system'];
    await until('both have heard everything', () => heard.ann!.length === 3 && heard.bob!.length === 3);
    expect(heard).toEqual({ ann: all, bob: all });

    const { paginator } = await bobSdk.getMessages({ channel });
    expect(paginator.items.map(({ body }: any) => body)).toEqual([...all].reverse());
    const listed = await bobSdk.getChannels();
    expect(listed.paginator.items.map(({ id }: any) => id)).toEqual([channel.id]);
    for (const { session } of chats) session.end();
    await until('nobody is in the channel any more', async () => {
      const { body } = await test.client.get(`/v1/channels/${channel.id}/participants`);
      return body._embedded.users.length === 0;
    });
  });

  it('speaks SockJS where there is no WebSocket', async () => {
    const [ann] = await test.make.users(1);
    const channel = await test.make.channel({ members: [ann!] });
    const sdk = await withoutWebSocket(() => start(ann!.name));
    const { message } = await sdk.sendMessage({ channel: await read(sdk, channel), body: 'Ünïcödé 🙂' });
    expect(message.body).toBe('Ünïcödé 🙂');
  });

  it('hears of what is said elsewhere, and of who comes and goes', async () => {
    const [ann, bob] = await test.make.users(2);
    const channel = await test.make.channel({ members: [ann!, bob!], displayName: 'Plans' });
    const sdk = await start(ann!.name);
    const [notifications, presence, participants]: any[][] = [[], [], []];
    sdk.onNotificationReceived((notification: any) => notifications!.push(notification));
    sdk.onUserPresenceChanged((user: any) => presence!.push([user.name, user.presence.online]));
    await test.make.message(channel, 'Look here', bob);
    await until('it is told', () => notifications!.length === 1);
    expect(notifications![0]).toMatchObject({
      body: 'Look here',
      channel: { id: channel.id },
      data: { type: 'USER:SENT:MESSAGE', message: { body: 'Look here' } },
    });

    const note = (what: string) => (user: any) => participants!.push([what, user.name]);
    let isListening = false;
    const { session } = sdk.startChatSession({
      channel: await read(sdk, channel),
      onEventTriggered: () => (isListening = true),
      onParticipantEnteredChat: note('entered'),
      onParticipantLeftChat: note('left'),
      onParticipantPresenceChanged: note('presence'),
    });
    await listening(channel, () => isListening);
    const bobSdk = await start(bob!.name);
    await until('he is online', () => presence!.length === 1 && participants!.length === 1);
    const chat = bobSdk.startChatSession({ channel: await read(bobSdk, channel) });
    await until('he is there', () => participants!.length === 2);
    chat.session.end();
    await until('he has gone', () => participants!.length === 3);
    await bobSdk.endSession();
    await until('he is offline', () => presence!.length === 2);
    expect(presence).toEqual([
      [bob!.name, true],
      [bob!.name, false],
    ]);
    expect(participants!.slice(0, 3)).toEqual([
      ['presence', bob!.name],
      ['entered', bob!.name],
      ['left', bob!.name],
    ]);
    session.end();
  });

  it('is let in as a guest where the application takes guests, and is told why not otherwise', async () => {
    const sdk = await start('somebody new');
    expect((await sdk.getCurrentUser()).user).toMatchObject({ name: 'somebody new', isGuest: true });
    const settings = { guestUsers: 'DISABLED', userCreatedChannels: 'ENABLED' };
    expect((await test.client.put('/v1/application/settings', settings)).status).toBe(200);
    for (const [options, username] of [
      [test, 'somebody else'],
      [{ url: test.url, application: { key: 'no such key' } }, 'somebody new'],
    ] as const) {
      const result = await refused(() => chatSdk(options).startSession({ username }));
      expect(result).toMatchObject({ succeeded: false, failed: true, error: { error: 'AccessDeniedError' } });
    }
    expect((await test.client.put('/v1/application/settings', { ...settings, guestUsers: 'ENABLED' })).status).toBe(
      200,
    );
  });

  it('is told what went wrong with an action or a question', async () => {
    const [ann, bob] = await test.make.users(2);
    const channel = await test.make.channel({ type: 'PRIVATE', members: [bob!] });
    const [annSdk, bobSdk] = [await start(ann!.name), await start(bob!.name)];
    const seen = await read(bobSdk, channel);
    for (const request of [
      () => annSdk.sendMessage({ channel: seen, body: 'Hello' }),
      () => annSdk.getMessages({ channel: seen }),
    ])
      expect(await request()).toMatchObject({ failed: true, error: { message: expect.any(String) } });
    expect(await bobSdk.sendMessage({ channel: seen, body: '' })).toMatchObject({
      failed: true,
      error: { error: 'ClientError', errors: [{ field: 'body' }] },
    });
  });

  it('has a successor, which begins and ends a session, chats, and hears of its own', async () => {
    const [ann] = await test.make.users(1);
    const channel = await test.make.channel({ members: [ann!] });
    const sdk = await coreSdk(test);
    expect(await sdk.startSession({ username: ann!.name })).toMatchObject({ succeeded: true });
    sessions.push(sdk);
    const { paginator } = await sdk.listChannels();
    expect(paginator.items.map(({ id }: any) => id)).toEqual([channel.id]);
    const heard: string[] = [];
    let isListening = false;
    const { session } = sdk.startChatSession({
      channel: paginator.items[0],
      onEventTriggered: () => (isListening = true),
      onMessageReceived: ({ body }: any) => heard.push(body),
    });
    await listening(channel, () => isListening);
    const { message } = await sdk.sendMessage({ channel: paginator.items[0], body: 'Hello' });
    expect(message.body).toBe('Hello');
    await until('it is heard', () => heard.includes('Hello'));
    session.end();
  });

  /** Until an app hears of events, for which the SDKs ask after messages and participants. */
  const listening = ({ id }: { id: number }, isSo: () => boolean) =>
    until('it hears of events', async () => {
      await test.client.post(`/v1/channels/${id}/events`, { type: 'look', properties: {} });
      return isSo();
    });

  /** The channel as the SDK knows it. */
  async function read(sdk: ChatSdk, { id }: { id: number }): Promise<any> {
    const { paginator } = await sdk.getChannels();
    return paginator.items.find((channel: any) => channel.id === id);
  }
});
