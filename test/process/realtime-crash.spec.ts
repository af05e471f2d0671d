import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bodies, ChatProcesses } from '../support/chat-processes.js';
import { emptyDatabase, EmptyDatabase, ServerProcess } from '../support/server-process.js';
import type { StompClient } from '../support/stomp-client.js';
import { until } from '../support/wait.js';

/** So long those who do not come back may be taken for online. */
const OFFLINE_MS = 30_000;

describe('two servers with apps, of which one is killed', () => {
  let database: EmptyDatabase;
  let chat: ChatProcesses;

  beforeAll(async () => {
    database = await emptyDatabase();
    chat = await ChatProcesses.start(database);
  });
  afterAll(async () => {
    await ServerProcess.endAll();
    await database.remove();
  });

  it('tell everything to whoever is connected, once and in its order, wherever it was said', async () => {
    const [dying, living] = chat.servers as [ServerProcess, ServerProcess];
    const [ann, bob] = [await chat.connect(dying, 'ann'), await chat.connect(living, 'bob')];
    const cara = await chat.connect(dying, 'cara');
    const contacts = await bob.listen(chat.contactsOf('bob'));
    const heard = [await ann.listen(chat.topic), await bob.listen(chat.topic)];
    const said: string[] = [];
    const say = async (server: ServerProcess, body: string) => {
      if (await chat.say(server, body)) said.push(body);
    };
    for (let count = 0; count < 10; count++) await say(chat.servers[count % 2]!, `before ${count}`);
    await until(
      'both have heard it',
      () => bodies(ann, heard[0]!).length === 10 && bodies(bob, heard[1]!).length === 10,
    );
    expect(bodies(ann, heard[0]!)).toEqual(said);

    const speaking = (async () => {
      for (let count = 0; await chat.say(dying, `dying ${count}`); count++) said.push(`dying ${count}`);
    })();
    await until('it is under way', () => said.length > 15);
    expect(await chat.isOnline(living, 'cara')).toBe(true);
    dying.signal('SIGKILL');
    const killedAt = Date.now();
    await speaking;
    // Her app comes back elsewhere, under the same name as before.
    const again = await chat.connect(living, 'ann');
    const later = await again.listen(chat.topic);
    await say(living, 'after');
    await until(
      'both hear it',
      () => bodies(again, later).includes('after') && bodies(bob, heard[1]!).includes('after'),
    );
    expect(bodies(again, later)).toEqual(['after']);
    // One that was committed, but never answered, may stand among them.
    const told = bodies(bob, heard[1]!);
    expect(told.filter((body) => said.includes(body))).toEqual(said);
    expect(told.length - said.length).toBeLessThanOrEqual(1);
    expect(new Set(told).size).toBe(told.length);

    const isTold = () => presenceOf(bob, contacts).some((told) => told === 'cara false');
    await until('she who did not come back is offline', isTold, OFFLINE_MS - (Date.now() - killedAt));
    expect(await chat.isOnline(living, 'cara')).toBe(false);
    expect(await chat.isOnline(living, 'ann')).toBe(true);
    await Promise.all([again.disconnect(), bob.disconnect(), ann.vanish(), cara.vanish()]);
  });
});

/** Who came and went, as an app was told. */
const presenceOf = (client: StompClient, subscription: string): string[] =>
  client
    .events(subscription)
    .filter(({ type }: { type: string }) => type === 'contact.presence.changed')
    .map(
      ({ resource }: { resource: { name: string; presence: { online: boolean } } }) =>
        `${resource.name} ${resource.presence.online}`,
    );
