const FIRST_MS = 5_000;
const LONGEST_MS = 3_600_000;

interface Bounds {
  firstMs: number;
  longestMs: number;
}
const OF_DELIVERIES: Bounds = { firstMs: FIRST_MS, longestMs: LONGEST_MS };

/**
 * How long to wait after so many failures one after the other: 5, 10, 20 seconds, up to an hour. A part of it is chance,
 * so that those who failed together do not all come again together.
 */
export function backoff(failures: number, chance = Math.random(), { firstMs, longestMs } = OF_DELIVERIES): number {
  const longest = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 20));
  return Math.round(longest * (0.5 + chance / 2));
}
