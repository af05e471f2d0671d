import '@fastify/multipart';
import { FastifyReply, FastifyRequest } from 'fastify';
import { NotAcceptableError, UnsupportedMediaTypeError } from '../errors/api-error.js';
import { casingOf } from '../http/casing.js';
import { Form } from '../http/form.js';
import { JSON_BODY_TYPES, MEDIA_TYPES, MediaType, negotiate } from '../http/media-types.js';
import { familyOf } from '../http/path-family.js';
import { CursorPage, FeedPage, Page } from '../pagination/page.js';
import { Rendering, writerOf } from '../resource/writer.js';
import { Answer } from './answer.js';
import { collectionAddress, writeCursorPage, writeFeed, writePage } from './envelopes.js';
import { canonicalLinks, plainLinks } from './link-base.js';
import { OperationOptions } from './operation.decorator.js';

/** How the answer to a request is to be written. */
export interface Representation {
  answer: Answer;
  type: MediaType;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard of representations, for operations that answer with resources. */
    representation?: Representation;
  }
}

const FORM_TYPE = 'multipart/form-data';

/** Chooses the representation that the caller accepts. Refuses what cannot be answered, and bodies of another kind. */
export function chooseRepresentation(operation: OperationOptions, request: FastifyRequest): Representation {
  const type = negotiate(request.headers.accept);
  if (!type) throw new NotAcceptableError(MEDIA_TYPES);
  const { answer, body, upload } = operation;
  if ((body || upload) && !isUnderstood(operation, request))
    throw new UnsupportedMediaTypeError([...(body ? JSON_BODY_TYPES : []), ...(upload ? [FORM_TYPE] : [])]);
  return { answer, type };
}

function isUnderstood({ body, upload }: OperationOptions, request: FastifyRequest): boolean {
  if (request.isMultipart()) return upload !== undefined;
  return body !== undefined && !(request.body instanceof Form);
}

/** Writes what a handler returned as HAL: declared fields, links, page envelopes, in the caller's representation. */
export function writeAnswer(
  { answer, type }: Representation,
  value: unknown,
  reply: FastifyReply,
  publicUrl: string,
): string | undefined {
  if (answer.form === 'empty' || answer.form === 'file') return undefined;
  const { request } = reply;
  reply.header('content-type', type);
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
