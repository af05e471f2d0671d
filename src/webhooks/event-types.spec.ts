import { describe, expect, it } from '@jest/globals';
import { DOMAIN_EVENT_TYPES } from '../events/domain-event.js';
import { ClientError } from '../errors/api-error.js';
import { matches, refuseUnknownTypes, typesOf } from './event-types.js';

describe('patterns of events', () => {
  it.each([
    [['*'], 'message.sent', true],
    [['message.*'], 'message.sent', true],
    [['message.sent'], 'message.sent', true],
    [['user.*', 'message.sent'], 'message.sent', true],
    [['message'], 'message.sent', false],
    [['message.*'], 'messages.sent', false],
    [['message.sen'], 'message.sent', false],
    [['user.*'], 'message.sent', false],
    [[], 'message.sent', false],
  ])('%j and %s: %j', (patterns, type, expected) => {
    expect(matches(patterns, type)).toBe(expected);
  });

  it('mean the types that there are', () => {
    expect(typesOf(['*'])).toEqual(DOMAIN_EVENT_TYPES);
    expect(typesOf(['user.*', 'message.sent'])).toEqual([
      'user.created',
      'user.updated',
      'user.deleted',
      'user.presence_changed',
      'user.secret_set',
      'user.secret_removed',
      'user.blocked',
      'user.unblocked',
      'message.sent',
    ]);
  });

  it('that mean nothing are refused, each by its place', () => {
    expect(() => refuseUnknownTypes('Webhook', ['*', 'channel.*', 'channel.deleted'])).not.toThrow();
    const problems = (): string[] => {
      try {
        refuseUnknownTypes('Webhook', ['*', 'mesage.*', 'user', 'user.created', '']);
        return [];
      } catch (error) {
        return (error as ClientError).details.problems!.map(({ field }) => field);
      }
    };
    expect(problems()).toEqual(['types[1]', 'types[2]', 'types[4]']);
  });
});
