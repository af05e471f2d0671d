import { Injectable } from '@nestjs/common';
import { FastifyReply } from 'fastify';
import { LRUCache } from 'lru-cache';
import { Limits } from '../config/config.js';
import { LimitsService } from './limits.service.js';
import { RateLimitedError } from './rate-limited.error.js';
import { RefusalCounts } from './refusal-counts.js';
import { WindowCounter } from './window-counter.js';

const CACHE_APPLICATIONS = 100_000;
/** A process takes this part of a limit at once, and gives it out without asking anybody. */
const PART = 1_000;

/** What this process knows of an application's window. */
interface Window {
  /** The limits that it was begun under. */
  limits: Limits;
  endsTime: number;
  /** Taken for this process, and not given out yet. */
  atHand: number;
  /** Left for all processes besides. */
  left: number;
  /** Requests that wait for more to be taken. */
  waiting: number;
  taking: Promise<void> | undefined;
}

/**
 * Counts the requests of an application, whatever token they come with, and refuses those over its limit. Requests are
 * taken from the counter in portions, so that nearly all are admitted at once: portions are small beside the limit and
 * of one request where limits are low, which makes those exact across processes.
 */
@Injectable()
export class RateLimiter {
  private readonly windows = new LRUCache<number, Window>({ max: CACHE_APPLICATIONS });

  constructor(
    private readonly limits: LimitsService,
    private readonly counter: WindowCounter,
    private readonly refusals: RefusalCounts,
  ) {}

  /** Lets a request pass, or throws; either way the answer says how much is left. Answers a promise only if it must. */
  admit(applicationId: number, reply: FastifyReply): void | Promise<void> {
    const limits = this.limits.of(applicationId);
    if (limits instanceof Promise) return limits.then((known) => this.admitUnder(known, applicationId, reply));
    return this.admitUnder(limits, applicationId, reply);
  }

  private admitUnder(limits: Limits, applicationId: number, reply: FastifyReply): void | Promise<void> {
    if (limits.requests === 0) return;
    const window = this.windowOf(applicationId, limits);
    if (!this.give(window, reply)) return this.waitFor(applicationId, window, reply);
  }

  private windowOf(applicationId: number, limits: Limits): Window {
    const known = this.windows.get(applicationId);
    if (known && (known.limits === limits || isSame(known.limits, limits))) return known;
    const window = { limits, endsTime: 0, atHand: 0, left: 0, waiting: 0, taking: undefined };
    this.windows.set(applicationId, window);
    return window;
  }

  /** Gives out one request if one is at hand, refuses if nothing is left; false if more has to be taken first. */
  private give(window: Window, reply: FastifyReply): boolean {
    const waitMs = window.endsTime - Date.now();
    if (waitMs <= 0) return false;
    if (window.atHand > 0) {
      window.atHand--;
      writeHeaders(reply, window, waitMs);
      return true;
    }
    if (window.left > 0) return false;
    writeHeaders(reply, window, waitMs);
    this.refusals.add('requests');
    const { requests, seconds } = window.limits;
    throw new RateLimitedError(waitMs, `This application may send ${requests} requests in ${seconds} seconds`);
  }

  private async waitFor(applicationId: number, window: Window, reply: FastifyReply): Promise<void> {
    window.waiting++;
    try {
      do {
        window.taking ??= this.take(applicationId, window).finally(() => (window.taking = undefined));
        await window.taking;
      } while (!this.give(window, reply));
    } finally {
      window.waiting--;
    }
  }

  /** Takes a portion, enough for all who wait. */
  private async take(applicationId: number, window: Window): Promise<void> {
    const { requests, seconds } = window.limits;
    const portion = Math.min(requests, Math.max(window.waiting, Math.floor(requests / PART), 1));
    const { used, endsTime } = await this.counter.add(`${applicationId}:${seconds}`, portion, seconds);
    const isNew = endsTime - window.endsTime > NEW_WINDOW_MS;
    const granted = Math.min(portion, Math.max(0, requests - (used - portion)));
    window.atHand = (isNew ? 0 : window.atHand) + granted;
    window.left = Math.max(0, requests - used);
    window.endsTime = endsTime;
  }
}

/** Ends of one window, as told by two answers, differ by less than this: no window is shorter than a second. */
const NEW_WINDOW_MS = 500;

const isSame = (one: Limits, other: Limits): boolean =>
  one.requests === other.requests && one.seconds === other.seconds;

/** How much is left: the three fields that most clients know, and the two of the current draft of the IETF. */
function writeHeaders(reply: FastifyReply, { limits, atHand, left }: Window, waitMs: number): void {
  const remaining = String(atHand + left);
  const reset = String(Math.ceil(waitMs / 1000));
  reply.header('ratelimit-limit', String(limits.requests));
  reply.header('ratelimit-remaining', remaining);
  reply.header('ratelimit-reset', reset);
  reply.header('ratelimit-policy', `"requests";q=${limits.requests};w=${limits.seconds}`);
  reply.header('ratelimit', `"requests";r=${remaining};t=${reset}`);
}
