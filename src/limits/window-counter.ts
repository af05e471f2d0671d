import { BeforeApplicationShutdown, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import { Config } from '../config/config.js';

/** Longer than this nobody waits for Redis. */
const REDIS_TIMEOUT_MS = 500;
/** So long nobody asks Redis after it has not answered. */
const REDIS_REST_MS = 1_000;
const REDIS_RETRY_MAX_MS = 5_000;

/** How much a window has seen. */
export interface Count {
  used: number;
  /** When the window ends, and counting begins again. */
  endsTime: number;
}

/** The library only counts: how much is too much is known to whoever asks, and may change within a window. */
const COUNTING = { points: Number.MAX_SAFE_INTEGER, duration: 1 };

/**
 * Counts in windows of time: in Redis where there is one, for all processes together, and otherwise in this process.
 * While Redis is away every process counts for itself, so that no request has to fail.
 */
export class WindowCounter implements BeforeApplicationShutdown {
  private readonly log = new Logger('Limits');
  private readonly local: RateLimiterAbstract = new RateLimiterMemory(COUNTING);
  private readonly redis?: Redis;
  private readonly shared?: RateLimiterAbstract;
  private restingUntil = 0;
  private isAway = false;

  /** The client is loaded only where there is a Redis. */
  static async of({ redisUrl }: Config): Promise<WindowCounter> {
    return redisUrl ? new WindowCounter(redisUrl, (await import('ioredis')).Redis) : new WindowCounter();
  }

  private constructor(redisUrl?: string, client?: typeof Redis) {
    if (!redisUrl || !client) return;
    this.redis = new client(redisUrl, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: REDIS_TIMEOUT_MS * 4,
      commandTimeout: REDIS_TIMEOUT_MS,
      retryStrategy: (attempts) => Math.min(attempts * 100, REDIS_RETRY_MAX_MS),
      // Commands of one turn of the event loop go out together.
      enableAutoPipelining: true,
    });
    this.redis.on('error', (error: Error) => this.away(error));
    this.redis.on('ready', () => this.back());
    this.shared = new RateLimiterRedis({
      ...COUNTING,
      storeClient: this.redis,
      keyPrefix: 'chat-limits',
      rejectIfRedisNotReady: true,
    });
  }

  beforeApplicationShutdown(): void {
    this.redis?.disconnect();
  }

  /** Adds to what the window of the key has seen; the first begins a window of so many seconds. */
  async add(key: string, points: number, seconds: number): Promise<Count> {
    const counted = await this.asking((limiter) => limiter.consume(key, points, { customDuration: seconds }));
    return { used: counted.consumedPoints, endsTime: Date.now() + counted.msBeforeNext };
  }

  /** What the window of the key has seen; undefined if there is none. */
  async look(key: string): Promise<Count | undefined> {
    const counted = await this.asking((limiter) => limiter.get(key));
    return counted ? { used: counted.consumedPoints, endsTime: Date.now() + counted.msBeforeNext } : undefined;
  }

  private async asking<T>(work: (limiter: RateLimiterAbstract) => Promise<T>): Promise<T> {
    if (!this.shared || Date.now() < this.restingUntil) return work(this.local);
    try {
      return await work(this.shared);
    } catch (error) {
      this.restingUntil = Date.now() + REDIS_REST_MS;
      this.away(error);
      return work(this.local);
    }
  }

  /** Said once, until Redis is there again. */
  private away(error: unknown): void {
    if (this.isAway) return;
    this.isAway = true;
    this.log.warn(`Redis does not answer, so each process counts for itself until it does: ${String(error)}`);
  }

  private back(): void {
    if (this.isAway) this.log.log('Redis is there again');
    this.isAway = false;
    this.restingUntil = 0;
  }
}
