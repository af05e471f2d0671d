import { describe, expect, it } from '@jest/globals';
import { directKey } from './direct-key.js';

describe('the key of a direct channel', () => {
  it('names a set: order and repetition mean nothing', () => {
    expect(directKey([3, 1, 2])).toBe(directKey([1, 2, 3, 3]));
  });

  it('tells sets apart whose digits are the same', () => {
    expect(directKey([1, 23])).not.toBe(directKey([12, 3]));
  });

  it('fits its column, however large the ids', () => {
    const ids = Array.from({ length: 10 }, (_, index) => Number.MAX_SAFE_INTEGER - index);
    expect(directKey(ids)).toHaveLength(44);
  });
});
