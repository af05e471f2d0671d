import { describe, expect, it } from '@jest/globals';
import { exhaustedPause, failurePause, refusalPause } from './source-pause.js';

describe('pauses between requests', () => {
  it('grow with each failure, with a part of chance, up to half a minute', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 30].map((failures) => failurePause(failures, 1));
    expect(longest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(failurePause(4, 0)).toBe(2_000);
  });

  it.each([
    [{ 'retry-after': '7' }, 7_000],
    [{ 'retry-after': 'Wed, 01 Apr 2026 10:00:09 GMT' }, 9_000],
    [{ 'retry-after': 'Wed, 01 Apr 2026 09:00:00 GMT' }, 0],
    [{ 'retry-after': '3', 'ratelimit-reset': '60' }, 3_000],
    [{ 'ratelimit-reset': '60' }, 60_000],
    [{ ratelimit: '"requests";r=0;t=12' }, 12_000],
  ])('after a refusal with %j last %d ms', (headers, expected) => {
    expect(refusalPause(new Headers(headers as Record<string, string>), Date.parse('2026-04-01T10:00:00Z'))).toBe(
      expected,
    );
  });

  it('after a refusal that says nothing are those of a failure', () => {
    for (const headers of [{}, { 'retry-after': 'later' }]) {
      const pause = refusalPause(new Headers(headers as Record<string, string>));
      expect(pause).toBeGreaterThanOrEqual(250);
      expect(pause).toBeLessThanOrEqual(500);
    }
  });

  it.each([
    [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '5' }, 5_000],
    [{ 'ratelimit-remaining': '1', 'ratelimit-reset': '5' }, 0],
    [{ ratelimit: '"requests";r=0;t=2' }, 2_000],
    [{ ratelimit: '"requests";r=9;t=2' }, 0],
    [{}, 0],
  ])('after an answer with %j last %d ms', (headers, expected) => {
    expect(exhaustedPause(new Headers(headers as Record<string, string>))).toBe(expected);
  });
});
