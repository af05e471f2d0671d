import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CompletedPart,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { S3Driver } from 'flydrive/drivers/s3';
import { S3Settings } from '../config/config.js';
import { FileStorage, SignedUrlOptions, StoredObject } from './file-storage.js';
import { inParts } from './parts.js';

/** What is held in memory of a file that is on its way. S3 takes no smaller parts, but for the last. */
const PART_BYTES = 5 * 1_048_576;

/** Files in a bucket of S3, or of anything that speaks its protocol. */
export class S3Storage extends FileStorage {
  override readonly root = undefined;
  private readonly client: S3Client;
  private readonly driver: S3Driver;

  constructor(private readonly settings: S3Settings) {
    super();
    const { region, endpoint, credentials, forcePathStyle, bucket } = settings;
    this.client = new S3Client({
      region,
      forcePathStyle,
      ...(endpoint && { endpoint }),
      // Without, they come from where they do on machines of AWS: the environment, a profile, the instance itself.
      ...(credentials && { credentials }),
      // Services that speak the protocol often do not know the newer checksums.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    this.driver = new S3Driver({ client: this.client, bucket, visibility: 'private', supportsACL: false });
  }

  /** A file appears in a bucket when it is complete, and not before. */
  override async write(key: string, content: Readable, contentType: string): Promise<void> {
    const parts = inParts(content, PART_BYTES);
    const first = await parts.next();
    const head = first.done ? new Uint8Array() : first.value;
    // The common case: one request instead of three.
    if (head.length < PART_BYTES) return this.driver.put(key, head, { contentType });
    await this.writeParts(key, head, parts, contentType);
  }

  override async read(key: string, start = 0): Promise<Readable> {
    if (start === 0) return this.driver.getStream(key);
    // A range that begins behind the last byte is refused.
    if (start >= ((await this.size(key)) ?? Infinity)) return Readable.from([]);
    const { Body } = await this.client.send(
      new GetObjectCommand({ Bucket: this.settings.bucket, Key: key, Range: `bytes=${start}-` }),
    );
    return Body as Readable;
  }

  override delete(key: string): Promise<void> {
    return this.driver.delete(key);
  }

  override async size(key: string): Promise<number | undefined> {
    try {
      return (await this.driver.getMetaData(key)).contentLength;
    } catch (error) {
      if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404) return undefined;
      throw error;
    }
  }

  override async *list(prefix: string): AsyncIterable<StoredObject> {
    let ContinuationToken: string | undefined;
    do {
      const { Contents = [], NextContinuationToken } = await this.client.send(
        new ListObjectsV2Command({ Bucket: this.settings.bucket, Prefix: `${prefix}/`, ContinuationToken }),
      );
      for (const { Key, Size, LastModified } of Contents)
        if (Key !== undefined) yield { key: Key, size: Size ?? 0, modifiedTime: LastModified?.getTime() ?? 0 };
      ContinuationToken = NextContinuationToken;
    } while (ContinuationToken !== undefined);
  }

  override signedUrl(
    key: string,
    { expiresInSeconds, contentType, contentDisposition }: SignedUrlOptions,
  ): Promise<string> {
    return this.driver.getSignedUrl(key, { expiresIn: expiresInSeconds, contentType, contentDisposition });
  }

  private async writeParts(
    key: string,
    head: Uint8Array,
    rest: AsyncIterable<Uint8Array>,
    contentType: string,
  ): Promise<void> {
    const target = { Bucket: this.settings.bucket, Key: key };
    const { UploadId } = await this.client.send(
      new CreateMultipartUploadCommand({ ...target, ContentType: contentType }),
    );
    const upload = { ...target, UploadId };
    try {
      const parts: CompletedPart[] = [];
      const send = async (Body: Uint8Array) => {
        const PartNumber = parts.length + 1;
        const { ETag } = await this.client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
        parts.push({ PartNumber, ETag });
      };
      await send(head);
      for await (const part of rest) await send(part);
      await this.client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } }));
    } catch (error) {
      // What was wrong matters more than whether the parts could be taken back.
      await this.client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
      throw error;
    }
  }
}
