import { Config } from '../config/config.js';
import { Problem } from '../errors/error-codes.js';
import { ResourceClass } from '../resource/registry.js';

/** What is known of a file when its first bytes are there. */
export interface FileContent {
  name: string;
  contentType: string;
  head: Uint8Array;
}

/** Looks at a file while it goes to storage. */
export interface Inspection {
  /** Hands the bytes on as they are, or fails with an {@link ApiException}: then nothing is stored. */
  through(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** What it has found, once all bytes have passed. */
  readonly found: Readonly<Record<string, number>>;
}

/** How an operation takes `multipart/form-data`. */
export interface UploadOptions {
  /** The class of the form. Its field `file`, declared with FileField, is the file. */
  form: ResourceClass;
  /** The class of the items, where the file is a JSON array of them. Documents have no place for it but a schema. */
  items?: ResourceClass;
  /** The first part of the file's key in storage. */
  prefix: string;
  /** The most that the file may have, in bytes. */
  maxBytes: (config: Config) => number;
  /** Makes what looks at all of the file. */
  inspect?: () => Inspection;
  /** Says what is wrong with a file that cannot be used here. It is asked before anything is stored. */
  check?: (content: FileContent) => Pick<Problem, 'code' | 'message'> | undefined;
}
