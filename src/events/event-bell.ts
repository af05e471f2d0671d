import { BeforeApplicationShutdown, Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Config } from '../config/config.js';

/** What is new: lines of the log, or notifications. */
export type News = 'events' | 'notifications';

/** What comes within this time is told together. */
const GATHER_MS = 5;
const RETRY_MAX_MS = 5_000;

/**
 * Lets other processes know at once that there is something to read, by way of Redis. Nothing depends on it: without
 * Redis, or while it is away, they look from time to time.
 */
export class EventBell implements BeforeApplicationShutdown {
  private readonly log = new Logger('Events');
  private readonly listeners: Record<News, (() => void)[]> = { events: [], notifications: [] };
  private readonly ringing = new Set<News>();
  private readonly channel: string = '';
  private isAway = false;

  /** The client is loaded only where there is a Redis. */
  static async of({ redisUrl }: Config): Promise<EventBell> {
    if (!redisUrl) return new EventBell();
    const { Redis } = await import('ioredis');
    const options = {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempts: number) => Math.min(attempts * 100, RETRY_MAX_MS),
    };
    // A connection that listens can do nothing else.
    return new EventBell(new Redis(redisUrl, options), new Redis(redisUrl, { ...options, lazyConnect: true }));
  }

  private constructor(
    private readonly teller?: Redis,
    private readonly hearer?: Redis,
  ) {
    if (!teller || !hearer) return;
    this.channel = `${teller.options.keyPrefix ?? ''}chat-news`;
    for (const redis of [teller, hearer]) redis.on('error', (error: Error) => this.away(error));
    hearer.on('message', (_channel: string, news: string) => this.heard(news));
    // Each time anew: what was asked for on a connection is forgotten with it.
    hearer.on('ready', () => {
      if (this.isAway) this.log.log('Processes hear of each other by Redis again');
      this.isAway = false;
      hearer.subscribe(this.channel).catch((error: unknown) => this.away(error));
    });
    hearer.connect().catch((error: unknown) => this.away(error));
  }

  listen(news: News, listener: () => void): void {
    this.listeners[news].push(listener);
  }

  /** Tells the other processes, and this one too, which looks once more for nothing. */
  ring(news: News): void {
    if (!this.teller || this.ringing.has(news)) return;
    this.ringing.add(news);
    setTimeout(() => {
      this.ringing.delete(news);
      if (this.teller?.status === 'ready')
        this.teller.publish(this.channel, news).catch((error: unknown) => this.away(error));
    }, GATHER_MS).unref();
  }

  beforeApplicationShutdown(): void {
    this.teller?.disconnect();
    this.hearer?.disconnect();
  }

  private heard(news: string): void {
    for (const listener of this.listeners[news as News] ?? []) listener();
  }

  /** Said once, until Redis is there again. */
  private away(error: unknown): void {
    if (this.isAway) return;
    this.isAway = true;
    this.log.warn(`Without Redis, processes hear of the events of others later: ${String(error)}`);
  }
}
