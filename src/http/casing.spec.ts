import { describe, expect, it } from '@jest/globals';
import { FastifyRequest } from 'fastify';
import { bodyCasing, callersCasing, casingOf } from './casing.js';
import { MEDIA_TYPES } from './media-types.js';

const request = (url: string, accept?: string, contentType?: string): FastifyRequest =>
  ({ url, raw: {}, headers: { accept, 'content-type': contentType } }) as unknown as FastifyRequest;

describe('the casing', () => {
  it.each([
    ['application/json', 'camel', 'snake'],
    ['application/hal+json', 'camel', 'snake'],
    ['application/vnd.hal+json', 'camel', 'snake'],
    ['application/vnd.chatkitty.v1+json', 'camel', 'camel'],
    ['application/vnd.chatkitty+json', 'snake', 'snake'],
  ] as const)('of %s is %s on a path with a version, %s on one without', (type, versioned, plain) => {
    expect(MEDIA_TYPES).toContain(type);
    expect(casingOf(type, { isVersioned: true })).toBe(versioned);
    expect(casingOf(type, { isVersioned: false })).toBe(plain);
  });

  it.each([
    ['/v1/users', undefined, 'camel'],
    ['/v1', '*/*', 'camel'],
    ['/users', undefined, 'snake'],
    ['/users', 'application/vnd.chatkitty.v1+json', 'camel'],
    ['/v1/users?x=1', 'application/vnd.chatkitty+json,*/*;q=0.8', 'snake'],
    // What cannot be answered is refused in the spelling of the path.
    ['/users', 'text/html', 'snake'],
    ['/v1/users', 'text/html', 'camel'],
  ])('of the answer to %s for the Accept header %s is %s', (url, accept, casing) => {
    expect(callersCasing(request(url, accept))).toBe(casing);
  });

  it.each([
    ['/v1/users', undefined, 'application/json', 'camel'],
    ['/users', undefined, 'application/json', 'snake'],
    ['/users', undefined, undefined, 'snake'],
    ['/v1/users', undefined, 'Application/VND.ChatKitty+JSON; charset=utf-8', 'snake'],
    ['/users', undefined, 'application/vnd.chatkitty.v1+json', 'camel'],
    // What a published client sends some of its bodies as.
    ['/v1/users', 'application/vnd.chatkitty+json,*/*;q=0.8', 'application/json', 'snake'],
  ])('native to a body sent to %s with Accept %s as %s is %s', (url, accept, type, casing) => {
    expect(bodyCasing(request(url, accept, type))).toBe(casing);
  });
});
