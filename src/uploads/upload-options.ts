import { Config } from '../config/config.js';
import { Problem } from '../errors/error-codes.js';
import { ResourceClass } from '../resource/registry.js';

/** What is known of a file when its first bytes are there. */
export interface FileContent {
  name: string;
  contentType: string;
  head: Uint8Array;
}

/** How an operation takes `multipart/form-data`. */
export interface UploadOptions {
  /** The class of the form. Its field `file`, declared with FileField, is the file. */
  form: ResourceClass;
  /** The first part of the file's key in storage. */
  prefix: string;
  /** The most that the file may have, in bytes. */
  maxBytes: (config: Config) => number;
  /** Says what is wrong with a file that cannot be used here. It is asked before anything is stored. */
  check?: (content: FileContent) => Pick<Problem, 'code' | 'message'> | undefined;
}
