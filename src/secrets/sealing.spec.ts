import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { deriveKey } from './secret-keys.js';
import { seal, SecretPlace, unseal } from './sealing.js';

const KEY = deriveKey(randomBytes(32).toString('base64'));
const PLACE: SecretPlace = { applicationId: 1, userId: 2, name: 'api key' };

describe('a sealed text', () => {
  it('opens where it was sealed for', () => {
    for (const text of ['', '"é 佐 😀"', 'x'.repeat(65_535)])
      expect(unseal(KEY, PLACE, seal(KEY, PLACE, text))).toBe(text);
  });

  it('is another one each time, and does not show what it says', () => {
    const sealed = [seal(KEY, PLACE, 'attack at dawn'), seal(KEY, PLACE, 'attack at dawn')];
    expect(sealed[0]).not.toBe(sealed[1]);
    for (const one of sealed) expect(Buffer.from(one, 'base64').toString('latin1')).not.toContain('attack');
  });

  it.each<[string, Partial<SecretPlace>]>([
    ['application', { applicationId: 2 }],
    ['user', { userId: 1 }],
    ['name', { name: 'api keys' }],
  ])('does not open for another %s', (_, other) => {
    expect(() => unseal(KEY, { ...PLACE, ...other }, seal(KEY, PLACE, 'text'))).toThrow();
  });

  it('does not open with another key', () => {
    expect(() => unseal(deriveKey(randomBytes(32).toString('base64')), PLACE, seal(KEY, PLACE, 'text'))).toThrow();
  });

  it('does not open when a single bit of it is another one, or a part is missing', () => {
    const bytes = Buffer.from(seal(KEY, PLACE, 'text'), 'base64');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(() => unseal(KEY, PLACE, changed.toString('base64'))).toThrow();
      expect(() => unseal(KEY, PLACE, bytes.subarray(0, at).toString('base64'))).toThrow();
    }
  });
});

describe('a key', () => {
  it('of 32 bytes and a passphrase are always the same', () => {
    for (const given of [Buffer.alloc(32, 7).toString('base64'), 'correct horse battery staple'])
      expect(deriveKey(given)).toEqual(deriveKey(given));
  });

  it('has an id of its own', () => {
    const given = ['a passphrase of some length', 'a passphrase of same length', Buffer.alloc(32).toString('base64')];
    expect(new Set(given.map((one) => deriveKey(one).id)).size).toBe(3);
    for (const one of given) expect(deriveKey(one).id).toMatch(/^[0-9a-f]{16}$/);
  });
});
