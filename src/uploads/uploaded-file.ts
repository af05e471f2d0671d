import { Problem } from '../errors/error-codes.js';
import { ResourceClass } from '../resource/registry.js';

/** A file that came with a request, and is in storage. Only the reader of forms makes these: no body can pretend to be one. */
export class UploadedFile {
  constructor(
    /** Where it is in storage. */
    readonly key: string,
    /** What the caller calls it, made harmless. */
    readonly name: string,
    /** What its bytes are, whatever the caller says. */
    readonly contentType: string,
    /** In bytes. */
    readonly size: number,
    /** In hexadecimal. */
    readonly sha256: string,
    /** What was found in it on its way, see upload-options.ts. */
    readonly found: Readonly<Record<string, number>> = {},
  ) {}

  /** What makes it the same file when it is sent again. */
  toJSON(): object {
    const { name, contentType, size, sha256 } = this;
    return { name, contentType, size, sha256 };
  }
}

/** A body that came as multipart/form-data: texts as they were sent, and the file. Read by the class of the form. */
export class UploadedForm {
  readonly fields: Record<string, unknown> = {};
  /** What is wrong with it already. */
  readonly problems: Problem[] = [];
  file?: UploadedFile;

  constructor(readonly type: ResourceClass) {}

  toJSON(): object {
    return this.fields;
  }
}
