import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { common, packIds, unpackIds } from './postings.js';

const ids = fc
  .uniqueArray(
    fc.oneof(
      fc.integer({ min: 1, max: 500 }),
      fc.maxSafeNat().map((id) => id + 1),
    ),
  )
  .map((list) => list.sort((a, b) => a - b));

describe('ids as bytes', () => {
  it('are read as they were written', () => {
    fc.assert(fc.property(ids, (list) => expect(unpackIds(packIds(list))).toEqual(list)));
  });

  it('are few where ids lie close together', () => {
    const list = Array.from({ length: 100 }, (_, n) => 5_000_000_000 + n);
    expect(packIds(list).length).toBeLessThan(110);
  });

  it('of several lists are what is in all', () => {
    fc.assert(
      fc.property(ids, ids, ids, (kept, one, two) => {
        const sort = (list: number[]) => [...new Set(list)].sort((a, b) => a - b);
        const expected = one.filter((id) => two.includes(id)).concat(kept);
        expect(common([sort([...one, ...kept]), sort([...two, ...kept])])).toEqual(sort(expected));
      }),
    );
  });
});
