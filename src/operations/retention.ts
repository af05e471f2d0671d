import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { TokensService } from '../auth/tokens.service.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { IdempotencyRepository } from '../idempotency/idempotency.repository.js';
import { rows } from '../database/sql.js';

const EVERY_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;
const EVENTS_A_STEP = 1_000;

/** Forgets what has had its time: expired tokens, answers of old writes, events that everybody has read. */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Retention');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly tokens: TokensService,
    private readonly idempotencyKeys: IdempotencyRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.running = this.clean().catch((error: unknown) => this.log.error(String(error)));
    }, EVERY_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  async clean(now = Date.now()): Promise<void> {
    await this.tokens.forgetExpired();
    await this.idempotencyKeys.forgetBefore(now - this.config.idempotencyKeyHours * HOUR_MS);
    while (!this.isStopped && (await this.forgetEvents(now - this.config.eventRetentionDays * 24 * HOUR_MS)));
  }

  /** Deletes a portion of the oldest events that are old enough; false when none is left. */
  private async forgetEvents(before: number): Promise<boolean> {
    const oldest = await this.database.query<{ id: number; created_time: number }>(
      `SELECT id, created_time FROM events ORDER BY id LIMIT ${rows(EVENTS_A_STEP)}`,
    );
    const last = oldest.filter((event) => event.created_time < before).at(-1);
    if (!last) return false;
    const [reader] = await this.database.query<{ position: number | null }>(
      'SELECT MIN(position) AS position FROM event_positions',
    );
    const upTo = Math.min(last.id, reader?.position ?? last.id);
    const { affectedRows } = await this.database.execute('DELETE FROM events WHERE id <= ?', [upTo]);
    return affectedRows > 0;
  }
}
