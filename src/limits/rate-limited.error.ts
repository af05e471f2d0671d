import { ApiException } from '../errors/api-error.js';

/** 429: more requests than allowed. Says for how long to wait, in whole seconds for HTTP and exactly for clients. */
export class RateLimitedError extends ApiException {
  constructor(waitMs: number, explanation: string) {
    super(429, 'RateLimitedError', 'Too many requests', {
      explanation,
      headers: { 'retry-after': String(retryAfter(waitMs)) },
      properties: { coolOffDuration: `PT${Math.max(waitMs, 1) / 1000}S` },
    });
  }
}

/** Whole seconds after which a repeat can succeed. */
export const retryAfter = (waitMs: number): number => Math.max(1, Math.ceil(waitMs / 1000));
