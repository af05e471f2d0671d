import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationsService } from '../../src/applications/applications.service.js';
import { Retention } from '../../src/operations/retention.js';
import { startApp, TestApp } from '../support/app.js';
import { Answer } from '../support/answer.js';
import { Client } from '../support/client.js';
import { Contract } from '../support/contract.js';
import { DocumentedOperation, documentedOperations, Samples, WRITES } from '../support/samples.js';

describe('a write with an Idempotency-Key', () => {
  let test: TestApp;
  let keys = 0;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());

  const newKey = (): string => `key-${++keys}`;
  const send = (method: string, path: string, key: string, body?: unknown, headers = {}): Promise<Answer> =>
    test.client.request(method, path, { body, headers: { 'idempotency-key': key, ...headers } });
  const usersNamed = async (name: string): Promise<number> =>
    (await test.client.get(`/v1/users?name=${name}`)).body.page.totalElements;
  const isReplay = ({ headers }: Answer): boolean => headers.get('idempotency-replayed') === 'true';

  function expectReplay(first: Answer, repeat: Answer): void {
    expect([first.status, isReplay(first)]).toEqual([200, false]);
    expect([repeat.status, isReplay(repeat)]).toEqual([200, true]);
    expect(repeat.body).toEqual(first.body);
    expect(repeat.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(repeat.headers.get('x-response-token')).not.toBe(first.headers.get('x-response-token'));
  }

  describe('is done once, and answered the same again:', () => {
    it('POST', async () => {
      const channel = await test.make.channel();
      const key = newKey();
      const post = () => send('POST', `/v1/channels/${channel.id}/messages`, key, { type: 'TEXT', body: 'Once' });
      expectReplay(await post(), await post());
      expect((await test.client.get(`/v1/channels/${channel.id}/messages`)).body.page.total).toBe(1);
    });

    it('PUT', async () => {
      const key = newKey();
      const put = () =>
        send('PUT', '/v1/application/settings', key, { guestUsers: 'DISABLED', userCreatedChannels: 'DISABLED' });
      const first = await put();
      const enabled = { guestUsers: 'ENABLED', userCreatedChannels: 'ENABLED' };
      await test.client.put('/v1/application/settings', enabled);
      expectReplay(first, await put());
      expect((await test.client.get('/v1/application/settings')).body).toMatchObject(enabled);
    });

    it('PATCH', async () => {
      const user = await test.make.user();
      const key = newKey();
      const patch = () => send('PATCH', `/v1/users/${user.id}`, key, { displayName: 'Patched' });
      const first = await patch();
      await test.client.patch(`/v1/users/${user.id}`, { displayName: 'Later' });
      expectReplay(first, await patch());
      expect((await test.client.get(`/v1/users/${user.id}`)).body.displayName).toBe('Later');
    });

    it('DELETE', async () => {
      const user = await test.make.user();
      const key = newKey();
      const first = await send('DELETE', `/v1/users/${user.id}`, key);
      expectReplay(first, await send('DELETE', `/v1/users/${user.id}`, key));
      expect((await test.client.delete(`/v1/users/${user.id}`)).status).toBe(404);
    });

    it('in the representation of the first time', async () => {
      const key = newKey();
      const accept = 'application/vnd.chatkitty+json';
      const body = { name: 'represented', displayName: 'R' };
      const first = await send('POST', '/v1/users', key, body, { accept });
      expectReplay(first, await send('POST', '/v1/users', key, body, { accept: 'application/json' }));
      expect(first.body.display_name).toBe('R');
    });

    it('by whichever path of the same resource', async () => {
      const key = newKey();
      const body = { name: 'by-path', displayName: 'P' };
      const first = await send('POST', '/v1/users', key, body);
      const { applicationId } = test.application;
      for (const path of ['/users', `/v1/applications/${applicationId}/users`, '/v1/users/'])
        expectReplay(first, await send('POST', path, key, body));
    });
  });

  describe('used for something else is refused', () => {
    const body = { name: 'something', displayName: 'S' };

    it.each<[string, string, string, unknown?]>([
      ['another body', 'POST', '/v1/users', { ...body, displayName: 'Else' }],
      ['no body', 'POST', '/v1/users'],
      ['another path', 'POST', '/v1/channels', body],
      ['another query', 'POST', '/v1/users?x=1', body],
      ['another verb', 'PATCH', '/v1/users/1', body],
    ])('for %s', async (...[, method, path, other]) => {
      const key = newKey();
      const name = `for-${keys}`;
      await send('POST', '/v1/users', key, { ...body, name });
      const given = other && { ...other, name };
      const { status, body: refusal, headers } = await send(method, path, key, given);
      expect(status).toBe(400);
      expect(refusal.errors).toEqual([
        {
          resource: 'Request',
          field: 'Idempotency-Key',
          code: 'unprocessable',
          message: expect.stringContaining('same method, path and body'),
        },
      ]);
      expect(headers.get('idempotency-replayed')).toBeNull();
      expect((await test.client.get(`/v1/users?name=${name}`)).body._embedded.users[0].displayName).toBe('S');
    });
  });

  describe('that was refused leaves no trace', () => {
    it('and can be corrected under the same key', async () => {
      const key = newKey();
      expect((await send('POST', '/v1/users', key, { name: 'corrected' })).status).toBe(400);
      const second = await send('POST', '/v1/users', key, { name: 'corrected', displayName: 'C' });
      expect([second.status, isReplay(second)]).toEqual([200, false]);
    });

    it('whatever it was refused for', async () => {
      const key = newKey();
      const { name } = await test.make.user();
      const users = (given: unknown, headers = {}) => send('POST', '/v1/users', key, given, headers);
      const good = { name: 'at-last', displayName: 'A' };
      const refusals = [
        await users('{'),
        await users({ name, displayName: 'Taken' }),
        await users(good, { authorization: 'Bearer wrong' }),
        await users(good, { accept: 'text/html' }),
        await users('x', { 'content-type': 'text/plain' }),
        await send('POST', '/v1/channels', key, { type: 'PUBLIC', members: [{ username: 'nobody' }] }),
        await send('DELETE', '/v1/users/9007199254740991', key),
        await send('POST', '/v1/applications/999999/users', key, good),
        await send('POST', '/v1/applications/me/users', key, good),
      ];
      expect(refusals.map(({ status }) => status)).toEqual([400, 400, 401, 406, 415, 404, 404, 404, 307]);
      expect(await usersNamed('at-last')).toBe(0);
      expect(isReplay(await users(good))).toBe(false);
      expect(isReplay(await users(good))).toBe(true);
    });
  });

  describe('when many come at once', () => {
    it('sends one message', async () => {
      const channel = await test.make.channel();
      const key = newKey();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () =>
          send('POST', `/v1/channels/${channel.id}/messages`, key, { type: 'TEXT', body: 'Once' }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(answers.filter((answer) => !isReplay(answer))).toHaveLength(1);
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      expect((await test.client.get(`/v1/channels/${channel.id}/messages`)).body.page.total).toBe(1);
    });

    it('with other bodies, does one and refuses the others', async () => {
      const key = newKey();
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          send('POST', '/v1/users', key, { name: `rival-${index}`, displayName: 'R' }),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 400)]);
      const made = await Promise.all(answers.map((_, index) => usersNamed(`rival-${index}`)));
      expect(made.reduce((sum, count) => sum + count)).toBe(1);
    });
  });

  describe('the key', () => {
    const body = { name: 'never-made', displayName: 'N' };

    it.each(['', 'x'.repeat(256), 'ü', 'tab\tinside', '\u0080'])('%j is refused', async (key) => {
      for (const accept of ['application/json', 'application/vnd.chatkitty+json']) {
        const { status, body: refusal } = await send('POST', '/v1/users', key, body, { accept });
        expect(status).toBe(400);
        expect(refusal.errors).toMatchObject([{ field: 'Idempotency-Key', code: 'invalid' }]);
      }
      expect(await usersNamed('never-made')).toBe(0);
    });

    it.each([
      'x',
      'x'.repeat(255),
      'with space',
      '!"#$%&\'()*+,-./:;<=>?@[]^_`{|}~',
      '6f1c9a1e-8d0e-4b52-9a7b-1f2f3d4c5b6a',
    ])('%j is taken', async (key) => {
      const given = { name: `taken-${++keys}`, displayName: 'T' };
      expectReplay(await send('POST', '/v1/users', key, given), await send('POST', '/v1/users', key, given));
    });

    it('is compared letter by letter', async () => {
      for (const key of ['Exact', 'exact', 'exact ok', 'EXACT'])
        expect(isReplay(await send('POST', '/v1/users', key, { name: `of-${key}`, displayName: 'E' }))).toBe(false);
    });

    it('is of one application: another may use the same for something else', async () => {
      const key = newKey();
      const first = await send('POST', '/v1/users', key, { name: 'mine', displayName: 'M' });
      const theirs = await test.stranger.post(
        '/v1/users',
        { name: 'theirs', displayName: 'T' },
        { 'idempotency-key': key },
      );
      expect([theirs.status, isReplay(theirs), theirs.body.name]).toEqual([200, false, 'theirs']);
      expectReplay(first, await send('POST', '/v1/users', key, { name: 'mine', displayName: 'M' }));
    });

    it('means nothing to reads', async () => {
      const key = newKey();
      const headers = { 'idempotency-key': key };
      const list = () => test.client.get('/v1/users?name=read', { headers });
      expect((await list()).body.page.totalElements).toBe(0);
      await send('POST', '/v1/users', key, { name: 'read', displayName: 'R' });
      const after = await list();
      expect([after.body.page.totalElements, isReplay(after)]).toEqual([1, false]);
    });

    it('is forgotten after a day', async () => {
      const key = newKey();
      // The token has to outlive the key.
      await test.database.execute('UPDATE access_tokens SET expires_time = expires_time + ?', [48 * 3_600_000]);
      await send('POST', '/v1/users', key, { name: 'old', displayName: 'O' });
      await test.app.get(Retention).clean(Date.now() + 23 * 3_600_000);
      expect(isReplay(await send('POST', '/v1/users', key, { name: 'old', displayName: 'O' }))).toBe(true);
      await test.app.get(Retention).clean(Date.now() + 25 * 3_600_000);
      expect((await send('POST', '/v1/users', key, { name: 'old', displayName: 'O' })).status).toBe(400);
    });
  });

  describe('to whichever operation', () => {
    let operations: DocumentedOperation[];
    beforeAll(async () => {
      operations = (await documentedOperations(test.client)).filter(({ method }) => WRITES.includes(method));
    });

    it('is done once', async () => {
      const samples = new Samples(test.client, test.app);
      // The token that could repeat it ends with the application.
      for (const operation of operations.filter(({ id }) => id !== 'delete-authenticated-application')) {
        const { method, path, body } = await samples.of(operation);
        const key = newKey();
        const [first, repeat] = [await send(method, path, key, body), await send(method, path, key, body)];
        expect([operation.id, first.status, isReplay(first)]).toEqual([operation.id, operation.status, false]);
        expect([operation.id, repeat.status, isReplay(repeat)]).toEqual([operation.id, operation.status, true]);
        expect(repeat.body).toEqual(first.body);
        const other = await send(method, `${path}?other=1`, key, body);
        expect([operation.id, other.status]).toEqual([operation.id, 400]);
      }
    });

    it('is done once, though the application and its tokens end with it', async () => {
      const doomed = await test.app.get(ApplicationsService).create('Doomed');
      const client = await Client.of(test.url, doomed, new Contract());
      const headers = { 'idempotency-key': newKey() };
      const remove = () => client.delete(`/v1/application?confirm=${doomed.key}`, { headers });
      expect([(await remove()).status, (await remove()).status]).toEqual([200, 401]);
    });

    it('is documented', async () => {
      const { body: document } = await test.client.get('/openapi.json');
      for (const { id, method, path } of operations) {
        const { parameters } = document.paths[path][method.toLowerCase()];
        const names = parameters.map((parameter: { name: string }) => parameter.name);
        expect([id, names.includes('Idempotency-Key')]).toEqual([id, true]);
      }
    });
  });
});
