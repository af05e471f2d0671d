import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import multipart from '@fastify/multipart';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Fastify, { FastifyInstance } from 'fastify';
import { loadConfig } from '../config/config.js';
import { ApiException } from '../errors/api-error.js';
import { FileField, PropertiesField, TextField } from '../resource/fields.js';
import { readForm } from '../resource/input.js';
import { About } from '../resource/registry.js';
import { DiskStorage } from '../storage/disk-storage.js';
import { FormReader } from './form-reader.js';
import { UploadedFile } from './uploaded-file.js';
import { UploadOptions } from './upload-options.js';

const MAX_BYTES = 100_000;

@About('Parcel')
class ParcelForm {
  @FileField({ description: 'What is in it' })
  file!: UploadedFile;

  @TextField({ description: 'For whom', max: 20, optional: true })
  receiverName?: string;

  @PropertiesField({ description: 'More about it', optional: true })
  properties?: Record<string, unknown>;
}

const OPTIONS: UploadOptions = {
  form: ParcelForm,
  prefix: 'parcels',
  maxBytes: () => MAX_BYTES,
  check: ({ contentType }) =>
    contentType === 'text/html' ? { code: 'unprocessable', message: 'must not be a page' } : undefined,
};

interface Told {
  status: number;
  fields?: [string, string][];
  value?: ParcelForm;
}

describe('a form with a file', () => {
  let folder: string;
  let storage: DiskStorage;
  let fastify: FastifyInstance;
  let url: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chat-uploads-'));
    storage = new DiskStorage(folder);
    const reader = new FormReader(storage, loadConfig({}));
    fastify = Fastify();
    fastify.decorateRequest('principal', undefined);
    await fastify.register(multipart);
    fastify.post('/', async (request, reply): Promise<Told> => {
      request.principal = { applicationId: 7, clientId: 'me', scopes: new Set() };
      try {
        const form = await reader.read(request, OPTIONS);
        const { value, problems } = readForm(form);
        if (problems.length > 0) await reader.discard(form);
        const fields = problems.map(({ field, code }): [string, string] => [field, code]);
        return problems.length > 0 ? { status: 400, fields } : { status: 200, value: { ...(value as ParcelForm) } };
      } catch (error) {
        if (!(error instanceof ApiException)) throw error;
        void reply.code(error.status);
        const fields = error.details.problems?.map(({ field, code }): [string, string] => [field, code]);
        return { status: error.status, ...(fields && { fields }) };
      }
    });
    await fastify.listen({ port: 0, host: '127.0.0.1' });
    url = `http://127.0.0.1:${(fastify.server.address() as AddressInfo).port}/`;
  });
  afterEach(async () => {
    await fastify.close();
    await rm(folder, { recursive: true });
  });

  async function stored(): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  async function send(body: FormData | string | Uint8Array, headers: Record<string, string> = {}): Promise<Told> {
    const response = await fetch(url, { method: 'POST', body: body as never, headers });
    return (await response.json()) as Told;
  }

  function form(parts: Record<string, string | Blob | [Blob, string]>): FormData {
    const data = new FormData();
    for (const [name, part] of Object.entries(parts)) {
      if (Array.isArray(part)) data.append(name, part[0], part[1]);
      else data.append(name, part);
    }
    return data;
  }
  const text = (value: string | Uint8Array, type = 'text/plain') => new Blob([value], { type });
  const raw = (...lines: string[]) => send(lines.join('\r\n'), { 'content-type': 'multipart/form-data; boundary=cut' });
  const FILE_PART = ['--cut', 'content-disposition: form-data; name="file"; filename="a.txt"', '', 'Hello'];

  it('is stored, described and read', async () => {
    const content = randomBytes(90_000);
    const { value } = await send(
      form({ receiverName: 'Ada', file: [text(content, 'text/html'), 'Übergröße Ω.bin'], properties: '{"a":[1]}' }),
    );
    expect(value).toEqual({
      file: {
        name: 'Übergröße Ω.bin',
        contentType: 'application/octet-stream',
        size: 90_000,
        sha256: createHash('sha256').update(content).digest('hex'),
      },
      receiverName: 'Ada',
      properties: { a: [1] },
    });
    const [name] = await stored();
    expect(name).toMatch(/^[0-9a-f]{64}$/);
    const key = `parcels/7/${name!.slice(0, 2)}/${name}`;
    expect((await buffer(await storage.read(key))).equals(content)).toBe(true);
  });

  it('may have as much as is allowed, and not a byte more', async () => {
    expect((await send(form({ file: [text(randomBytes(MAX_BYTES)), 'a'] }))).status).toBe(200);
    expect(await stored()).toHaveLength(1);
    const over = await send(form({ file: [text(randomBytes(MAX_BYTES + 1)), 'a'] }));
    expect(over).toEqual({ status: 413, fields: [['file', 'too_large']] });
    expect(await stored()).toHaveLength(1);
  });

  it.each<[string, () => FormData, [string, string][]]>([
    ['no file', () => form({ receiverName: 'Ada' }), [['file', 'missing_field']]],
    ['a text for a file', () => form({ file: 'Hello' }), [['file', 'invalid']]],
    [
      'a file of another name',
      () => form({ picture: [text('a'), 'a'] }),
      [
        ['picture', 'invalid'],
        ['file', 'missing_field'],
      ],
    ],
    ['a file for a text', () => form({ file: text('a'), receiverName: text('Ada') }), [['receiverName', 'invalid']]],
    ['an unknown field', () => form({ file: text('a'), color: 'teal' }), [['color', 'invalid']]],
    [
      'a field that is too long',
      () => form({ file: text('a'), receiverName: 'a'.repeat(21) }),
      [['receiverName', 'too_long']],
    ],
    [
      'a field of enormous size',
      () => form({ file: text('a'), receiverName: 'a'.repeat(200_000) }),
      [['receiverName', 'too_large']],
    ],
    ['properties that are no JSON', () => form({ file: text('a'), properties: '{a}' }), [['properties', 'invalid']]],
    ['properties that are no object', () => form({ file: text('a'), properties: '[1]' }), [['properties', 'invalid']]],
    [
      'properties out to change prototypes',
      () => form({ file: text('a'), properties: '{"__proto__":{}}' }),
      [['properties', 'invalid']],
    ],
    [
      'properties nested without measure',
      () => form({ file: text('a'), properties: `{"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}` }),
      [['properties', 'invalid']],
    ],
    ['a file that is not wanted', () => form({ file: [text('<html>'), 'a.html'] }), [['file', 'unprocessable']]],
    [
      'everything wrong at once',
      () => form({ receiver_name: '', properties: 'x', color: 'teal' }),
      [
        ['properties', 'invalid'],
        ['color', 'invalid'],
        ['file', 'missing_field'],
        ['receiverName', 'invalid'],
      ],
    ],
  ])('is refused with %s, and leaves nothing', async (_, given, fields) => {
    expect(await send(given())).toEqual({ status: 400, fields });
    expect(await stored()).toEqual([]);
  });

  it('is refused when there are several files, or a field comes twice', async () => {
    const two = form({ file: text('a') });
    two.append('file', text('b'), 'b');
    expect(await send(two)).toEqual({ status: 400, fields: [['file', 'invalid']] });
    const twice = form({ file: text('a'), receiverName: 'Ada' });
    twice.append('receiverName', 'Bob');
    expect(await send(twice)).toEqual({ status: 400, fields: [['receiverName', 'invalid']] });
    const many = form({ file: text('a') });
    for (let count = 0; count < 30; count++) many.append(`field${count}`, 'a');
    expect((await send(many)).status).toBe(400);
    expect(await stored()).toEqual([]);
  });

  it.each<[string, string[]]>([
    ['ends within the file', [...FILE_PART]],
    ['ends behind the file', [...FILE_PART, '--cut']],
    ['ends within a header', ['--cut', 'content-disposition: form-data; na']],
    ['has no part that says what it is', ['--cut', '', 'Hello', '--cut--', '']],
    [
      'has another boundary',
      ['--other', 'content-disposition: form-data; name="file"; filename="a"', '', 'a', '--other--', ''],
    ],
    ['is something else', ['{"file":"a"}']],
    ['is empty', ['']],
    [
      'names a part like a prototype',
      ['--cut', 'content-disposition: form-data; name="__proto__"', '', 'a', ...FILE_PART, '--cut--', ''],
    ],
    [
      'has properties of a depth that JSON parts may not have',
      [
        '--cut',
        'content-disposition: form-data; name="properties"',
        'content-type: application/json',
        '',
        `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
        ...FILE_PART,
        '--cut--',
        '',
      ],
    ],
    [
      'has a JSON part that is none',
      [
        '--cut',
        'content-disposition: form-data; name="properties"',
        'content-type: application/json',
        '',
        '{',
        ...FILE_PART,
        '--cut--',
        '',
      ],
    ],
  ])('that %s is refused, and leaves nothing', async (_, lines) => {
    expect((await raw(...lines)).status).toBe(400);
    expect(await stored()).toEqual([]);
  });

  it('may say of a part that it is JSON', async () => {
    const part = [
      '--cut',
      'content-disposition: form-data; name="properties"',
      'content-type: application/json',
      '',
      '{"a":1}',
    ];
    expect((await raw(...part, ...FILE_PART, '--cut--', '')).value).toMatchObject({
      properties: { a: 1 },
      file: { name: 'a.txt' },
    });
  });

  it('needs a boundary', async () => {
    expect((await send('x', { 'content-type': 'multipart/form-data' })).status).toBe(400);
  });

  it('must not be compressed', async () => {
    const answer = await send(FILE_PART.join('\r\n'), {
      'content-type': 'multipart/form-data; boundary=cut',
      'content-encoding': 'gzip',
    });
    expect(answer.status).toBe(415);
  });

  it('is refused by the length that it announces, before it is read', async () => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST / HTTP/1.1\r\nhost: a\r\ncontent-type: multipart/form-data; boundary=cut\r\ncontent-length: 99999999999\r\n\r\n`,
    );
    const [head] = (await once(socket, 'data')) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it('leaves nothing when its sender goes away', async () => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST / HTTP/1.1\r\nhost: a\r\ncontent-type: multipart/form-data; boundary=cut\r\ncontent-length: 90000\r\n\r\n${FILE_PART.join('\r\n')}${'a'.repeat(70_000)}`,
    );
    for (let tries = 0; (await stored()).length === 0 && tries < 500; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await stored()).toHaveLength(1);
    socket.destroy();
    for (let tries = 0; (await stored()).length > 0 && tries < 500; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await stored()).toEqual([]);
  });

  it('leaves the connection usable when it was refused', async () => {
    for (let count = 0; count < 3; count++) {
      expect((await send(form({ file: [text(randomBytes(MAX_BYTES * 3)), 'a'] }))).status).toBe(413);
      expect((await send(form({ file: [text('<html>'), 'a.html'] }))).status).toBe(400);
      expect((await send(form({ file: text('a') }))).status).toBe(200);
    }
  });

  it('is a failure of ours when it cannot be stored', async () => {
    await rm(folder, { recursive: true });
    await writeFile(folder, 'no folder');
    expect((await send(form({ file: text('a') }))).status).toBeUndefined();
  });
});
