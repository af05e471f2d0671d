import { randomBytes } from 'node:crypto';

/** What servers are told that share a Redis, if there is one to test with: nothing of what others have there is seen. */
export function redisSettings(): { REDIS_URL?: string } {
  if (!process.env.TEST_REDIS_URL) return {};
  const url = new URL(process.env.TEST_REDIS_URL);
  url.searchParams.set('keyPrefix', `test-${randomBytes(6).toString('hex')}:`);
  return { REDIS_URL: url.href };
}
