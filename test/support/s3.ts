import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Something that speaks the protocol of S3, with a bucket. */
export interface S3 {
  /** What a server needs to know about it. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

/**
 * Starts one. It spells what is signed differently from S3 when a bucket is listed, and when there are quotes in an
 * address; only if it `checksSignatures` are those refused.
 */
export async function startS3({ checksSignatures = false } = {}): Promise<S3> {
  const folder = await mkdtemp(join(tmpdir(), 'chat-s3-'));
  const S3rver = createRequire(import.meta.url)('@20minutes/s3rver');
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    allowMismatchedSignatures: !checksSignatures,
    directory: folder,
    configureBuckets: [{ name: 'chat-files' }],
  });
  const { port } = (await server.run()) as { port: number };
  return {
    environment: {
      STORAGE: 's3',
      S3_BUCKET: 'chat-files',
      S3_ENDPOINT: `http://127.0.0.1:${port}`,
      S3_ACCESS_KEY_ID: 'S3RVER',
      S3_SECRET_ACCESS_KEY: 'S3RVER',
      S3_FORCE_PATH_STYLE: 'true',
    },
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
