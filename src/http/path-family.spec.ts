import { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { familyOf, PathFamily, rewriteUrl } from './path-family.js';

function route(url: string): PathFamily & { routedAs: string } {
  const raw = { url } as IncomingMessage;
  const routedAs = rewriteUrl(raw);
  return { routedAs, ...familyOf({ raw, url: routedAs }) };
}

describe('an address', () => {
  it.each([
    ['/v1/users', { routedAs: '/v1/users', isVersioned: true, path: '/users' }],
    ['/users', { routedAs: '/users', isVersioned: false, path: '/users' }],
    ['/v1/users?name=a', { routedAs: '/v1/users?name=a', isVersioned: true, path: '/users' }],
    ['/users/', { routedAs: '/users/', isVersioned: false, path: '/users' }],
    [
      '/v1/applications/7',
      { routedAs: '/v1/application', isVersioned: true, applicationId: '7', path: '/application' },
    ],
    [
      '/v1/applications/7/',
      { routedAs: '/v1/application', isVersioned: true, applicationId: '7', path: '/application' },
    ],
    [
      '/v1/applications/7?confirm=x',
      { routedAs: '/v1/application?confirm=x', isVersioned: true, applicationId: '7', path: '/application' },
    ],
    [
      '/v1/applications/7/message-read-receipt-summaries?size=5',
      {
        routedAs: '/v1/application/message-read-receipt-summaries?size=5',
        isVersioned: true,
        applicationId: '7',
        path: '/application/message-read-receipt-summaries',
      },
    ],
    [
      '/v1/applications/7/settings',
      { routedAs: '/v1/application/settings', isVersioned: true, applicationId: '7', path: '/application/settings' },
    ],
    [
      '/v1/applications/me/users/5?a=/v1/applications/9',
      { routedAs: '/v1/users/5?a=/v1/applications/9', isVersioned: true, applicationId: 'me', path: '/users/5' },
    ],
  ])('%s is understood', (url, understood) => {
    expect(route(url)).toEqual(understood);
  });

  it.each(['/v1/applications', '/v1/applications/', '/v1/applications/?x=1', '/applications/7/users', '/v2/users'])(
    '%s is no other spelling of anything',
    (url) => {
      expect(route(url).routedAs).toBe(url);
      expect(route(url).applicationId).toBeUndefined();
    },
  );
});
