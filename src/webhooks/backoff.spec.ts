import { describe, expect, it } from '@jest/globals';
import { backoff } from './backoff.js';

describe('the time before the next attempt', () => {
  it.each([
    [1, 5_000],
    [2, 10_000],
    [3, 20_000],
    [10, 2_560_000],
    [11, 3_600_000],
    [500, 3_600_000],
  ])('after %d failures is up to %d ms, and at least half of that', (failures, longest) => {
    expect(backoff(failures, 1)).toBe(longest);
    expect(backoff(failures, 0)).toBe(longest / 2);
    const chosen = backoff(failures);
    expect(chosen).toBeGreaterThanOrEqual(longest / 2);
    expect(chosen).toBeLessThanOrEqual(longest);
  });
});
