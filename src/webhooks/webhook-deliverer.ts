import { randomUUID } from 'node:crypto';
import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config/config.js';
import { backoff } from './backoff.js';
import { Lane, LanesRepository } from './lanes.repository.js';
import { DueDelivery } from './webhook.rows.js';
import { unseal } from './webhook-secret.js';
import { WebhookSender } from './webhook-sender.js';
import { signedHeaders } from './webhook-signature.js';

/** How often to look for what other processes put in line or left behind, and for what is to be tried again. */
const POLL_MS = 1_000;
const LANES_OF_A_WEBHOOK = 8;
const LANES_OF_A_PROCESS = 64;
/** Deliveries of a lane in a row, before others that are due get their turn. */
const IN_A_ROW = 20;
/** What is under way at shutdown is waited for so long. */
const STOP_MS = 3_000;
const HOUR_MS = 3_600_000;

/**
 * Sends what is in line, lane by lane: one delivery after the other in each lane, several lanes at a time. A delivery that
 * fails holds back its own lane until it is tried again.
 */
@Injectable()
export class WebhookDeliverer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly owner = randomUUID();
  private readonly log = new Logger('Webhooks');
  /** Webhooks that may have something to be sent, in the order of their turns. */
  private readonly wanted = new Set<number>();
  /** How many lanes of each webhook are being worked on. */
  private readonly busy = new Map<number, number>();
  private readonly working = new Set<Promise<void>>();
  private readonly stop = new AbortController();
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isStarted = false;
  private isStopped = false;

  constructor(
    private readonly config: Config,
    private readonly lanes: LanesRepository,
    private readonly sender: WebhookSender,
  ) {}

  onApplicationBootstrap(): void {
    this.isStarted = true;
    this.timer = setInterval(() => void this.look(), POLL_MS);
    this.timer.unref();
    void this.look();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    const deadline = setTimeout(() => this.stop.abort(), STOP_MS);
    await this.running;
    await Promise.all(this.working);
    clearTimeout(deadline);
  }

  /** There may be something to send for these webhooks. */
  wake(webhookIds: Iterable<number>): void {
    for (const id of webhookIds) this.wanted.add(id);
    if (this.running || !this.isStarted || this.isStopped || this.wanted.size === 0) return;
    this.running = this.begin().finally(() => {
      this.running = undefined;
      if (this.wanted.size > 0 && this.working.size < LANES_OF_A_PROCESS) this.wake([]);
    });
  }

  private async look(): Promise<void> {
    try {
      this.wake(await this.lanes.dueWebhooks(Date.now()));
    } catch (error) {
      if (!this.isStopped) this.log.error(error instanceof Error ? error.stack : String(error));
    }
  }

  /** Takes up lanes for as long as there is room for more. */
  private async begin(): Promise<void> {
    for (const webhookId of this.wanted) {
      const room = LANES_OF_A_PROCESS - this.working.size;
      if (room <= 0 || this.isStopped) return;
      this.wanted.delete(webhookId);
      const free = Math.min(room, LANES_OF_A_WEBHOOK - (this.busy.get(webhookId) ?? 0));
      // Otherwise its turn comes when one of its lanes is done.
      if (free <= 0) continue;
      try {
        for (const lane of await this.lanes.claim(webhookId, this.owner, Date.now(), free)) this.start(lane);
      } catch (error) {
        this.log.error(error instanceof Error ? error.stack : String(error));
      }
    }
  }

  private start(lane: Lane): void {
    const { webhookId } = lane;
    this.busy.set(webhookId, (this.busy.get(webhookId) ?? 0) + 1);
    const work = this.work(lane)
      .catch((error: unknown) => this.log.error(error instanceof Error ? error.stack : String(error)))
      .finally(() => {
        this.working.delete(work);
        const left = this.busy.get(webhookId)! - 1;
        if (left > 0) this.busy.set(webhookId, left);
        else this.busy.delete(webhookId);
        this.wake([webhookId]);
      });
    this.working.add(work);
  }

  private async work(lane: Lane): Promise<void> {
    for (let count = 0; count < IN_A_ROW && !this.isStopped; count++) {
      const due = await this.lanes.head(lane);
      if (!due) break;
      if (!(await this.deliver(lane, due))) return;
    }
    await this.lanes.release(lane, this.owner, Date.now());
  }

  /** False when the lane is not to be gone on with: the delivery failed, or another process has the lane. */
  private async deliver(lane: Lane, due: DueDelivery): Promise<boolean> {
    const sent = Date.now();
    const headers = signedHeaders(String(due.event_id), sent, due.body, secretsOf(due, sent));
    const { status, error } = await this.sender.send(due.url, headers, due.body, this.stop.signal);
    // Nothing is known of an attempt that was broken off: it is made again.
    if (error !== null && this.stop.signal.aborted) return true;
    const now = Date.now();
    if (error === null)
      return this.lanes.settle(lane, this.owner, due.event_id, { state: 'DELIVERED', status, error, now, failures: 0 });
    const failures = due.failures + 1;
    const isOver = now - due.queued_time >= this.config.webhookRetryHours * HOUR_MS;
    if (isOver) this.log.warn(`webhook ${lane.webhookId}: gave up event ${due.event_id}, as the endpoint ${error}`);
    await this.lanes.settle(lane, this.owner, due.event_id, {
      state: isOver ? 'DEAD' : 'FAILED',
      status,
      error,
      now,
      dueTime: now + backoff(failures),
      failures,
    });
    return false;
  }
}

function secretsOf({ secret, previous_secret, previous_secret_until }: DueDelivery, now: number): string[] {
  const isOldGood = previous_secret !== null && (previous_secret_until ?? 0) > now;
  return [secret, ...(isOldGood ? [previous_secret] : [])].map(unseal);
}
