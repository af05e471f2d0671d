import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ChatServers, startServers } from '../support/chat-servers.js';
import { MadeChannel, MadeUser } from '../support/make.js';
import { frame, StompClient } from '../support/stomp-client.js';
import { until } from '../support/wait.js';

describe('connections of apps', () => {
  let test: ChatServers;
  let ann: MadeUser;
  let bob: MadeUser;
  let channel: MadeChannel;
  const clients: StompClient[] = [];

  const keep = async (opening: Promise<StompClient>): Promise<StompClient> => {
    const client = await opening;
    clients.push(client);
    return client;
  };
  const open = (path?: string) => keep(StompClient.open(test.url, test.application.key, path));
  const signedIn = (user: MadeUser) => keep(StompClient.signedIn(test.url, test.application.key, user.name));
  const topic = (key = '', { id } = channel) => `/topic/v1/channels/${id}${key && `.${key}`}`;

  beforeAll(async () => {
    test = await startServers({ REALTIME_REQUESTS_PER_SECOND: '1' });
    [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
    channel = await test.make.channel({ type: 'PRIVATE', members: [ann, bob] });
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.disconnect()));
    for (const url of test.urls) {
      const holds = async (what: string) =>
        new RegExp(`^realtime_${what} 0$`, 'm').test(await (await fetch(`${url}/metrics`)).text());
      await until('nobody is connected', () => holds('connections'));
      expect(await holds('subscriptions')).toBe(true);
    }
  });
  afterAll(() => test.close());

  it.each(['/rtm/websocket', '/stompx/websocket'])(
    'are made at %s, and say which protocol they speak',
    async (path) => {
      const client = await open(path);
      expect(client.socket.protocol).toBe('v12.stomp');
      // As the SDK of Android does it.
      client.send('CONNECT', {
        host: 'api',
        'StompX-User': ann.name,
        'accept-version': '1.1,1.2',
        'heart-beat': '0,0',
      });
      const { headers } = await client.frame('CONNECTED');
      expect(headers).toMatchObject({ version: '1.2', 'heart-beat': '10000,60000', session: expect.any(String) });
    },
  );

  it('are made nowhere else', async () => {
    await expect(StompClient.open(test.url, test.application.key, '/rtm')).rejects.toThrow('404');
  });

  it('are dealt with frame by frame, in their order, in text or binary', async () => {
    const client = await signedIn(ann);
    const message = JSON.stringify({ type: 'TEXT', body: 'Grüße 🙂' });
    client.write(
      Buffer.from(
        [
          frame('SUBSCRIBE', { id: 'mine', destination: `/topic/v1/users/${ann.id}.messages`, receipt: 'r-1' }),
          frame('SUBSCRIBE', { id: 'all', destination: topic('messages'), receipt: 'r-2' }),
          frame('SEND', { destination: `/application/v1/channels/${channel.id}.message`, receipt: 'r-3' }, message),
          frame('SUBSCRIBE', { id: 'read', destination: `/application/channels/${channel.id}.messages.relay` }),
        ].join('\n'),
      ),
    );
    await client.find(({ headers }) => headers.subscription === 'read');
    await until('the event has come', () => client.events('all').length === 1);
    const answers = client.frames.filter(({ headers }) => headers.subscription !== 'all').slice(1);
    expect(answers.map(({ command, headers }) => [command, headers['receipt-id'] ?? headers.subscription])).toEqual([
      ['RECEIPT', 'r-1'],
      ['RECEIPT', 'r-2'],
      ['MESSAGE', 'r-3'],
      ['RECEIPT', 'r-3'],
      ['MESSAGE', 'read'],
    ]);
    expect(answers[2]!.body).toMatchObject({ type: 'user.message.created', resource: { body: 'Grüße 🙂' } });
    expect(client.events('all')[0]).toMatchObject({ type: 'channel.message.created', resource: { body: 'Grüße 🙂' } });
    expect(answers[4]!.body.resource._embedded.messages[0]).toMatchObject({
      body: 'Grüße 🙂',
      createdTime: expect.stringMatching(/\.\d{3}Z$/),
      _actions: { reply: expect.any(String) },
    });
  });

  it.each([
    ['no frame at all', 'GET / HTTP/1.1\n\n\0', 'ProtocolError'],
    ['a frame before CONNECT', frame('SEND', { destination: '/application/v1/user' }), 'AccessDeniedError'],
    ['an old version', frame('CONNECT', { 'accept-version': '1.0', 'StompX-User': 'a' }), 'ProtocolError'],
    ['nobody’s name', frame('CONNECT', { 'accept-version': '1.2' }), 'AccessDeniedError'],
    [
      'parameters that cannot be read',
      frame('CONNECT', { 'accept-version': '1.2', 'StompX-User': 'a', 'StompX-Auth-Params': 'e30x' }),
      'AccessDeniedError',
    ],
  ])('are told why and closed after %s', async (_what, text, error) => {
    const client = await open();
    client.write(text);
    expect((await client.frame('ERROR')).body).toMatchObject({ error, message: expect.any(String) });
    await until('it is closed', () => client.isClosed);
  });

  it('are closed after a frame that is too large', async () => {
    const client = await signedIn(ann);
    client.send('SEND', { destination: '/application/v1/user.update' }, 'x'.repeat(600_000));
    await until('it is closed', () => client.isClosed);
  });

  it('hear only what is theirs to hear', async () => {
    const strangers = await StompClient.signedIn(
      test.url,
      (await test.stranger.get('/v1/application')).body.key as string,
      'stranger',
    );
    clients.push(strangers);
    const carol = await test.make.user();
    const outside = await signedIn(carol);
    for (const client of [strangers, outside])
      for (const destination of [topic(), topic('messages'), `/topic/v1/users/${ann.id}.messages`]) {
        const id = await client.listen(destination);
        expect(client.frames.at(-1)!.headers).toMatchObject({ subscription: 'errors', 'subscription-id': id });
        expect((await client.relay(`/application/v1/channels/${channel.id}.messages.relay`)).error).toBe(
          'ResourceNotFoundError',
        );
      }
  });

  it('hear nothing of a channel any more once their user has left it', async () => {
    const group = await test.make.channel({ members: [ann, bob] });
    const [left, stays] = [await signedIn(ann), await signedIn(bob)];
    const ids: string[] = [];
    for (const client of [left, stays]) {
      await client.listen(topic('', group));
      ids.push(await client.listen(topic('messages', group)));
    }
    await test.client.delete(`/v1/channels/${group.id}/members/${ann.id}`);
    await test.make.message(group, 'behind her back');
    await until('the other hears it', () => stays.events(ids[1]!).length === 1);
    expect(left.events(ids[0]!)).toEqual([]);
    const { body } = await test.client.get(`/v1/channels/${group.id}/participants`);
    expect(body._embedded.users.map(({ id }: MadeUser) => id)).toEqual([bob.id]);
  });

  it('end with their user', async () => {
    const carol = await test.make.user();
    const client = await signedIn(carol);
    await test.client.delete(`/v1/users/${carol.id}`);
    expect((await client.frame('ERROR')).body.error).toBe('AccessDeniedError');
    await until('it is closed', () => client.isClosed);
  });

  it('may be lost and made again without anybody noticing', async () => {
    const [watching, lost] = [await signedIn(bob), await signedIn(ann)];
    const presence = await watching.listen(`/topic/v1/users/${bob.id}.contacts`);
    await lost.listen(topic());
    await lost.vanish();
    const again = await signedIn(ann);
    again.send('SUBSCRIBE', { id: 'topic-1', destination: topic('messages'), receipt: 'topic-1' });
    await again.find(({ headers }) => headers['receipt-id'] === 'topic-1');
    await test.make.message(channel, 'Welcome back');
    await until('it is heard', () => again.events('topic-1').length === 1);
    expect(watching.events(presence)).toEqual([]);
  });

  it('get an event once, however often they have asked for it', async () => {
    const client = await signedIn(ann);
    const ids = [await client.listen(topic('messages')), await client.listen(topic('messages'))];
    await test.make.message(channel, 'Once');
    await until('it is heard', () => ids.some((id) => client.events(id).length > 0));
    client.send('UNSUBSCRIBE', { id: ids[0]! });
    await client.relay('/application/v1/user.relay');
    await test.make.message(channel, 'Twice');
    await until('it is heard by the other', () => client.events(ids[1]!).length > 0);
    expect(ids.map((id) => client.events(id).length)).toEqual([1, 1]);
  });

  it('ask as fast as they may, and are told when to go on', async () => {
    const client = await signedIn(ann);
    const asked = Array.from({ length: 60 }, () => client.relay('/application/v1/user.relay'));
    const answers = await Promise.all(asked);
    const refused = answers.filter(({ error }) => error === 'RateLimitedError');
    expect(answers.filter(({ name }) => name === ann.name).length).toBeGreaterThanOrEqual(10);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0].coolOffDuration).toMatch(/^PT[0-9.]+S$/);
  });
});
