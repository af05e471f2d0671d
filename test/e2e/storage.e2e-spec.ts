import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/config.js';
import { DiskStorage } from '../../src/storage/disk-storage.js';
import { FileStorage, StoredObject } from '../../src/storage/file-storage.js';
import { S3Storage } from '../../src/storage/s3-storage.js';
import { startS3 } from '../support/s3.js';

const MB = 1_048_576;

interface Place {
  storage: FileStorage;
  close(): Promise<void>;
}

async function disk(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'chat-storage-'));
  return { storage: new DiskStorage(folder), close: () => rm(folder, { recursive: true }) };
}

async function bucket(options?: { checksSignatures: boolean }): Promise<Place> {
  const s3 = await startS3(options);
  const { storage } = loadConfig(s3.environment);
  if (storage.kind !== 's3') throw new Error('The environment names no bucket');
  return { storage: new S3Storage(storage), close: () => s3.close() };
}

describe.each([
  ['on a disk', disk],
  ['in a bucket', () => bucket()],
])('files %s', (_, open) => {
  let place: Place;
  let storage: FileStorage;
  beforeAll(async () => {
    place = await open();
    ({ storage } = place);
  });
  afterAll(() => place.close());

  const write = (key: string, ...chunks: Uint8Array[]) =>
    storage.write(key, Readable.from(chunks, { objectMode: false }), 'image/png');
  const read = async (key: string) => buffer(await storage.read(key));
  async function list(prefix: string): Promise<StoredObject[]> {
    const found: StoredObject[] = [];
    for await (const object of storage.list(prefix)) found.push(object);
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  // Of the last, more parts than one are sent to a bucket, the last of them full.
  it.each([0, 1, 70_000, 5 * MB, 12 * MB + 7, 10 * MB])('of %d bytes are read as they were written', async (size) => {
    const content = randomBytes(size);
    const chunks = Array.from({ length: Math.ceil(size / 65_536) }, (_, at) =>
      content.subarray(at * 65_536, (at + 1) * 65_536),
    );
    await write('sizes/a/b', ...chunks);
    expect((await read('sizes/a/b')).equals(content)).toBe(true);
    expect(await storage.size('sizes/a/b')).toBe(size);
  });

  it('are read from any byte on', async () => {
    await write('from/a', Buffer.from('0123456789'));
    for (const [start, rest] of [
      [0, '0123456789'],
      [4, '456789'],
      [9, '9'],
      [10, ''],
    ] as const)
      expect((await buffer(await storage.read('from/a', start))).toString()).toBe(rest);
    await expect(storage.read('from/b', 4)).rejects.toThrow();
  });

  it('can be written anew, and deleted, also when they are gone', async () => {
    await write('again/a', Buffer.from('first'));
    await write('again/a', Buffer.from('second'));
    expect((await read('again/a')).toString()).toBe('second');
    await storage.delete('again/a');
    await storage.delete('again/a');
    expect(await storage.size('again/a')).toBeUndefined();
    await expect(storage.read('again/a')).rejects.toThrow();
  });

  it('are listed by folder, with their sizes and times', async () => {
    for (const key of ['listed/1/a', 'listed/1/b', 'listed/2/c', 'listed-not/d']) await write(key, Buffer.from('x'));
    expect((await list('listed')).map(({ key }) => key)).toEqual(['listed/1/a', 'listed/1/b', 'listed/2/c']);
    expect(await list('listed/2')).toEqual([{ key: 'listed/2/c', size: 1, modifiedTime: expect.any(Number) }]);
    const [{ modifiedTime } = { modifiedTime: 0 }] = await list('listed/2');
    expect(Math.abs(Date.now() - modifiedTime)).toBeLessThan(60_000);
    expect(await list('nowhere')).toEqual([]);
  });

  it.each([1, 12 * MB])('that break off after %d bytes leave nothing', async (size) => {
    const content = Readable.from(
      (async function* () {
        for (let sent = 0; sent < size; sent += 65_536) yield Buffer.alloc(Math.min(65_536, size - sent));
        throw new Error('The sender went away');
      })(),
      { objectMode: false },
    );
    await expect(storage.write('broken/a', content, 'image/png')).rejects.toThrow('The sender went away');
    for (const folder of ['broken', 'partial']) expect(await list(folder)).toEqual([]);
  });
});

describe('a signed address', () => {
  let place: Place;
  beforeAll(async () => {
    place = await bucket({ checksSignatures: true });
  });
  afterAll(() => place.close());

  it('gives anybody the file, as what it is said to be', async () => {
    await place.storage.write('signed/a', Readable.from([Buffer.from('<html>')]), 'text/html');
    const address = await place.storage.signedUrl('signed/a', {
      expiresInSeconds: 60,
      contentType: 'text/plain',
      contentDisposition: 'attachment; filename="a.txt"',
    });
    const response = await fetch(address!);
    expect([response.status, await response.text()]).toEqual([200, '<html>']);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="a.txt"');
    expect((await fetch(address!.replace('signed/a', 'signed/b'))).status).toBe(403);
  });
});
