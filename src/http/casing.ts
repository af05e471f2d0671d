import { FastifyRequest } from 'fastify';
import { Casing } from '../resource/casing.js';
import { casingNamed, MEDIA_TYPES, MediaType, negotiate } from './media-types.js';
import { familyOf, PathFamily } from './path-family.js';

/** The spelling of an answer: that of its media type if it has one, otherwise that of the paths the caller uses. */
export const casingOf = (type: MediaType, { isVersioned }: Pick<PathFamily, 'isVersioned'>): Casing =>
  casingNamed(type) ?? (isVersioned ? 'camel' : 'snake');

/** The spelling in which a request is answered, also where it is refused. */
export const callersCasing = (request: FastifyRequest): Casing =>
  casingOf(negotiate(request.headers.accept) ?? MEDIA_TYPES[0], familyOf(request));

const WITH_CASING = /^\s*(application\/vnd\.chatkitty(?:\.v1)?\+json)\b/i;

/** The spelling that wins where a body has both: that of its media type if it has one, otherwise the caller's. */
export function bodyCasing(request: FastifyRequest): Casing {
  const named = WITH_CASING.exec(request.headers['content-type'] ?? '')?.[1] ?? '';
  return casingNamed(named.toLowerCase()) ?? callersCasing(request);
}
