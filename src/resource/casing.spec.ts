import { describe, expect, it } from '@jest/globals';
import { toSnakeCase, wireName } from './casing.js';

describe('snake_case', () => {
  it.each([
    ['name', 'name'],
    ['displayName', 'display_name'],
    ['displayPictureUrl', 'display_picture_url'],
    ['members[1].displayName', 'members[1].display_name'],
    ['display_name', 'display_name'],
  ])('spells %s %s', (name, spelled) => {
    expect(toSnakeCase(name)).toBe(spelled);
  });
});

describe('the name on the wire', () => {
  it('is spelled as the casing says', () => {
    expect(wireName('createdTime', 'camel')).toBe('createdTime');
    expect(wireName('createdTime', 'snake')).toBe('created_time');
  });

  it('of isGuest is the same in both, as published', () => {
    expect([wireName('isGuest', 'camel'), wireName('isGuest', 'snake')]).toEqual(['isGuest', 'isGuest']);
  });
});
