import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';
import { MadeUser } from '../support/make.js';
import { expectRefusal } from '../support/refusals.js';
import { until } from '../support/wait.js';

describe('secrets of users', () => {
  let test: TestApp;
  let user: MadeUser;
  beforeAll(async () => {
    test = await startApp({ SECRETS_KEY: Buffer.alloc(32, 1).toString('base64') });
    user = await test.make.user();
  });
  afterAll(() => test.close());

  const path = (name: string, { id }: { id: number } = user) => `/v1/users/${id}/secrets/${encodeURIComponent(name)}`;
  const stored = (id = user.id) =>
    test.database.query<{ name: string; sealed: string }>(
      'SELECT name, sealed FROM user_secrets WHERE user_id = ? ORDER BY name',
      [id],
    );

  it.each<[string, unknown]>([
    ['an object', { token: 'abc', nested: { camelCase: 1, snake_case: [null, true] } }],
    ['an empty object', {}],
    ['an array', [1, 'two', null]],
    ['a text', 'hunter2'],
    ['an empty text', ''],
    ['a number', 12.5],
    ['zero', 0],
    ['false', false],
    ['null', null],
  ])('may be %s, which is read as it was written, in every spelling of the API', async (_, secret) => {
    const { status, body } = await test.client.put(path('value'), { secret });
    expect([status, body.id, body.name]).toEqual([200, user.id, user.name]);
    expect(JSON.stringify(body)).not.toContain('secret');
    const reading = { headers: { accept: 'application/vnd.chatkitty+json' } };
    for (const answer of [
      await test.client.get(path('value')),
      await test.client.get(path('value').replace('/v1', '')),
      await test.client.get(path('value'), reading),
      await test.client.get(path('value').replace('/v1', `/v1/applications/${test.application.applicationId}`)),
    ])
      expect([answer.status, answer.body]).toEqual([200, { secret }]);
  });

  it('are replaced by name, and gone when they are removed', async () => {
    await test.client.put(path('replaced'), { secret: 'first' });
    await test.client.put(path('replaced'), { secret: 'second' });
    expect((await test.client.get(path('replaced'))).body).toEqual({ secret: 'second' });
    const removed = await test.client.delete(path('replaced'));
    expect([removed.status, removed.body.id]).toEqual([200, user.id]);
    expect((await test.client.get(path('replaced'))).status).toBe(404);
    expect((await test.client.delete(path('replaced'))).status).toBe(404);
  });

  it('have names that are compared exactly, and decoded once', async () => {
    const names = [
      'My Name/é',
      'My Name/e',
      'my name/é',
      'a/b',
      'a%2Fb',
      'a%252Fb',
      'me@example.org',
      '佐',
      '+',
      'a b',
      'a+b',
      '%',
      '?',
      '#',
    ];
    const owner = await test.make.user();
    for (const name of names) expect((await test.client.put(path(name, owner), { secret: name })).status).toBe(200);
    for (const name of names) expect((await test.client.get(path(name, owner))).body).toEqual({ secret: name });
    expect((await stored(owner.id)).map(({ name }) => name).sort()).toEqual([...names].sort());
    expect((await test.client.get(`/v1/users/${owner.id}/secrets/My%20Name%2F%C3%A9`)).body.secret).toBe('My Name/é');
    expect((await test.client.get(`/users/${owner.id}/secrets/a%2fb`)).body.secret).toBe('a/b');
  });

  it('are not there under another name, of another user, or of a user who is not there', async () => {
    const other = await test.make.user();
    await test.client.put(path('mine'), { secret: 1 });
    for (const missing of [path('MINE'), path('mine', other), path('mine', { id: 999_999_999 }), path('mine/x')])
      expect([missing, (await test.client.get(missing)).status]).toEqual([missing, 404]);
    expect((await test.client.put(path('mine', { id: 999_999_999 }), { secret: 1 })).status).toBe(404);
    expect((await test.client.delete(path('mine', other))).status).toBe(404);
  });

  it('are not there for another application', async () => {
    await test.client.put(path('tenant'), { secret: 'ours' });
    for (const [method, body] of [['GET'], ['DELETE'], ['PUT', { secret: 'theirs' }]] as const)
      expect((await test.stranger.request(method, path('tenant'), { body })).status).toBe(404);
    expect((await test.client.get(path('tenant'))).body).toEqual({ secret: 'ours' });
  });

  it('are refused when name or value are not as they have to be', async () => {
    const before = await stored();
    const put = (name: string, body: unknown) => test.client.put(path(name), body);
    expectRefusal('long name', await put('x'.repeat(256), { secret: 1 }), ['name'], 'too_long');
    expectRefusal('space before', await put(' x', { secret: 1 }), ['name'], 'invalid');
    expectRefusal('space behind', await put('x ', { secret: 1 }), ['name'], 'invalid');
    expectRefusal('NUL', await put('x\0y', { secret: 1 }), ['name'], 'invalid');
    expectRefusal('no value', await put('x', {}), ['secret'], 'missing_field');
    expectRefusal('large value', await put('x', { secret: 'x'.repeat(65_534) }), ['secret'], 'too_large');
    expectRefusal('NUL in value', await put('x', { secret: { key: 'a\0b' } }), ['secret'], 'invalid');
    expectRefusal('another field', await put('x', { secret: 1, other: 2 }), ['other'], 'invalid');
    expect((await put('x', [])).status).toBe(400);
    expect((await test.client.put(`/v1/users/${user.id}/secrets/%E0%A4%A`, { secret: 1 })).status).toBe(400);
    expect(await stored()).toEqual(before);
  });

  it('may be as long as is allowed', async () => {
    const [name, secret] = ['佐'.repeat(255), '佐'.repeat(21_844)];
    expect((await test.client.put(path(name), { secret })).status).toBe(200);
    expect((await test.client.get(path(name))).body.secret === secret).toBe(true);
  });

  it('are at most a hundred to a user', async () => {
    const owner = await test.make.user();
    await Promise.all(Array.from({ length: 100 }, (_, at) => test.client.put(path(`n${at}`, owner), { secret: at })));
    expectRefusal('the next', await test.client.put(path('next', owner), { secret: 1 }), ['name'], 'unprocessable');
    expect((await test.client.put(path('n7', owner), { secret: 'new' })).status).toBe(200);
    expect(await stored(owner.id)).toHaveLength(100);
  });

  it('are one when many write the same name at once', async () => {
    const owner = await test.make.user();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => test.client.put(path('raced', owner), { secret: at })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await stored(owner.id)).toHaveLength(1);
  });

  it('are stored encrypted, and stand in no event, list or kept answer', async () => {
    const value = 'a-value-like-no-other';
    const key = { 'idempotency-key': 'secret-key-1' };
    for (let count = 0; count < 2; count++)
      expect((await test.client.put(path('hidden'), { secret: { value } }, key)).status).toBe(200);
    const tables = ['user_secrets', 'events', 'idempotency_keys', 'users', 'jobs'];
    for (const table of tables)
      expect([table, JSON.stringify(await test.database.query(`SELECT * FROM ${table}`))]).toEqual([
        table,
        expect.not.stringContaining(value),
      ]);
    for (const list of ['/v1/users', `/v1/users/${user.id}`, '/v1/application'])
      expect(JSON.stringify((await test.client.get(list)).body)).not.toContain(value);
  });

  it('tell the log of changes that they were set or removed, by name alone', async () => {
    const owner = await test.make.user();
    await test.client.put(path('noted', owner), { secret: 'unseen' });
    await test.client.put(path('noted', owner), { secret: 'unseen' });
    await test.client.delete(path('noted', owner));
    const events = await test.database.query<{ type: string; payload: string }>(
      "SELECT type, payload FROM events WHERE subject_id = ? AND type LIKE 'user.secret%' ORDER BY id",
      [owner.id],
    );
    expect(events).toEqual(
      ['user.secret_set', 'user.secret_set', 'user.secret_removed'].map((type) => ({
        type,
        payload: '{"name":"noted"}',
      })),
    );
  });

  it('do not open once their row has been changed, or moved to another name, user or application', async () => {
    const [ann, bob] = [await test.make.user(), await test.make.user()];
    await test.client.put(path('one', ann), { secret: 'of Ann' });
    await test.client.put(path('two', ann), { secret: 'of Ann too' });
    await test.client.put(path('one', bob), { secret: 'of Bob' });
    const sealed = (await stored(ann.id))[0]!.sealed;
    const move = (userId: number, name: string) =>
      test.database.execute('UPDATE user_secrets SET sealed = ? WHERE user_id = ? AND name = ?', [
        sealed,
        userId,
        name,
      ]);
    await move(ann.id, 'two');
    await move(bob.id, 'one');
    for (const moved of [path('two', ann), path('one', bob)]) {
      const { status, body } = await test.client.get(moved);
      expect([status, body.error]).toEqual([503, 'SecretsUnavailableError']);
      expect(JSON.stringify(body)).not.toContain('of Ann');
    }
    expect((await test.client.get(path('one', ann))).body).toEqual({ secret: 'of Ann' });
    // Setting it anew is the way out.
    expect((await test.client.put(path('one', bob), { secret: 'again' })).status).toBe(200);
    expect((await test.client.get(path('one', bob))).body).toEqual({ secret: 'again' });
  });

  it('go with their user', async () => {
    const owner = await test.make.user();
    await test.client.put(path('kept', owner), { secret: 1 });
    await test.client.put(path('kept'), { secret: 2 });
    await test.client.delete(`/v1/users/${owner.id}`);
    expect((await test.client.get(path('kept', owner))).status).toBe(404);
    await until('the secrets are erased', async () => (await stored(owner.id)).length === 0);
    expect((await test.client.get(path('kept'))).body).toEqual({ secret: 2 });
  });

  it('go with their application', async () => {
    const { body: theirs } = await test.stranger.post('/v1/users', { name: 'theirs', displayName: 'Theirs' });
    await test.stranger.put(path('kept', theirs), { secret: 1 });
    expect(await stored(theirs.id)).toHaveLength(1);
    const { body } = await test.stranger.get('/v1/application');
    await test.stranger.delete(`/v1/application?confirm=${body.key}`);
    await test.jobsDone();
    expect(await stored(theirs.id)).toEqual([]);
  });
});
