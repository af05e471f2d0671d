import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BuiltServer, startBuiltServer } from '../support/built-server.js';
import * as heyApi from './drivers/hey-api.js';
import * as openapiFetch from './drivers/openapi-fetch.js';
import * as typescriptAxios from './drivers/typescript-axios.js';
import * as typescriptFetch from './drivers/typescript-fetch.js';
import * as heyApiV2 from './generated/drivers/hey-api.js';
import * as openapiFetchV2 from './generated/drivers/openapi-fetch.js';
import * as typescriptAxiosV2 from './generated/drivers/typescript-axios.js';
import * as typescriptFetchV2 from './generated/drivers/typescript-fetch.js';
import { Platform, Refusal } from './platform.js';

let server: BuiltServer;
let token: string;
beforeAll(async () => {
  server = await startBuiltServer({
    WEBHOOKS_ALLOW_PRIVATE: 'true',
    // On MySQL there are no secrets without one.
    SECRETS_KEY: Buffer.alloc(32, 1).toString('base64'),
  });
  const { clientId, clientSecret } = server.credentials;
  const response = await fetch(`${server.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
  });
  token = ((await response.json()) as { access_token: string }).access_token;
});
afterAll(() => server.stop());

describe.each([
  ['openapi-typescript and openapi-fetch', 'v1', openapiFetch],
  ['openapi-typescript and openapi-fetch', 'v2', openapiFetchV2],
  ['hey-api', 'v1', heyApi],
  ['hey-api', 'v2', heyApiV2],
  ['typescript-axios', 'v1', typescriptAxios],
  ['typescript-axios', 'v2', typescriptAxiosV2],
  ['typescript-fetch', 'v1', typescriptFetch],
  ['typescript-fetch', 'v2', typescriptFetchV2],
])('a client that %s generates from %s', (_, version, { connect }) => {
  let platform: Platform;
  const unique = randomUUID().slice(0, 8);
  const [ada, bob, cyd] = ['ada', 'bob', 'cyd'].map((name) => `${name}-${unique}`) as [string, string, string];
  let [adaId, bobId, channelId, messageId] = [0, 0, 0, 0];
  beforeAll(() => {
    platform = connect(server.url, token);
  });

  it('creates, reads, changes and deletes users', async () => {
    expect(await platform.applicationName()).toEqual(expect.any(String));
    ({ id: adaId } = await platform.createUser(ada, 'Ada'));
    ({ id: bobId } = await platform.createUser(bob, 'Bob'));
    expect(await platform.renameUser(adaId, 'Ada L.')).toMatchObject({ name: ada, label: 'Ada L.' });
    expect(await platform.retrieveUser(adaId)).toMatchObject({ id: adaId, name: ada, label: 'Ada L.' });
    const gone = await platform.createUser(`gone-${unique}`, 'Gone');
    expect(await platform.userExists(`gone-${unique}`)).toBe(true);
    await platform.deleteUser(gone.id);
    expect(await platform.userExists(`gone-${unique}`)).toBe(false);
  });

  it('repeats a write under its key', async () => {
    const { id } = await platform.createUser(cyd, 'Cyd', unique);
    expect(await platform.createUser(cyd, 'Cyd', unique)).toMatchObject({ id });
  });

  it('learns why it is refused', async () => {
    const refused: unknown = await platform.createUser(ada, 'Another').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refusal);
    expect(refused).toMatchObject({ status: 400, fields: ['name'], codes: ['already_exists'] });
    expect(await platform.retrieveUser(2 ** 50).catch((error: unknown) => error)).toMatchObject({ status: 404 });
    const stranger = connect(server.url, 'no-token');
    expect(await stranger.userNames(1).catch((error: unknown) => error)).toMatchObject({ status: 401 });
  });

  it('sends a file to import, and waits for its job', async () => {
    const key = version === 'v1' ? ['displayName', 'idempotencyKey'] : ['display_name', 'idempotency_key'];
    const users = ['eve', 'fay'].map((name) => ({
      name: `${name}-${unique}`,
      [key[0]!]: name,
      [key[1]!]: name + unique,
    }));
    expect(await platform.importUsers(new File([JSON.stringify(users)], 'users.json'))).toBe(2);
  });

  it('walks pages by their links', async () => {
    const names = await platform.userNames(2);
    expect(names).toEqual(expect.arrayContaining([ada, bob, cyd, `eve-${unique}`, `fay-${unique}`]));
    expect(new Set(names).size).toBe(names.length);
  });

  it('keeps secrets of any form', async () => {
    for (const secret of [{ key: ['a', 1, null] }, 'text', 7, null]) {
      await platform.setSecret(adaId, 'token', secret);
      expect(await platform.secret(adaId, 'token')).toEqual(secret);
    }
  });

  it('fills a channel', async () => {
    const channel = await platform.createChannel(`plans-${unique}`, ada, [bob]);
    expect(channel).toMatchObject({ type: 'PUBLIC', name: `plans-${unique}` });
    channelId = channel.id;
    await platform.addMember(channelId, cyd);
    expect(await platform.memberNames(channelId)).toEqual([ada, bob, cyd]);
  });

  it('sends messages by the system, on behalf of users, with files, and in threads', async () => {
    expect(await platform.sendText(channelId, 'Welcome')).toMatchObject({ type: 'SYSTEM_TEXT', body: 'Welcome' });
    const message = await platform.sendText(channelId, `Lunch, <@${bob}>?`, ada);
    expect(message).toMatchObject({ type: 'TEXT', username: ada, replies: 0 });
    messageId = message.id;
    const file = await platform.sendFile(channelId, bob, new File(['The plan'], 'plan.txt'));
    expect(file).toMatchObject({ name: 'plan.txt', size: 8 });
    expect(await platform.reply(messageId, 'Gladly', bob)).toMatchObject({ username: bob, body: 'Gladly' });
    await platform.editMessage(messageId, { mood: 'hungry' });
    expect(await platform.retrieveMessage(messageId)).toMatchObject({ replies: 1, properties: { mood: 'hungry' } });
    expect((await platform.replies(messageId)).map(({ body }) => body)).toEqual(['Gladly']);
  });

  it('walks messages by cursors, newest first', async () => {
    const messages = await platform.messages(channelId, 2);
    expect(messages.slice(0, 2).map(({ type }) => type)).toEqual(['TEXT', 'FILE']);
    expect(messages.map(({ id }) => id)).toEqual(messages.map(({ id }) => id).sort((a, b) => b - a));
    expect(messages.map(({ body }) => body)).toContain('Welcome');
  });

  it('reads what users were told', async () => {
    for (let tries = 0; tries < 200 && (await platform.notifications(bobId)).length < 2; tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await platform.notifications(bobId)).toEqual(
      expect.arrayContaining(['USER:MENTIONED:USER', 'SYSTEM:SENT:MESSAGE']),
    );
  });

  it('asks to be told, and reads what it could have been told', async () => {
    const url = `http://127.0.0.1:9/${unique}`;
    const { id, secret } = await platform.createWebhook(url, ['user.deleted']);
    expect(secret).toMatch(/^whsec_/);
    expect(await platform.webhookUrls()).toContain(url);
    await platform.deleteWebhook(id);
    expect(await platform.webhookUrls()).not.toContain(url);
    expect(await platform.eventTypes(5)).toContain('user.created');
  });
});
