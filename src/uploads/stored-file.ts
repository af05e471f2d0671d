import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { FileStorage } from '../storage/file-storage.js';
import { HEAD_BYTES } from './content-type.js';
import { UploadedFile } from './uploaded-file.js';
import { Inspection } from './upload-options.js';

/** 256 random bits, in folders of which none gets too full. */
export function newKey(prefix: string, applicationId: number): string {
  const random = randomBytes(32).toString('hex');
  return `${prefix}/${applicationId}/${random.slice(0, 2)}/${random}`;
}

/** Writes a file to storage, piece by piece: its first bytes, which somebody has looked at, and those that follow. */
export async function storeFile(
  storage: FileStorage,
  { key, name, contentType }: { key: string; name: string; contentType: string },
  { head, chunks }: { head: Uint8Array; chunks: AsyncIterator<Uint8Array> },
  inspection?: Inspection,
): Promise<UploadedFile> {
  const hash = createHash('sha256');
  let size = 0;
  const content = async function* (): AsyncGenerator<Uint8Array> {
    for (let chunk: Uint8Array | undefined = head; chunk; chunk = await nextOf(chunks)) {
      hash.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  };
  const bytes = inspection ? inspection.through(content()) : content();
  await storage.write(key, Readable.from(bytes, { objectMode: false }), contentType);
  return new UploadedFile(key, name, contentType, size, hash.digest('hex'), inspection?.found);
}

/** The first bytes, as many as are looked at or a little more. */
export async function headOf(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  const found: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < HEAD_BYTES) {
    const chunk = await nextOf(chunks);
    if (!chunk) break;
    found.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(found, bytes);
}

/** Reads to the end and forgets. */
export async function drain(chunks: AsyncIterator<Uint8Array>): Promise<void> {
  while (await nextOf(chunks));
}

async function nextOf(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array | undefined> {
  const next = await chunks.next();
  return next.done ? undefined : next.value;
}
