import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import { Injectable, Logger } from '@nestjs/common';
import { FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { ApiException, ClientError, CompressedBodyError, PayloadTooLargeError } from '../errors/api-error.js';
import { ErrorCode } from '../errors/error-codes.js';
import { resourceNameOf } from '../resource/registry.js';
import { FileStorage } from '../storage/file-storage.js';
import { detectContentType } from './content-type.js';
import { safeFileName } from './file-name.js';
import { drain, headOf, newKey, storeFile } from './stored-file.js';
import { UploadedForm } from './uploaded-file.js';
import { UploadOptions } from './upload-options.js';

/** The part of a form that is the file. */
const FILE = 'file';
/** What a form may have besides the file. */
const FIELD_MAX_BYTES = 131_072;
const FIELDS_MAX = 20;
const FIELD_NAME_MAX_BYTES = 100;
/** More than one file is refused by name, many more at once. */
const FILES_MAX = 5;
/** What texts and the form itself may add to the file in a body. */
const FORM_MAX_BYTES = 1_048_576;

/** Reads forms as they come in. The file goes to storage piece by piece, and is never held as a whole. */
@Injectable()
export class FormReader {
  private readonly log = new Logger('Uploads');

  constructor(
    private readonly storage: FileStorage,
    private readonly config: Config,
  ) {}

  /** When it fails, nothing remains in storage. */
  async read(request: FastifyRequest, options: UploadOptions): Promise<UploadedForm> {
    const maxBytes = options.maxBytes(this.config);
    const { 'content-encoding': encoding = 'identity', 'content-length': length } = request.headers;
    const form = new UploadedForm(options.form);
    try {
      if (encoding !== 'identity') throw new CompressedBodyError();
      if (Number(length) > maxBytes + FORM_MAX_BYTES) throw new PayloadTooLargeError(maxBytes, FILE);
      for await (const part of request.parts({ limits: limitsFor(maxBytes) })) {
        if (part.type === 'field') takeField(form, part);
        else await this.takeFile(form, part, options, request.principal!.applicationId);
      }
      return form;
    } catch (error) {
      letPass(request, maxBytes + FORM_MAX_BYTES);
      await this.discard(form);
      if (error instanceof ApiException || error instanceof StorageFailure) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw ClientError.of('Request', 'body', 'invalid', `is not valid multipart/form-data: ${reason}`);
    }
  }

  /** Takes the file out of storage again. If that fails, it is found by `files:check`. */
  async discard({ file }: UploadedForm): Promise<void> {
    if (!file) return;
    await this.storage.delete(file.key).catch((error: unknown) => {
      this.log.error(`The file ${file.key} is not needed, but could not be deleted: ${String(error)}`);
    });
  }

  private async takeFile(
    form: UploadedForm,
    part: MultipartFile,
    options: UploadOptions,
    applicationId: number,
  ): Promise<void> {
    const refuse = refusing(form, part.fieldname);
    const source = part.file;
    const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    if (part.fieldname !== FILE) {
      refuse('invalid', 'is not a file');
      return drain(chunks);
    }
    if (FILE in form.fields) {
      refuse('invalid', 'must be given once');
      return drain(chunks);
    }
    const maxBytes = options.maxBytes(this.config);
    source.once('limit', () => source.destroy(new PayloadTooLargeError(maxBytes, FILE)));
    const head = await headOf(chunks);
    // Browsers send a file that was not chosen as one without a name and content.
    if (!part.filename && head.length === 0) return;
    const name = safeFileName(part.filename ?? '');
    const contentType = await detectContentType(head, name);
    const problem = options.check?.({ name, contentType, head });
    if (problem) {
      refuse(problem.code, problem.message);
      return drain(chunks);
    }
    const inspection = options.inspect?.();
    let refusal: ApiException | undefined;
    const inspected = async function* (content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      try {
        yield* inspection!.through(content);
      } catch (error) {
        if (error instanceof ApiException) refusal = error;
        throw error;
      }
    };
    const file = { key: newKey(options.prefix, applicationId), name, contentType };
    try {
      const inspector = inspection && { found: inspection.found, through: inspected };
      form.file = await storeFile(this.storage, file, { head, chunks }, inspector);
    } catch (error) {
      throw source.errored ?? refusal ?? new StorageFailure('The file could not be stored', { cause: error });
    }
    form.fields[FILE] = form.file;
  }
}

/** The storage does not do what it should, for which the caller cannot be blamed. */
class StorageFailure extends Error {}

const limitsFor = (maxBytes: number) => ({
  fileSize: maxBytes,
  files: FILES_MAX,
  fields: FIELDS_MAX,
  fieldSize: FIELD_MAX_BYTES,
  fieldNameSize: FIELD_NAME_MAX_BYTES,
});

function takeField(form: UploadedForm, part: MultipartValue): void {
  const { fieldname: name, value, valueTruncated } = part;
  const refuse = refusing(form, name);
  if (name === FILE) refuse('invalid', 'must be a file, with the name of a file');
  else if (valueTruncated) refuse('too_large', `must have at most ${FIELD_MAX_BYTES} bytes`);
  else if (name in form.fields) refuse('invalid', 'must be given once');
  else form.fields[name] = value;
}

const refusing =
  (form: UploadedForm, field: string) =>
  (code: ErrorCode, message: string): void => {
    form.problems.push({ resource: resourceNameOf(form.type), field, isVerbatim: true, code, message });
  };

/** What is still to come is let pass by, so that the connection can be used again; unless it is more than is allowed. */
function letPass({ raw }: FastifyRequest, maxBytes: number): void {
  let bytes = 0;
  raw.unpipe();
  raw.on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
    if (bytes > maxBytes) raw.destroy();
  });
  raw.resume();
}
