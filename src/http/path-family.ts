import { IncomingMessage } from 'node:http';
import { Http2ServerRequest } from 'node:http2';

/**
 * One resource has three addresses: `/v1/applications/{id}/users`, `/v1/users` and `/users`. All are routed as one of
 * the last two; what the caller wrote is kept here, for the links of the answer.
 */
export interface PathFamily {
  /** The caller speaks the versioned API, so links are canonical, and fields are in camelCase unless asked otherwise. */
  isVersioned: boolean;
  /** What the caller wrote in place of the application's id, if anything. */
  applicationId?: string;
  /** The path below the application, without the query: `/users`. */
  path: string;
}

const IN_APPLICATION = /^\/v1\/applications\/([^/?]+)([^?]*)/;
/** What stands below the application itself, as its settings do, and is routed there. */
const OF_APPLICATION = new Set(['', '/settings', '/message-read-receipt-summaries']);
const families = new WeakMap<object, PathFamily>();

/** Fastify's `rewriteUrl`: notes the family, answers the address to route by. */
export function rewriteUrl(request: IncomingMessage | Http2ServerRequest): string {
  const url = request.url ?? '/';
  const match = url.startsWith('/v1/applications/') ? IN_APPLICATION.exec(url) : null;
  if (!match) return url;
  const [whole, applicationId, written] = match as unknown as [string, string, string];
  const below = withoutTrailingSlash(written);
  const path = OF_APPLICATION.has(below) ? `/application${below}` : below;
  families.set(request, { isVersioned: true, applicationId, path });
  return `/v1${path}${url.slice(whole.length)}`;
}

export function familyOf(request: { raw: object; url: string }): PathFamily {
  const known = families.get(request.raw);
  if (known) return known;
  const end = request.url.indexOf('?');
  const path = withoutTrailingSlash(end < 0 ? request.url : request.url.slice(0, end));
  if (path === '/v1') return { isVersioned: true, path: '' };
  return path.startsWith('/v1/') ? { isVersioned: true, path: path.slice(3) } : { isVersioned: false, path };
}

/** A slash at the end means nothing, so links and fingerprints do without it. */
const withoutTrailingSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);
