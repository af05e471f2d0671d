import { backoff } from '../webhooks/backoff.js';

/** Failures that pass by themselves are waited for, longer each time: for about a minute altogether. */
const WAITS = { firstMs: 500, longestMs: 30_000 };
export const ATTEMPTS = 8;

/** How long to wait after so many failures of a request one after the other. */
export const failurePause = (failures: number, chance = Math.random()): number => backoff(failures, chance, WAITS);

/** For how long a server that is asked too often wants to be left alone: as `Retry-After` says, or the rate limit's fields. */
export function refusalPause(headers: Headers, now = Date.now()): number {
  return (
    retryAfter(headers.get('retry-after'), now) ?? windowEnd(headers) ?? failurePause(1) // It does not say.
  );
}

/** How long the next request has to wait, because this answer was the last that the limit allowed for now. */
export function exhaustedPause(headers: Headers): number {
  const left = headers.get('ratelimit-remaining') ?? headers.get('x-ratelimit-remaining') ?? parameter(headers, 'r');
  return left !== undefined && Number(left) <= 0 ? (windowEnd(headers) ?? 0) : 0;
}

/** In seconds, or as a date. */
function retryAfter(given: string | null, now: number): number | undefined {
  if (given === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(given)) return Number(given) * 1000;
  const time = Date.parse(given);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}

function windowEnd(headers: Headers): number | undefined {
  const seconds = headers.get('ratelimit-reset') ?? parameter(headers, 't');
  return seconds !== undefined && /^\d+$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/** Of the draft's structured field: `"requests";r=0;t=12`. */
function parameter(headers: Headers, name: string): string | undefined {
  return new RegExp(`;\\s*${name}=(\\d+)`).exec(headers.get('ratelimit') ?? '')?.[1];
}
