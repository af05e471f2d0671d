import '@fastify/multipart';
import { CallHandler, ExecutionContext, Injectable, NestInterceptor } from '@nestjs/common';
import { FastifyReply, FastifyRequest } from 'fastify';
import { defer, lastValueFrom, map, Observable } from 'rxjs';
import { Config } from '../config/config.js';
import { NotAcceptableError, UnsupportedMediaTypeError } from '../errors/api-error.js';
import { casingOf } from '../http/casing.js';
import { Form } from '../http/form.js';
import { JSON_BODY_TYPES, MEDIA_TYPES, MediaType, negotiate } from '../http/media-types.js';
import { familyOf } from '../http/path-family.js';
import { IdempotentWrites } from '../idempotency/idempotent-writes.js';
import { CursorPage, FeedPage, Page } from '../pagination/page.js';
import { Rendering, writerOf } from '../resource/writer.js';
import { Uploads } from '../uploads/uploads.js';
import { Answer } from './answer.js';
import { collectionAddress, writeCursorPage, writeFeed, writePage } from './envelopes.js';
import { canonicalLinks, plainLinks } from './link-base.js';
import { OPERATION, OperationOptions } from './operation.decorator.js';

/**
 * Writes what a handler returns as HAL: declared fields, links, page envelopes, in the caller's representation. A write
 * that has a key to be done once is handed on with its answer written, which is stored and repeated as it is.
 *
 * It is the only interceptor: each one costs a request as much as a look-up by key.
 */
@Injectable()
export class HalInterceptor implements NestInterceptor {
  constructor(
    private readonly config: Config,
    private readonly writes: IdempotentWrites,
    private readonly uploads: Uploads,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const operation = Reflect.getMetadata(OPERATION, context.getHandler()) as OperationOptions | undefined;
    if (!operation || operation.answer.form === 'file') return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const type = negotiate(request.headers.accept);
    if (!type) throw new NotAcceptableError(MEDIA_TYPES);
    const { upload } = operation;
    if ((operation.body || upload) && !isUnderstood(operation, request))
      throw new UnsupportedMediaTypeError([...(operation.body ? JSON_BODY_TYPES : []), ...(upload ? [FORM_TYPE] : [])]);
    const answered = () => this.answered(operation, type, request, reply, next);
    if (!upload || !request.isMultipart()) return answered();
    return defer(() => this.uploads.around(request, reply, upload, () => last(answered())));
  }

  private answered(
    { answer }: OperationOptions,
    type: MediaType,
    request: FastifyRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Observable<unknown> {
    const key = this.writes.keyOf(request);
    const written = () => next.handle().pipe(map((value) => this.write(answer, value, type, request, reply)));
    if (key === undefined) return written();
    // The handler takes part in the unit of work only if it is asked for inside.
    return defer(() => this.writes.once(request, reply, key, () => last(written())));
  }

  private write(
    answer: Answer,
    value: unknown,
    type: MediaType,
    request: FastifyRequest,
    reply: FastifyReply,
  ): string | undefined {
    if (answer.form === 'empty' || answer.form === 'file') return undefined;
    reply.header('content-type', type);
    const { publicUrl } = this.config;
    const family = familyOf(request);
    const { isVersioned, path } = family;
    const links = isVersioned ? canonicalLinks(publicUrl, request.principal!.applicationId) : plainLinks(publicUrl);
    const rendering: Rendering = { casing: casingOf(type, family), links };
    const writer = writerOf(answer.type, rendering.casing);
    if (answer.form === 'resource') return writer(value, rendering);
    const address = collectionAddress(links, path, request.query as Record<string, unknown>);
    switch (answer.form) {
      case 'page':
        return writePage(value as Page<unknown>, answer.key, writer, rendering, address);
      case 'cursorPage':
        return writeCursorPage(value as CursorPage<unknown>, answer.key, writer, rendering, address);
      case 'feed':
        return writeFeed(value as FeedPage<unknown>, answer.key, writer, rendering, address);
    }
  }
}

const FORM_TYPE = 'multipart/form-data';

function isUnderstood({ body, upload }: OperationOptions, request: FastifyRequest): boolean {
  if (request.isMultipart()) return upload !== undefined;
  return body !== undefined && !(request.body instanceof Form);
}

const last = (answer: Observable<unknown>): Promise<unknown> => lastValueFrom(answer, { defaultValue: undefined });
