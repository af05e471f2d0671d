import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Connections } from '../../src/realtime/connections/connections.js';
import { Topics } from '../../src/realtime/connections/topics.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeUser } from '../support/make.js';
import { StompClient } from '../support/stomp-client.js';
import { until } from '../support/wait.js';

describe('a server with connections of apps', () => {
  let test: TestApp;
  let connections: Connections;
  let topics: Topics;
  let ann: MadeUser;
  let bob: MadeUser;
  let channel: MadeChannel;
  const clients: StompClient[] = [];

  const signedIn = async (user: MadeUser): Promise<StompClient> => {
    const client = await StompClient.signedIn(test.url, test.application.key, user.name);
    clients.push(client);
    return client;
  };
  const topic = (key: string) => `/topic/v1/channels/${channel.id}.${key}`;

  beforeAll(async () => {
    test = await startApp({ REALTIME_BUFFER_BYTES: '1048576' });
    connections = test.app.get(Connections);
    topics = test.app.get(Topics);
    [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
    channel = await test.make.channel({ type: 'PRIVATE', members: [ann, bob] });
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.disconnect()));
    await until('nobody is connected', () => connections.count === 0);
    expect(topics.count()).toBe(0);
  });
  afterAll(() => test.close());

  it('lets those go who do not read what they are sent', async () => {
    const [deaf, hears] = [await signedIn(ann), await signedIn(bob)];
    await deaf.listen(topic('events'));
    const id = await hears.listen(topic('events'));
    deaf.socket.pause();
    const resource = JSON.stringify('x'.repeat(500_000));
    await until('it is given up', () => {
      topics.publish({ topics: [topic('events')], type: 'channel.event.triggered', resource });
      return connections.ofUser(test.application.applicationId, ann.id).length === 0;
    });
    const count = hears.events(id).length;
    topics.publish({ topics: [topic('events')], type: 'channel.event.triggered', resource: '"last"' });
    await until('the other still hears', () => hears.events(id).at(-1)?.resource === 'last');
    expect(count).toBeGreaterThanOrEqual(0);
    await deaf.vanish();
  });

  it('asks whether they are there, and lets those go who are not', async () => {
    const [silent, alive] = [await signedIn(ann), await signedIn(bob)];
    expect(await (await fetch(`${test.url}/metrics`)).text()).toMatch(/^realtime_connections 2$/m);
    connections.sweep(Date.now() + 31_000);
    await until('both are asked', () => silent.pings === 1 && alive.pings === 1);
    // The answers have been read.
    await Promise.all([silent, alive].map((client) => client.relay('/application/v1/user.relay')));
    // As if nothing came through any more.
    silent.socket.pause();
    connections.sweep(Date.now() + 129_000);
    expect(connections.count).toBe(2);
    connections.sweep(Date.now() + 131_000);
    expect(connections.count).toBe(0);
    await Promise.all([silent, alive].map((client) => client.vanish()));
  });

  it('keeps nothing of them, however many there were', async () => {
    /** So many at a time: some never say who they are, some send nonsense, some vanish, some say goodbye. */
    const fifty = Array.from({ length: 50 }, (_, at) => async () => {
      const client = await StompClient.open(test.url, test.application.key);
      if (at % 2 === 0) return client.vanish();
      client.send('CONNECT', { 'StompX-User': at % 4 === 1 ? ann.name : bob.name, 'accept-version': '1.2' });
      client.send('SUBSCRIBE', { id: 'all', destination: topic('messages'), receipt: 'all' });
      await client.frame('RECEIPT');
      if (at % 10 > 5) return client.disconnect();
      if (at % 10 === 1) client.write('nonsense\n\n\0');
      else await client.vanish();
      await until('it is closed', () => client.isClosed);
    });
    const round = async (count: number) => {
      for (let done = 0; done < count; done += fifty.length) await Promise.all(fifty.map((connect) => connect()));
      await until('nobody is connected', () => connections.count === 0);
      collectGarbage();
      const server = test.app.getHttpServer();
      const handles = await promisify(server.getConnections.bind(server))();
      return { handles, heap: process.memoryUsage().heapUsed };
    };
    const before = await round(100);
    const after = await round(1_000);
    expect(after.handles).toBeLessThanOrEqual(before.handles + 2);
    // Sessions that were lost are kept for some seconds more. That is hundreds of bytes each.
    expect(after.heap - before.heap).toBeLessThan(10_000_000);
    expect(topics.count()).toBe(0);
  });
});

/** Only what is kept is to be weighed. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
