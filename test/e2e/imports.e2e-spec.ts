import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationsService } from '../../src/applications/applications.service.js';
import { FileStorage } from '../../src/storage/file-storage.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { startApp, TestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { Contract } from '../support/contract.js';
import { ended, imported, Job, report, upload } from '../support/jobs.js';

const PICTURE = { url: 'https://example.org/me.png', name: 'me.png', content_type: 'image/png', size: 7 };
const NOTHING = { total: 0, processed: 0, created: 0, skipped: 0, failed: 0 };

describe('imports', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp({ MAX_IMPORT_BYTES: '4000000' });
  });
  afterAll(() => test.close());

  const counted = (job: Job, counts: Partial<Job['counts']>) => {
    const { created = 0, skipped = 0, failed = 0 } = counts;
    const processed = created + skipped + failed;
    expect(job).toMatchObject({
      state: 'FINISHED',
      progress: 100,
      counts: { ...NOTHING, ...counts, processed, total: processed },
    });
  };
  const exact = async () => expect((await new CounterCheck(test.database).run()).differences).toEqual([]);
  const user = async (name: string) =>
    (await test.client.get(`/v1/users?name=${encodeURIComponent(name)}`)).body._embedded.users[0];
  const stored = async () => {
    const keys: string[] = [];
    for (const folder of ['imports', 'jobs'])
      for await (const { key } of test.app.get(FileStorage).list(folder)) keys.push(key);
    return keys;
  };
  const problems = async (job: Job) =>
    (await report(test.client, job)).map(({ index, errors }) => [
      index,
      ...errors.map(({ field, code }) => `${field} ${code}`),
    ]);

  it('of users take both casings, and every spelling of guests', async () => {
    const before = await stored();
    const job = await imported(test.client, '/v1/imports/users', [
      { name: 'imp-1', displayName: 'One', guest: true, properties: { a: [1, null] }, idempotencyKey: 'u1' },
      { name: 'imp-2', display_name: 'Two', isGuest: false, idempotency_key: 'u2', displayPicture: PICTURE },
      { name: 'imp-3', displayName: 'Three ✓', is_guest: true, properties: {} },
    ]);
    counted(job, { created: 3 });
    expect(job).toMatchObject({ type: 'USER_IMPORT' });
    expect(Object.keys(job._links)).toEqual(['self', 'application']);
    expect(await user('imp-1')).toMatchObject({
      displayName: 'One',
      isGuest: true,
      type: 'PERSON',
      properties: { a: [1, null] },
    });
    expect(await user('imp-2')).toMatchObject({ displayName: 'Two', isGuest: false, displayPictureUrl: PICTURE.url });
    expect(await user('imp-3')).toMatchObject({ displayName: 'Three ✓', isGuest: true });
    await exact();
    expect(await stored()).toEqual(before);
  });

  it('refuse bad items one by one, with all that is wrong with each', async () => {
    const big = 'x'.repeat(1_100_000);
    const job = await imported(
      test.client,
      '/v1/imports/users',
      `[
        {"name":"good-1","displayName":"Good"},
        {"name":"","displayName":"   ","guest":"yes","color":1},
        7, null, [], "text", true,
        {"name":"with\\u0000nul","displayName":"Nul"},
        {"name":"proto","displayName":"P","__proto__":{"isGuest":true}},
        {"name":"proto2","displayName":"P","properties":{"constructor":{"prototype":{}}}},
        {"name":"imp-1","displayName":"Taken","idempotencyKey":"another"},
        {"name":"big","displayName":"Big","properties":{"x":"${big}"}},
        {"name":"deep","displayName":"Deep","properties":{"x":${'['.repeat(100)}${']'.repeat(100)}}},
        {"name":"half","displayName":"\\ud800"},
        {"name":"good-1","displayName":"Twice"},
        {},
        {"name":"good-2","displayName":"Good"}
      ]`,
    );
    counted(job, { created: 2, failed: 15 });
    const found = await problems(job);
    expect(found.slice(0, 1)).toEqual([[1, 'color invalid', 'name invalid', 'displayName invalid', 'isGuest invalid']]);
    expect(found.slice(1)).toEqual([
      ...[2, 3, 4, 5, 6].map((index) => [index, 'item invalid']),
      [7, 'name invalid'],
      [8, 'item invalid'],
      [9, 'item invalid'],
      [10, 'name already_exists'],
      [11, 'item too_large'],
      [12, 'item invalid'],
      [13, 'displayName invalid'],
      [14, 'name already_exists'],
      [15, 'name missing_field', 'displayName missing_field'],
    ]);
    expect((await report(test.client, job)).find(({ index }) => index === 10)).toMatchObject({
      idempotencyKey: 'another',
    });
    expect(({} as Record<string, unknown>).isGuest).toBeUndefined();
    await exact();
  });

  it.each<[string, string, RegExp]>([
    ['an object', '{"users":[]}', /must be a JSON array \(line 1, position 1\)/],
    ['cut off', '[{"name":"cut-1","displayName":"Cut"},\n{"name":"cut-', /ends before the array does \(line 2/],
    [
      'no JSON',
      '[{"name":"bad-1","displayName":"Bad"},\n{"name":nope}]',
      /is not valid JSON: .*\(line 2, position 9\)/,
    ],
    ['empty', '', /is required|is empty/],
  ])('refuse a file at once that is %s, and keep nothing of it', async (_, content, message) => {
    const before = await stored();
    const jobs = await test.client.all('/v1/jobs', 'jobs');
    const { status, body } = await upload(test.client, '/v1/imports/users', content);
    expect([status, body.errors[0].field]).toEqual([400, 'file']);
    expect(body.explanation).toMatch(message);
    expect(await stored()).toEqual(before);
    expect(await test.client.all('/v1/jobs', 'jobs')).toEqual(jobs);
    expect(await user('cut-1')).toBeUndefined();
  });

  it('refuse files that are too large, and other types', async () => {
    const before = await stored();
    const { status } = await upload(test.client, '/v1/imports/users', `[${' '.repeat(5_000_000)}]`);
    expect(status).toBe(413);
    expect((await test.client.post('/v1/imports/users', [{ name: 'x', displayName: 'x' }])).status).toBe(415);
    expect(await stored()).toEqual(before);
  });

  it('are done once under an idempotency key of the request', async () => {
    const items = [{ name: 'once', displayName: 'Once' }];
    const send = async () => {
      const form = new FormData();
      form.append('file', new Blob([JSON.stringify(items)]), 'a.json');
      return test.client.post('/v1/imports/users', form, { 'idempotency-key': 'import-1' });
    };
    const [first, second] = [await send(), await send()];
    expect([first.status, second.status, second.body.id]).toEqual([202, 202, first.body.id]);
    await test.jobsDone();
    expect(await user('once')).toBeDefined();
  });

  it('skip what they have imported before, by its key, for as long as it is there', async () => {
    const items = [
      { name: 'key-1', displayName: 'One', idempotencyKey: 'k1' },
      { name: 'key-2', displayName: 'Two', idempotencyKey: 'k2' },
      { name: 'key-3', displayName: 'Same key', idempotencyKey: 'k2' },
    ];
    counted(await imported(test.client, '/v1/imports/users', items), { created: 2, skipped: 1 });
    counted(await imported(test.client, '/v1/imports/users', items), { skipped: 3 });
    await test.client.delete(`/v1/users/${(await user('key-1')).id}`);
    counted(await imported(test.client, '/v1/imports/users', items), { created: 1, skipped: 2 });
    expect(await user('key-1')).toBeDefined();
    counted(await imported(test.stranger, '/v1/imports/users', items), { created: 2, skipped: 1 });
  });

  it('of channels name people by their usernames, and leave equivalent channels as they are', async () => {
    const [ann, bob, cyd] = await test.make.users(3);
    const items = [
      { type: 'PUBLIC', name: 'imported', members: [ann!.name], creator: bob!.name, idempotencyKey: 'c1' },
      {
        type: 'PRIVATE',
        members: [],
        displayName: 'Nameless',
        properties: { a: 1 },
        createdTime: '2019-01-02T03:04:05Z',
      },
      { type: 'DIRECT', members: [ann!.name, bob!.name], idempotency_key: 'c3' },
      { type: 'DIRECT', members: [bob!.name], creator: ann!.name },
      { type: 'PUBLIC', name: 'imported', members: [cyd!.name] },
      { type: 'PRIVATE', name: 'imported', members: [] },
      { type: 'DIRECT', members: [ann!.name] },
      { type: 'PUBLIC', members: [ann!.name, 'nobody'], creator: 'nobody else' },
      { type: 'OPEN', members: [] },
      { type: 'PUBLIC', members: {} },
    ];
    const job = await imported(test.client, '/v1/imports/channels', items);
    counted(job, { created: 3, skipped: 2, failed: 5 });
    expect(await problems(job)).toEqual([
      [5, 'name already_exists'],
      [6, 'members invalid'],
      [7, 'members[1] missing', 'creator missing'],
      [8, 'type invalid'],
      [9, 'members invalid'],
    ]);
    const channels = await test.client.all<any>('/v1/channels', 'channels');
    const [named, nameless, direct] = channels.slice(-3);
    expect(named).toMatchObject({ name: 'imported', displayName: 'imported', creator: { id: bob!.id } });
    expect(nameless).toMatchObject({
      displayName: 'Nameless',
      createdTime: '2019-01-02T03:04:05Z',
      properties: { a: 1 },
    });
    expect(direct.members.map(({ id }: any) => id)).toEqual([ann!.id, bob!.id]);
    const members = await test.client.all(`/v1/channels/${named.id}/members`, 'users');
    expect(members.map(({ id }) => id)).toEqual([ann!.id, bob!.id]);
    counted(await imported(test.client, '/v1/imports/channels', items.slice(0, 3)), { created: 1, skipped: 2 });
    await exact();
  });

  it('of members go into one channel', async () => {
    const [ann, bob] = await test.make.users(2);
    const channel = await test.make.channel({ members: [ann!] });
    const items = [
      { username: ann!.name },
      { username: bob!.name, idempotencyKey: 'm1' },
      { username: bob!.name },
      { username: 'nobody' },
    ];
    const path = `/v1/imports/channels/${channel.id}/members`;
    const job = await imported(test.client, path, items);
    counted(job, { created: 1, skipped: 2, failed: 1 });
    expect(await problems(job)).toEqual([[3, 'username missing']]);
    expect(await test.client.all(`/v1/channels/${channel.id}/members`, 'users')).toHaveLength(2);
    await exact();
    const direct = await test.make.channel({ type: 'DIRECT', members: [ann!, bob!] });
    const refused = await upload(test.client, `/v1/imports/channels/${direct.id}/members`, items);
    expect([refused.status, refused.body.errors[0].code]).toEqual([400, 'unprocessable']);
    expect((await upload(test.stranger, path, items)).status).toBe(404);
  });

  it('of messages keep their times, their order and whom they answer', async () => {
    const [ann, bob] = await test.make.users(2);
    const channel = await test.make.channel({ members: [ann!] });
    const there = await test.make.message(channel, 'There before', ann);
    const file = { url: 'https://example.org/a.png', name: 'a.png', contentType: 'image/png', size: 3 };
    const channelId = channel.id;
    const job = await imported(test.client, '/v1/imports/messages', [
      {
        type: 'TEXT',
        channelId,
        user: ann!.name,
        body: `Hi <@${bob!.name}> https://example.org`,
        idempotencyKey: 'x1',
      },
      { type: 'TEXT', channelId, user: bob!.name, body: 'A reply', parentKey: 'x1', idempotencyKey: 'x2' },
      { type: 'SYSTEM_TEXT', channel_id: channelId, body: 'System', created_time: '2001-02-03T04:05:06.789Z' },
      {
        type: 'TEXT',
        channelId,
        user: ann!.name,
        body: 'Deeper',
        parentKey: 'x2',
        groupTag: 'g',
        properties: { p: 1 },
      },
      { type: 'FILE', channelId, user: ann!.name, file, threadId: there.id },
      { type: 'TEXT', channelId, user: ann!.name, body: 'Edited', lastEditedTime: '2020-01-01T00:00:00Z' },
      { type: 'TEXT', channelId, body: 'No sender' },
      { type: 'TEXT', channelId: 999_999, user: ann!.name, body: 'No channel' },
      { type: 'TEXT', user: 'nobody', body: '', parentKey: 'unknown' },
      { type: 'TEXT', channelId, user: ann!.name, body: 'No parent', parentKey: 'unknown' },
      { type: 'TEXT', channelId, user: ann!.name, body: 'When?', createdTime: '0001-01-01T00:00:00Z' },
      { type: 'SYSTEM_TEXT', channelId, body: 'Again', idempotencyKey: 'x2' },
    ]);
    counted(job, { created: 6, failed: 5, skipped: 1 });
    expect(await problems(job)).toEqual([
      [6, 'user missing_field'],
      [7, 'channelId missing'],
      [8, 'body invalid'],
      [9, 'parentKey missing'],
      [10, 'createdTime invalid'],
    ]);
    const [edited, filed, deep, system, reply, first] = await test.client.all<any>(
      `/v1/channels/${channelId}/messages`,
      'messages',
    );
    expect(first).toMatchObject({ user: { id: ann!.id }, repliesCount: 1, nestedLevel: 0 });
    expect(first.mentions).toMatchObject([{ user: { id: bob!.id } }]);
    expect(first.links).toMatchObject([{ source: 'https://example.org' }]);
    expect(reply).toMatchObject({ body: 'A reply', nestedLevel: 1, repliesCount: 1, user: { id: bob!.id } });
    expect(deep).toMatchObject({ body: 'Deeper', nestedLevel: 2, groupTag: 'g', properties: { p: 1 } });
    expect(system).toMatchObject({ type: 'SYSTEM_TEXT', createdTime: '2001-02-03T04:05:06Z' });
    expect(filed).toMatchObject({ type: 'FILE', nestedLevel: 1, file: { type: 'EXTERNAL', ...file } });
    expect(edited).toMatchObject({ lastEditedTime: '2020-01-01T00:00:00Z' });
    expect((await test.client.get(`/v1/threads/${first.id}/messages`)).body._embedded.messages).toHaveLength(1);
    expect((await test.client.get(`/v1/threads/${reply.id}/messages`)).body._embedded.messages).toHaveLength(1);
    expect((await test.client.get(`/v1/threads/${there.id}/messages`)).body.page.total).toBe(1);
    await exact();
    const events = await test.database.query<{ type: string; payload: string }>(
      'SELECT type, payload FROM events WHERE channel_id = ? ORDER BY id',
      [channelId],
    );
    expect(events.map(({ type }) => type)).toEqual(['channel.created', 'message.sent', 'messages.imported']);
    expect(JSON.parse(events[2]!.payload)).toEqual({
      isImported: true,
      firstId: first.id,
      lastId: edited.id,
      count: 6,
    });
  });

  it('can be tried without importing anything', async () => {
    const items = [
      { kind: 'USER', name: 'dry-1', displayName: 'Dry', idempotencyKey: 'd1' },
      { kind: 'USER', name: 'dry-1', displayName: 'Dry again' },
      { kind: 'CHANNEL', type: 'PUBLIC', name: 'dry', members: ['dry-1'], idempotencyKey: 'dc' },
      { kind: 'CHANNEL', type: 'DIRECT', members: ['dry-1', 'nobody'] },
      { kind: 'MEMBER', channelKey: 'dc', username: 'dry-1' },
      { kind: 'MESSAGE', type: 'TEXT', channelKey: 'dc', user: 'dry-1', body: 'x', idempotencyKey: 'dm' },
      { kind: 'MESSAGE', type: 'TEXT', channelKey: 'dc', userKey: 'd1', body: 'x', parentKey: 'dm' },
      { kind: 'MESSAGE', type: 'TEXT', channelKey: 'other', userKey: 'd1', body: 'x' },
      { kind: 'PIGEON' },
    ];
    const filler = Array.from({ length: 600 }, (_, n) => ({ kind: 'USER', name: `dry-f${n}`, displayName: 'x' }));
    const file = [items[0], ...filler, ...items.slice(1)];
    const before = (await test.client.get('/v1/users?size=1')).body.page.totalElements;
    const keys = await test.database.query('SELECT COUNT(*) AS n FROM import_keys');
    const job = await imported(test.client, '/v1/imports/application?dryRun=true', file);
    counted(job, { created: 605, failed: 4 });
    expect(await problems(job)).toEqual([
      [601, 'name already_exists'],
      [603, 'members[1] missing'],
      [607, 'channelKey missing'],
      [608, 'kind invalid'],
    ]);
    expect((await test.client.get('/v1/users?size=1')).body.page.totalElements).toBe(before);
    expect(await test.database.query('SELECT COUNT(*) AS n FROM import_keys')).toEqual(keys);
    const real = await imported(test.client, '/v1/imports/application', file);
    // The member is there already, as one of the channel's first.
    expect(real.counts).toEqual({ ...job.counts, created: 604, skipped: 1 });
    expect(await problems(real)).toEqual(await problems(job));
    await exact();
  });

  it('go with their application: keys, reports, files', async () => {
    const application = await test.app.get(ApplicationsService).create('Short-lived');
    const client = await Client.of(test.url, application, new Contract());
    const items = [{ name: 'short', displayName: 'Short', idempotencyKey: 's' }, {}];
    await imported(client, '/v1/imports/users', items);
    const { body: job } = await client.post('/v1/exports/application');
    await ended(client, job.id as number);
    const kept = async () => [
      (await stored()).filter((key) => key.includes(`/${application.applicationId}/`)).length,
      (await test.database.query('SELECT 1 FROM import_keys WHERE application_id = ?', [application.applicationId]))
        .length,
      (await test.database.query('SELECT 1 FROM job_errors WHERE application_id = ?', [application.applicationId]))
        .length,
    ];
    expect(await kept()).toEqual([1, 1, 1]);
    await client.delete(`/v1/application?confirm=${application.key}`);
    await test.jobsDone();
    expect(await kept()).toEqual([0, 0, 0]);
  });

  it('are seen by nobody else', async () => {
    const job = await imported(test.client, '/v1/imports/users', [{ name: 'mine', displayName: 'Mine' }, {}]);
    for (const path of ['', '/errors', '/file'])
      expect((await test.stranger.get(`/v1/jobs/${job.id}${path}`)).status).toBe(404);
    const theirs = await test.stranger.all<Job>('/v1/jobs', 'jobs');
    expect(theirs.map(({ id }) => id)).not.toContain(job.id);
  });
});
