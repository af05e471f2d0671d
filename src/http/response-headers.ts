import { randomBytes } from 'node:crypto';
import { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';

/** The published version of the API, in every answer. */
export const API_VERSION = 'v1.15.13';

/** The headers of every answer, as the API's overview shows them. */
const HEADERS = {
  'x-api-version': API_VERSION,
  vary: ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'],
  'x-content-type-options': 'nosniff',
  'x-xss-protection': '1; mode=block',
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  'strict-transport-security': 'max-age=63072000 ; includeSubDomains ; preload',
  'x-frame-options': 'DENY',
};

// Random bytes are drawn for many requests at once: one system call for each would be felt.
const TOKEN_BYTES = 16;
const TOKENS_AT_ONCE = 256;
let tokens = '';
let used = 0;

/** 32 upper-case hex digits: tells one answer from all others, and finds its lines in the log. */
export function responseToken(): string {
  if (used === tokens.length) {
    tokens = randomBytes(TOKEN_BYTES * TOKENS_AT_ONCE)
      .toString('hex')
      .toUpperCase();
    used = 0;
  }
  used += TOKEN_BYTES * 2;
  return tokens.slice(used - TOKEN_BYTES * 2, used);
}

export const responseHeaders: onRequestHookHandler = (request: FastifyRequest, reply: FastifyReply, done) => {
  reply.headers(HEADERS);
  reply.header('x-response-token', request.id);
  done();
};
