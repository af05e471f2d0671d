import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';
import { ChatSdk, chatSdk } from '../support/chat-sdk.js';
import { until } from '../support/wait.js';

describe('the published chat SDK, unmodified', () => {
  let test: TestApp;
  const sessions: ChatSdk[] = [];

  async function start(username: string): Promise<ChatSdk> {
    const sdk = chatSdk(test);
    const result = await sdk.startSession({ username });
    expect(result).toMatchObject({ succeeded: true, session: { user: { name: username } } });
    sessions.push(sdk);
    return sdk;
  }

  beforeAll(async () => {
    test = await startApp();
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
});
