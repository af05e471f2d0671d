import { describe, expect, it } from '@jest/globals';
import { negotiate } from './media-types.js';

describe('the representation', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json', 'application/json'],
    ['APPLICATION/JSON', 'application/json'],
    ['application/json; charset=utf-8', 'application/json'],
    ['application/hal+json', 'application/hal+json'],
    ['application/vnd.hal+json', 'application/vnd.hal+json'],
    ['application/vnd.chatkitty.v1+json', 'application/vnd.chatkitty.v1+json'],
    ['application/vnd.chatkitty+json', 'application/vnd.chatkitty+json'],
    // What a published client sends with every call.
    ['application/vnd.chatkitty+json,*/*;q=0.8', 'application/vnd.chatkitty+json'],
    ['application/json, text/plain, */*', 'application/json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'application/json'],
    ['application/json;q=0.1, application/hal+json;q=0.2', 'application/hal+json'],
    ['application/json;q=0, */*', 'application/hal+json'],
    ['application/json ; q=0.5 , application/hal+json', 'application/hal+json'],
    ['text/html, application/json', 'application/json'],
  ])('for the Accept header %j is %s', (accept, type) => {
    expect(negotiate(accept)).toBe(type);
  });

  it.each(['text/html', 'application/xml', 'image/*', 'application/json;q=0', '*/*;q=0', 'nonsense', ','])(
    'for the Accept header %j cannot be made',
    (accept) => {
      expect(negotiate(accept)).toBeUndefined();
      expect(negotiate(accept)).toBeUndefined();
    },
  );
});
