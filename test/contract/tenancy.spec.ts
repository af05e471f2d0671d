import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ReportsService } from '../../src/reports/reports.service.js';
import { SessionsService } from '../../src/sessions/sessions.service.js';
import { startApp, TestApp } from '../support/app.js';
import { Answer } from '../support/answer.js';
import { Client } from '../support/client.js';
import { Make, MadeChannel, MadeMessage, MadeUser } from '../support/make.js';
import { notified } from '../support/notifications.js';
import { DocumentedOperation, documentedOperations, filled, Samples } from '../support/samples.js';

/** Below 2^53, and far from anything that a test makes. */
const MISSING = 9_007_199_254_740_000;

interface World {
  client: Client;
  ann: MadeUser;
  /** Has a name that nobody has in the other world. */
  only: MadeUser;
  channel: MadeChannel;
  message: MadeMessage;
  webhook: { id: number };
}

describe('another tenant', () => {
  let test: TestApp;
  let operations: DocumentedOperation[];
  let mine: World;
  let theirs: World;
  beforeAll(async () => {
    test = await startApp();
    operations = await documentedOperations(test.client);
    // All but one user have the same names in both.
    const world = async (client: Client, name: string): Promise<World> => {
      const make = new Make(client);
      const ann = await make.user({ name: 'ann', displayName: 'Ann', properties: { color: 'teal' } });
      const bob = await make.user({ name: 'bob', displayName: 'Bob' });
      const only = await make.user({ name, displayName: 'Only One' });
      await make.channel({ name, type: 'PRIVATE', members: [only] });
      const channel = await make.channel({ name: 'general', members: [ann, bob], properties: { color: 'teal' } });
      await make.channel({ type: 'DIRECT', members: [ann, bob] });
      const message = await make.message(channel, 'Hello <@ann> in <#general>', ann);
      await make.reply(message, 'Hello to you', bob);
      await client.post(`/v1/channels/${channel.id}/moderators`, { id: ann.id });
      await client.post(`/v1/channels/${channel.id}/invites`, { user: { id: only.id } });
      const { id: applicationId } = (await client.get('/v1/application')).body as { id: number };
      const sessions = test.app.get(SessionsService);
      const session = await sessions.startUserSession(applicationId, ann.id);
      await sessions.startChatSession(applicationId, session.id, channel.id);
      await test.app.get(ReportsService).report(applicationId, message.id, bob.id, 'spam');
      const webhook = (await client.post('/v1/webhooks', { url: 'http://127.0.0.1:9/', types: ['user.*'] })).body;
      await make.user();
      return { client, ann, only, channel, message, webhook };
    };
    [mine, theirs] = [await world(test.client, 'only mine'), await world(test.stranger, 'only theirs')];
  });
  afterAll(() => test.close());

  /** What can be told apart: not when it was, not which answer it is, and not how many came before. */
  function told({ status, headers, body }: Answer) {
    const {
      date,
      'x-response-token': token,
      ratelimit,
      'ratelimit-remaining': remaining,
      'ratelimit-reset': reset,
      ...others
    } = Object.fromEntries(headers);
    expect([date, token, ratelimit, remaining, reset]).not.toContain(undefined);
    return { status, headers: others, body: body === '' ? '' : { ...body, timestamp: undefined } };
  }

  const snapshot = async ({ client, ann, channel, message }: World): Promise<unknown[]> => {
    const paths = [
      'application',
      'application/settings',
      'users',
      'channels',
      'messages',
      `users/${ann.id}`,
      `channels/${channel.id}`,
      `channels/${channel.id}/members`,
      `threads/${message.id}/messages`,
      'webhooks',
    ];
    return Promise.all(paths.map(async (path) => (await client.get(`/v1/${path}`)).body));
  };

  it('is told the same about what it asks for by id as about what there is not, by every operation', async () => {
    const [own, foreign] = [new Samples(test.stranger, test.app), new Samples(test.client, test.app)];
    let asked = 0;
    for (const operation of operations) {
      // The name of a secret is no id: whose it is follows from the user.
      const names = (operation.path.match(/(?<=\{)\w+(?=\})/g) ?? []).filter((name) => name !== 'name');
      for (const name of names) {
        // The caller's own request, but for one id.
        const [{ method, ids, query, body }, other] = [await own.of(operation), await foreign.of(operation)];
        const send = async (id: number | string) =>
          told(await test.stranger.request(method, filled(operation.path, { ...ids, [name]: id }) + query, { body }));
        const [foreignOne, missingOne] = [await send(other.ids[name]!), await send(MISSING)];
        expect([operation.id, name, foreignOne.status]).toEqual([operation.id, name, 404]);
        expect([operation.id, foreignOne]).toEqual([operation.id, missingOne]);
        // Its owner finds it as it was.
        expect([operation.id, (await test.client.request(method, other.path, { body: other.body })).status]).toEqual([
          operation.id,
          operation.status,
        ]);
        asked++;
      }
    }
    expect(asked).toBeGreaterThan(20);
  });

  it('is told the same when its body is wrong as well', async () => {
    for (const operation of operations.filter(({ takesBody, path }) => takesBody && path.includes('{'))) {
      const { method, path } = await new Samples(test.client, test.app).of(operation);
      const missing = filled(operation.path, { id: MISSING, user_id: MISSING, name: 'any' });
      const send = async (at: string) => told(await test.stranger.request(method, at, { body: { nonsense: 1 } }));
      expect([operation.id, await send(path)]).toEqual([operation.id, await send(missing)]);
    }
  });

  it('changes nothing here by asking', async () => {
    const before = await snapshot(mine);
    for (const { method, path, body } of [
      { method: 'PATCH', path: `/v1/users/${mine.ann.id}`, body: { displayName: 'Taken over' } },
      { method: 'DELETE', path: `/v1/users/${mine.ann.id}` },
      { method: 'PATCH', path: `/v1/channels/${mine.channel.id}`, body: { displayName: 'Taken over' } },
      { method: 'DELETE', path: `/v1/channels/${mine.channel.id}` },
      { method: 'POST', path: `/v1/channels/${mine.channel.id}/members`, body: { id: theirs.ann.id } },
      { method: 'DELETE', path: `/v1/channels/${mine.channel.id}/members/${mine.ann.id}` },
      { method: 'POST', path: `/v1/channels/${mine.channel.id}/messages`, body: { type: 'TEXT', body: 'Intruder' } },
      { method: 'POST', path: `/v1/threads/${mine.message.id}/messages`, body: { type: 'TEXT', body: 'Intruder' } },
      { method: 'PATCH', path: `/v1/messages/${mine.message.id}`, body: { body: 'Intruder' } },
      { method: 'DELETE', path: `/v1/messages/${mine.message.id}` },
      { method: 'PATCH', path: `/v1/webhooks/${mine.webhook.id}`, body: { enabled: false } },
      { method: 'DELETE', path: `/v1/webhooks/${mine.webhook.id}` },
      { method: 'POST', path: `/v1/webhooks/${mine.webhook.id}/secret` },
      { method: 'POST', path: `/v1/webhooks/${mine.webhook.id}/replay`, body: { after: 0 } },
    ])
      expect([method, path, (await test.stranger.request(method, path, { body })).status]).toEqual([method, path, 404]);
    await test.jobsDone();
    expect(await snapshot(mine)).toEqual(before);
  });

  it.each<[string, () => unknown]>([
    ['id', () => ({ id: mine.ann.id })],
    ['link', () => ({ href: `${test.url}/v1/users/${mine.ann.id}` })],
    ['name', () => ({ username: mine.only.name })],
  ])('does not find the users of this one: named in a body by %s, they are missing', async (_, refer) => {
    const before = await snapshot(theirs);
    const reference = refer();
    const { id } = theirs.channel;
    for (const [field, path, body] of [
      ['members[1]', '/v1/channels', { type: 'PUBLIC', members: [{ username: 'bob' }, reference] }],
      ['members[0]', '/v1/channels', { type: 'DIRECT', members: [reference, { username: 'bob' }] }],
      ['creator', '/v1/channels', { type: 'PRIVATE', creator: reference }],
      ['user', `/v1/channels/${id}/members`, reference],
      ['user', `/v1/channels/${id}/moderators`, reference],
      ['user', `/v1/channels/${id}/invites`, { user: reference }],
      ['user', `/v1/channels/${id}/keystrokes`, { keys: 'Hi', user: reference }],
      ['user', `/v1/threads/${theirs.message.id}/keystrokes`, { keys: 'Hi', user: reference }],
      ['user', `/v1/channels/${id}/messages`, { type: 'TEXT', body: 'Hi', user: reference }],
      ['user', `/v1/threads/${theirs.message.id}/messages`, { type: 'TEXT', body: 'Hi', user: reference }],
    ] as const) {
      const answer = await test.stranger.post(path, body);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.body.errors).toMatchObject([{ resource: 'User', field, code: 'missing' }]);
    }
    expect(await snapshot(theirs)).toEqual(before);
  });

  it('mentions nobody and nothing of this one', async () => {
    const { body } = await test.stranger.post(`/v1/channels/${theirs.channel.id}/messages`, {
      type: 'TEXT',
      body: `<@${mine.only.name}> <#only mine> <@ann> <#general>`,
    });
    expect(body.mentions).toMatchObject([{ user: { id: theirs.ann.id } }, { channel: { id: theirs.channel.id } }]);
  });

  describe('sees in no list anything of this one:', () => {
    const COLOR = encodeURIComponent('{"color":"teal"}');
    const seen = ({ id, _links }: { id?: number; _links: Record<string, { href: string }> }): string =>
      // Memberships, invites and receipts are known by whom they are of.
      id === undefined ? (_links.member ?? _links.invitee ?? _links.user)!.href.split('/').at(-1)! : String(id);

    it.each([
      ['no filter', () => ''],
      ['a name', () => 'name=ann&username=ann&members=ann'],
      ['a name that is only here', () => `name=${mine.only.name}&username=${mine.only.name}&members=${mine.only.name}`],
      ['properties', () => `properties=${COLOR}`],
      ['a text', () => 'query=hello'],
      ['an order', () => 'sort=id,desc'],
      ['a cursor of here', () => `start=${mine.message.id}`],
      ['a cursor back from here', () => `start=${mine.message.id}&relation=PREVIOUS`],
      ['a cursor on from here', () => `start=${MISSING}&next=${mine.message.id}&relation=NEXT`],
    ])('%s', async (_, filter) => {
      const hidden: Record<string, Set<string>> = {};
      for (const key of ['users', 'channels', 'messages', 'webhooks', 'events', 'jobs'])
        hidden[key] = new Set((await mine.client.all<{ id: number; _links: never }>(`/v1/${key}`, key)).map(seen));
      hidden.memberships = hidden.invites = hidden.receipts = hidden.summaries = hidden.users!;
      // Two lists have this name for what they hold.
      for (const path of ['user-sessions', 'chat-sessions'])
        hidden[path] = new Set(
          (await mine.client.all<{ id: number; _links: never }>(`/v1/${path}`, 'sessions')).map(seen),
        );
      hidden.deliveries = hidden.events!;
      await notified(test);
      const told = [...hidden.users!].map((id) => mine.client.all(`/v1/users/${id}/notifications`, 'notifications'));
      hidden.notifications = new Set((await Promise.all(told)).flat().map(({ id }) => String(id)));
      expect(hidden.notifications.size).toBeGreaterThan(0);
      const lists = operations.filter(({ queryParameters }) => queryParameters.includes('size'));
      expect(lists.length).toBeGreaterThan(7);
      for (const { id, path } of lists) {
        const owner = path.includes('users/')
          ? theirs.ann
          : path.includes('threads/') || path.includes('messages/{id}')
            ? theirs.message
            : path.includes('webhooks/')
              ? theirs.webhook
              : theirs.channel;
        const { status, body } = await theirs.client.get(`${filled(path, { id: owner.id })}?size=100&${filter()}`);
        expect([id, status]).toEqual([id, 200]);
        const [[key, items]] = Object.entries<any[]>(body._embedded) as [[string, any[]]];
        const known = hidden[key] ?? hidden[path.split('/').at(-1)!];
        expect([id, items.map(seen).filter((one) => known!.has(one))]).toEqual([id, []]);
        const total = body.page.totalElements ?? body.page.total;
        // A feed is read onwards and has no total.
        if (filter() === '' && key !== 'events') expect([id, items.length]).toEqual([id, total]);
      }
    });
  });

  it('does not learn by HEAD who is here', async () => {
    expect((await test.stranger.head(`/v1/users?name=${mine.only.name}`)).status).toBe(404);
    expect((await test.client.head(`/v1/users?name=${mine.only.name}`)).status).toBe(200);
  });

  it('may use the names of this one for itself', async () => {
    const { status, body } = await test.stranger.post('/v1/channels', { type: 'PUBLIC', name: mine.only.name });
    expect([status, body.lastReceivedMessage]).toEqual([200, undefined]);
    expect((await test.stranger.post('/v1/users', { name: mine.only.name, displayName: 'Mine' })).status).toBe(200);
  });
});
