import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FileCheck } from '../../src/files/file-check.js';
import { FilesRepository } from '../../src/files/files.repository.js';
import { FileRemoval } from '../../src/files/file-removal.js';
import { FileStorage } from '../../src/storage/file-storage.js';
import { startApp, TestApp } from '../support/app.js';
import { MadeChannel, MadeUser } from '../support/make.js';
import { PNG } from '../support/png.js';
import { expectRefusal } from '../support/refusals.js';
import { S3, startS3 } from '../support/s3.js';
import { until } from '../support/wait.js';

const HOUR_MS = 3_600_000;

describe.each([['a disk'], ['a bucket']])('files on %s', (kind) => {
  let test: TestApp;
  let s3: S3 | undefined;
  let storage: FileStorage;
  let ann: MadeUser;
  let channel: MadeChannel;
  beforeAll(async () => {
    if (kind === 'a bucket') s3 = await startS3();
    test = await startApp({ MAX_UPLOAD_BYTES: '7000000', ...s3?.environment });
    storage = test.app.get(FileStorage);
    ann = await test.make.user({ name: 'ann' });
    channel = await test.make.channel({ members: [ann] });
  });
  afterAll(async () => {
    await test.close();
    await s3?.close();
  });

  async function keys(): Promise<string[]> {
    const found: string[] = [];
    for (const folder of ['files', 'partial']) for await (const { key } of storage.list(folder)) found.push(key);
    return found.sort();
  }
  const path = () => `/v1/channels/${channel.id}/messages`;
  const send = async (file: Blob = new Blob(['Hello']), fields: Record<string, string> = {}) => {
    const { status, body } = await test.client.upload(path(), file, fields);
    expect([status, body]).toEqual([200, expect.anything()]);
    return body;
  };
  const gone = (what: string, count: number) => until(what, async () => (await keys()).length === count);
  const rows = () =>
    test.database.query<{ n: number }>('SELECT COUNT(*) AS n FROM files').then(([row]) => Number(row!.n));

  it('are sent in messages by members and by the system, and handed out as they were', async () => {
    const content = randomBytes(6_500_000);
    const message = await send(new Blob([content]), {
      name: 'Pläne "neu".bin',
      username: 'ann',
      groupTag: 'gallery',
      properties: '{"a":1}',
    });
    expect(message).toMatchObject({
      type: 'FILE',
      user: { id: ann.id },
      groupTag: 'gallery',
      properties: { a: 1 },
      file: { type: 'HOSTED', contentType: 'application/octet-stream', size: 6_500_000 },
    });
    expect(message.file.url).toMatch(new RegExp(`^${test.url}/v1/files/[\\w-]{43}/Pl%C3%A4ne`));
    const response = await fetch(message.file.url);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
    expect((await test.client.get(`/v1/messages/${message.id}`)).body.file).toEqual(message.file);
    expect(await send()).toMatchObject({ type: 'SYSTEM_FILE', file: { name: 'notes.txt', contentType: 'text/plain' } });
    const { body } = await test.client.get('/messages?size=1', {
      headers: { accept: 'application/vnd.chatkitty+json' },
    });
    expect(body._embedded.messages[0].file).toMatchObject({ type: 'HOSTED', content_type: 'text/plain' });
  });

  it('are sent as replies', async () => {
    const parent = await test.make.message(channel, 'What is the plan?');
    const { status, body } = await test.client.upload(`/v1/threads/${parent.id}/messages`, new Blob([PNG]), {
      name: 'plan.txt',
      username: 'ann',
    });
    expect([status, body.nestedLevel, body.type]).toEqual([200, 1, 'FILE']);
    expect(body.file).toMatchObject({ name: 'plan.txt', contentType: 'image/png' });
    const [row] = await test.database.query('SELECT owner_type, owner_id, sha256 FROM files ORDER BY id DESC LIMIT 1');
    expect(row).toEqual({
      owner_type: 'MESSAGE',
      owner_id: body.id,
      sha256: createHash('sha256').update(PNG).digest('hex'),
    });
  });

  it('that are refused leave nothing, and no message', async () => {
    const [before, count] = [await keys(), await rows()];
    const file = new Blob(['Hello']);
    const stranger = await test.make.user();
    const refusals: [string, Record<string, string>, string][] = [
      ['an unknown field', { color: 'teal' }, 'color'],
      ['properties that are no JSON', { properties: '{' }, 'properties'],
      ['somebody who is no member', { username: stranger.name }, 'user'],
    ];
    for (const [what, fields, field] of refusals)
      expectRefusal(what, await test.client.upload(path(), file, fields), [field]);
    expect((await test.client.upload(path(), file, { username: 'nobody' })).status).toBe(404);
    expect((await test.client.upload('/v1/channels/999999/messages', file)).status).toBe(404);
    expect((await test.stranger.upload(path(), file)).status).toBe(404);
    expect((await test.client.with('').upload(path(), file)).status).toBe(401);
    expect((await test.client.upload(path(), file, {}, { accept: 'text/html' })).status).toBe(406);
    expect((await test.client.upload(path(), new Blob([randomBytes(7_000_001)]))).status).toBe(413);
    expect((await test.client.upload('/v1/users', file)).status).toBe(415);
    // Nobody can claim a file that was not sent.
    const claim = { key: before[0], name: 'a', contentType: 'a/b', size: 1, sha256: 'a' };
    expectRefusal('a claim', await test.client.post(path(), { type: 'FILE', file: claim }));
    expect([await keys(), await rows()]).toEqual([before, count]);
  });

  it('are sent once under a key', async () => {
    const headers = { 'idempotency-key': `upload-${kind}` };
    const once = () => test.client.upload(path(), new Blob(['once']), { properties: '{}' }, headers);
    const [first, again] = [await once(), await once()];
    const count = (await keys()).length;
    expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 200, 'true']);
    expect(again.body).toEqual(first.body);
    const parallel = await Promise.all([once(), once(), once()]);
    for (const { body } of parallel) expect(body).toEqual(first.body);
    expect((await keys()).length).toBe(count);
    expectRefusal('another file', await test.client.upload(path(), new Blob(['twice']), { properties: '{}' }, headers));
    expect((await keys()).length).toBe(count);
    expect((await fetch(first.body.file.url)).status).toBe(200);
  });

  it('are removed with their message', async () => {
    const count = (await keys()).length;
    const message = await send();
    expect((await keys()).length).toBe(count + 1);
    expect((await test.client.delete(`/v1/messages/${message.id}`)).status).toBe(200);
    expect((await fetch(message.file.url)).status).toBe(404);
    await gone('the file of the message', count);
    await until('the row of the file', async () => (await rows()) === count);
  });

  it('are removed with their channel, from which moment on they are not there', async () => {
    const count = (await keys()).length;
    const other = await test.make.channel();
    const urls: string[] = [];
    for (let files = 0; files < 3; files++)
      urls.push((await test.client.upload(`/v1/channels/${other.id}/messages`, new Blob(['a']))).body.file.url);
    await test.client.delete(`/v1/channels/${other.id}`);
    for (const url of urls) expect((await fetch(url)).status).toBe(404);
    await gone('the files of the channel', count);
  });

  it('are display pictures, in every place that shows the user', async () => {
    const count = (await keys()).length;
    const user = await test.make.user();
    const room = await test.make.channel({ type: 'DIRECT', members: [user, ann], creator: { id: user.id } });
    const message = await test.make.message(room, `I am <@${user.name}>`, user);
    const at = `/v1/users/${user.id}/display-picture`;
    const { status, body } = await test.client.upload(at, new Blob([PNG]), { name: 'me.png' });
    expect([status, body.id]).toEqual([200, user.id]);
    const first = body.displayPictureUrl as string;
    expect(first).toMatch(new RegExp(`^${test.url}/v1/files/[\\w-]{43}/me.png$`));
    expect(Buffer.from(await (await fetch(first)).arrayBuffer()).equals(PNG)).toBe(true);
    const said = (await test.client.get(`/v1/messages/${message.id}`)).body;
    const direct = (await test.client.get(`/v1/channels/${room.id}`)).body;
    const shown = [
      (await test.client.get(`/v1/users/${user.id}`)).body,
      (await test.client.get(`/v1/users?name=${user.name}`)).body._embedded.users[0],
      (await test.client.get(`/v1/channels/${room.id}/members`)).body._embedded.users.find(
        ({ id }: any) => id === user.id,
      ),
      said.user,
      said.mentions[0].user,
      direct.creator,
      direct.members.find(({ id }: any) => id === user.id),
      direct.lastReceivedMessage.user,
    ];
    expect(shown.map(({ displayPictureUrl }) => displayPictureUrl)).toEqual(shown.map(() => first));
    const second = (await test.client.upload(at, new Blob([PNG]))).body.displayPictureUrl;
    expect(second).not.toBe(first);
    await gone('the picture before', count + 1);
    expect((await fetch(first)).status).toBe(404);
    const elsewhere = { url: 'https://example.org/ä.png', name: 'a.png', contentType: 'image/png', size: 7 };
    expect((await test.client.post(at, elsewhere)).body.displayPictureUrl).toBe('https://example.org/%C3%A4.png');
    await gone('the picture before', count);
    expectRefusal('a page', await test.client.upload(at, new Blob(['<svg/>']), { name: 'me.svg' }), ['file']);
    expectRefusal('an address', await test.client.post(at, { ...elsewhere, url: 'javascript:alert(1)' }), ['url']);
    expectRefusal('no host', await test.client.post(at, { ...elsewhere, url: 'https://[' }), ['url']);
    expect((await test.stranger.upload(at, new Blob([PNG]))).status).toBe(404);
    await test.client.upload(at, new Blob([PNG]));
    await test.client.delete(`/v1/users/${user.id}`);
    await gone('the picture of the deleted user', count);
  });

  it('are found by the check when a process died in between, both ways', async () => {
    const check = new FileCheck(test.app.get(FilesRepository), storage);
    const later = Date.now() + 2 * HOUR_MS;
    expect(await check.run({ repair: false }, later)).toMatchObject({ unknown: [], missing: [], unowned: [] });
    // Stored, but the row was never written; and another that is about to be.
    await storage.write('files/1/ab/left', Readable.from([Buffer.from('left')]), 'text/plain');
    expect((await check.run({ repair: true })).unknown).toEqual([]);
    const lost = await send();
    const [row] = await test.database.query<{ id: number; storage_key: string }>(
      'SELECT id, storage_key FROM files ORDER BY id DESC LIMIT 1',
    );
    await storage.delete(row!.storage_key);
    if (kind === 'a disk') expect((await fetch(lost.file.url)).status).toBe(404);
    const found = await check.run({ repair: true }, later);
    expect(found.unknown).toEqual([{ key: 'files/1/ab/left', size: 4 }]);
    expect(found.missing).toMatchObject([{ id: row!.id, key: row!.storage_key }]);
    expect(found.deleted).toBe(1);
    expect(await storage.size('files/1/ab/left')).toBeUndefined();
    await test.client.delete(`/v1/messages/${lost.id}`);
    await until('the row of what is lost', async () => (await rows()) === (await keys()).length);
    expect(await check.run({ repair: false }, later)).toMatchObject({ unknown: [], missing: [], unowned: [] });
  });

  it('that could not be removed are removed later', async () => {
    const message = await send();
    const count = (await keys()).length;
    const remove = storage.delete.bind(storage);
    let failures = 0;
    storage.delete = () => {
      failures++;
      return Promise.reject(new Error('The storage is away'));
    };
    await test.client.delete(`/v1/messages/${message.id}`);
    await until('an attempt', () => failures > 0);
    storage.delete = remove;
    expect([(await keys()).length, (await fetch(message.file.url)).status]).toEqual([count, 404]);
    test.app.get(FileRemoval).wake();
    await gone('the file', count - 1);
  });

  it('are removed with their application', async () => {
    await test.client.upload(`/v1/users/${ann.id}/display-picture`, new Blob([PNG]));
    const { key } = (await test.client.get('/v1/application')).body;
    const url = (await send()).file.url as string;
    expect((await test.client.delete(`/v1/application?confirm=${key}`)).status).toBe(200);
    expect((await fetch(url)).status).toBe(404);
    await test.jobsDone();
    await gone('all files', 0);
    await until('all rows', async () => (await rows()) === 0);
  });
});

describe('a file is handed out', () => {
  let test: TestApp;
  let path: string;
  beforeAll(async () => {
    test = await startApp();
    path = `/v1/channels/${(await test.make.channel()).id}/messages`;
  });
  afterAll(() => test.close());

  const address = async (content: string | Buffer, name: string): Promise<string> =>
    (await test.client.upload(path, new Blob([content]), { name })).body.file.url;
  const get = (url: string, headers: Record<string, string> = {}, method = 'GET') => fetch(url, { method, headers });

  it.each([
    ['a picture', PNG, 'me.png', 'image/png', /^inline/],
    ['a text', 'Hello', 'notes.txt', 'text/plain; charset=utf-8', /^inline/],
    ['a page', '<script>1</script>', 'a.html', 'text/plain; charset=utf-8', /^attachment/],
    ['a page that claims to be a picture', '<script>1</script>', 'a.png', 'text/plain; charset=utf-8', /^inline/],
    ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'a.svg', 'application/octet-stream', /^attachment/],
    ['XML', '<?xml version="1.0"?><a/>', 'a.xml', 'text/plain; charset=utf-8', /^attachment/],
    ['a script', 'alert(1)', 'a.js', 'text/plain; charset=utf-8', /^attachment/],
    ['a document', '%PDF-1.7\n', 'a.pdf', 'application/pdf', /^attachment/],
    ['bytes', Buffer.from([0, 1, 2]), 'a.bin', 'application/octet-stream', /^attachment/],
  ])('%s as what cannot do harm', async (_, content, name, type, disposition) => {
    const response = await get(await address(content, name));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('content-disposition')).toMatch(disposition);
    expect(response.headers.get('content-disposition')).toContain(name);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*; sandbox$/);
    expect(response.headers.get('cache-control')).toMatch(/^private, .*immutable$/);
    expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.from(content))).toBe(true);
  });

  it('under its name, however odd', async () => {
    const url = await address('Hello', 'Grüße; a="b" 😀.txt');
    const disposition = (await get(url)).headers.get('content-disposition')!;
    expect(disposition).toMatch(/^inline; filename="[^"\\]*(\\.[^"\\]*)*"; filename\*=UTF-8''Gr%C3%BC%C3%9Fe/);
    expect((await get(await address('Hello', `${'ü'.repeat(250)}.txt`))).status).toBe(200);
  });

  it('in parts, and again only if it is another', async () => {
    const url = await address('0123456789', 'digits.txt');
    const whole = await get(url);
    const etag = whole.headers.get('etag')!;
    expect(etag).toBe(`"${createHash('sha256').update('0123456789').digest('hex')}"`);
    expect(whole.headers.get('accept-ranges')).toBe('bytes');
    const told = async (headers: Record<string, string>) => {
      const response = await get(url, headers);
      return [response.status, response.headers.get('content-range'), await response.text()];
    };
    expect(await told({ range: 'bytes=2-4' })).toEqual([206, 'bytes 2-4/10', '234']);
    expect(await told({ range: 'bytes=-3' })).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await told({ range: 'bytes=8-' })).toEqual([206, 'bytes 8-9/10', '89']);
    expect(await told({ range: 'lines=1-2' })).toEqual([200, null, '0123456789']);
    expect(await told({ range: 'bytes=2-4', 'if-range': etag })).toEqual([206, 'bytes 2-4/10', '234']);
    expect(await told({ range: 'bytes=2-4', 'if-range': '"other"' })).toEqual([200, null, '0123456789']);
    const beyond = await get(url, { range: 'bytes=10-' });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    expect(beyond.headers.get('cache-control')).toMatch(/no-store/);
    for (const tag of [etag, `W/${etag}`, `"a", ${etag}`, '*'])
      expect([tag, ...(await told({ 'if-none-match': tag }))]).toEqual([tag, 304, null, '']);
    expect((await told({ 'if-none-match': '"other"' }))[0]).toBe(200);
    const head = await get(url, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
  });

  it('to nobody who does not know its token', async () => {
    const url = await address('Hello', 'notes.txt');
    const token = url.split('/').at(-2)!;
    for (const other of [token.slice(1), `${token}A`, token.toLowerCase(), 'x'.repeat(43), '..%2F..%2Fetc', '%00'])
      if (other !== token) expect([other, (await get(url.replace(token, other))).status]).toEqual([other, 404]);
    // The name is for people.
    expect((await get(`${url}/../..%2F..%2Fpasswd`)).status).toBe(200);
    expect((await get(url, {}, 'DELETE')).status).toBe(405);
  });

  it('empty, when it is empty', async () => {
    const { body } = await test.client.upload(path, new Blob([]), { name: 'empty.txt' });
    expect(body.file.size).toBe(0);
    expect(await (await get(body.file.url)).text()).toBe('');
  });

  it('from the folder of the data', async () => {
    await address('On the disk', 'notes.txt');
    const [row] = await test.database.query<{ storage_key: string }>(
      'SELECT storage_key FROM files ORDER BY id DESC LIMIT 1',
    );
    expect(await readFile(join(process.env.DATA_DIR!, 'files', row!.storage_key), 'utf8')).toBe('On the disk');
  });
});
