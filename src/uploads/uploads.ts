import { Injectable } from '@nestjs/common';
import { FastifyReply, FastifyRequest } from 'fastify';
import { ApiException } from '../errors/api-error.js';
import { bodyCasing } from '../http/casing.js';
import { IDEMPOTENCY_REPLAYED } from '../idempotency/idempotent-writes.js';
import { noteNativeCasing } from '../resource/native-casing.js';
import { FormReader } from './form-reader.js';
import { UploadOptions } from './upload-options.js';

/**
 * Reads forms for the operations that take them, outside of everything that a unit of work may be open for: the file is
 * in storage before the operation begins, and goes again if the operation does not want it.
 */
@Injectable()
export class Uploads {
  constructor(private readonly forms: FormReader) {}

  /** Does the work with the form as the request's body. */
  async around<T>(
    request: FastifyRequest,
    reply: FastifyReply,
    upload: UploadOptions,
    work: () => Promise<T>,
  ): Promise<T> {
    const form = await this.forms.read(request, upload);
    noteNativeCasing(form, bodyCasing(request));
    request.body = form;
    try {
      const answer = await work();
      // The operation was done before, with the file that came then.
      if (reply.hasHeader(IDEMPOTENCY_REPLAYED)) await this.forms.discard(form);
      return answer;
    } catch (error) {
      // After any other failure nobody knows whether the unit was committed, and with it the row that has the file.
      if (error instanceof ApiException && error.status < 500) await this.forms.discard(form);
      throw error;
    }
  }
}
