import '@fastify/multipart';
import { CallHandler, ExecutionContext, Injectable, NestInterceptor } from '@nestjs/common';
import { FastifyReply, FastifyRequest } from 'fastify';
import { map, Observable } from 'rxjs';
import { Config } from '../config/config.js';
import { NotAcceptableError, UnsupportedMediaTypeError } from '../errors/api-error.js';
import { Form } from '../http/form.js';
import { casingOf, JSON_BODY_TYPES, MEDIA_TYPES, negotiate } from '../http/media-types.js';
import { familyOf } from '../http/path-family.js';
import { CursorPage, Page } from '../pagination/page.js';
import { Rendering, writerOf } from '../resource/writer.js';
import { Answer } from './answer.js';
import { collectionAddress, writeCursorPage, writePage } from './envelopes.js';
import { canonicalLinks, plainLinks } from './link-base.js';
import { OPERATION, OperationOptions } from './operation.decorator.js';

/** Writes what a handler returns as HAL: declared fields, links, page envelopes, in the caller's representation. */
@Injectable()
export class HalInterceptor implements NestInterceptor {
  constructor(private readonly config: Config) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const operation = Reflect.getMetadata(OPERATION, context.getHandler()) as OperationOptions | undefined;
    if (!operation || operation.answer.form === 'file') return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const type = negotiate(request.headers.accept);
    if (!type) throw new NotAcceptableError(MEDIA_TYPES);
    if ((operation.body || operation.upload) && !isUnderstood(operation, request))
      throw new UnsupportedMediaTypeError([
        ...(operation.body ? JSON_BODY_TYPES : []),
        ...(operation.upload ? [FORM_TYPE] : []),
      ]);
    return next.handle().pipe(
      map((value: unknown) => {
        if (!('type' in operation.answer)) return undefined;
        const reply = context.switchToHttp().getResponse<FastifyReply>();
        reply.header('content-type', type);
        const family = familyOf(request);
        const { applicationId } = request.principal!;
        const links = family.isVersioned
          ? canonicalLinks(this.config.publicUrl, applicationId)
          : plainLinks(this.config.publicUrl);
        return write(operation.answer, value, { casing: casingOf(type), links }, () =>
          collectionAddress(links.base, family.path, request.query as Record<string, unknown>),
        );
      }),
    );
  }
}

const FORM_TYPE = 'multipart/form-data';

function isUnderstood({ body, upload }: OperationOptions, request: FastifyRequest): boolean {
  if (request.isMultipart()) return upload !== undefined;
  return body !== undefined && !(request.body instanceof Form);
}

function write(
  answer: Extract<Answer, { type: unknown }>,
  value: unknown,
  rendering: Rendering,
  address: () => string,
): string {
  const writer = writerOf(answer.type, rendering.casing);
  switch (answer.form) {
    case 'resource':
      return writer(value, rendering);
    case 'page':
      return writePage(value as Page<unknown>, answer.key, writer, rendering, address());
    case 'cursorPage':
      return writeCursorPage(value as CursorPage<unknown>, answer.key, writer, rendering, address());
  }
}
