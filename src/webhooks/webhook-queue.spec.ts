import { describe, expect, it } from '@jest/globals';
import { DomainEvent } from '../events/domain-event.js';
import { isFor } from './webhook-queue.js';

const event = (type: DomainEvent['type'], payload: object, subjectId = 1): DomainEvent => ({
  id: 1,
  applicationId: 1,
  type,
  subjectId,
  payload: { ...payload },
  createdTime: 0,
});
const isTold = (types: string[], given: DomainEvent) => isFor({ id: 7, types: JSON.stringify(types) }, given);

describe('a webhook', () => {
  it('is told of what its patterns mean', () => {
    expect(isTold(['message.*'], event('message.sent', {}))).toBe(true);
    expect(isTold(['user.*'], event('message.sent', {}))).toBe(false);
  });

  it('is told of imports only if it names their events', () => {
    const imported = event('messages.imported', { isImported: true });
    expect(isTold(['*', 'messages.*'], imported)).toBe(false);
    expect(isTold(['messages.imported'], imported)).toBe(true);
  });

  it('is not told of itself', () => {
    expect(isTold(['*'], event('webhook.updated', {}, 7))).toBe(false);
    expect(isTold(['*'], event('webhook.updated', {}, 8))).toBe(true);
  });
});
