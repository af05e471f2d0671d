import { Readable } from 'node:stream';

/** A file in storage. */
export interface StoredObject {
  key: string;
  size: number;
  /** When it was written, in milliseconds since 1970. */
  modifiedTime: number;
}

export interface SignedUrlOptions {
  expiresInSeconds: number;
  /** What the storage is to say about the file, whatever it was told when the file was written. */
  contentType: string;
  contentDisposition: string;
}

/**
 * Where the bytes of files are: on a disk, or in a bucket. Keys are paths of letters, digits, `-`, `_` and `/`, made by
 * this server and never by a caller. Nothing here takes part in a unit of work.
 */
export abstract class FileStorage {
  /** The folder of this machine that keys are paths in; undefined where files are elsewhere. */
  abstract readonly root: string | undefined;
  /** Writes a whole file, or nothing: under its key there is never a part of it, whatever ends the process. */
  abstract write(key: string, content: Readable, contentType: string): Promise<void>;
  /** The bytes from `start` on. Fails when there is no such file. */
  abstract read(key: string, start?: number): Promise<Readable>;
  /** It does no harm to delete what is not there. */
  abstract delete(key: string): Promise<void>;
  /** Undefined when there is no such file. */
  abstract size(key: string): Promise<number | undefined>;
  /** All files below a folder. */
  abstract list(prefix: string): AsyncIterable<StoredObject>;
  /** An address at which anybody gets the file for a while; undefined where this server hands files out itself. */
  abstract signedUrl(key: string, options: SignedUrlOptions): Promise<string | undefined>;
}
