import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { GRACE_MS } from '../auth/tokens.service.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { rows } from '../database/sql.js';
import { JobFiles } from '../jobs/job-files.js';

const EVERY_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;
const ROWS_A_STEP = 1_000;

/** Forgets what has had its time: expired tokens, answers of old writes, events that everybody has read, files of jobs. */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Retention');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly jobFiles: JobFiles,
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
    const keys = now - this.config.idempotencyKeyHours * HOUR_MS;
    const events = now - this.config.eventRetentionDays * 24 * HOUR_MS;
    const files = now - this.config.jobFileRetentionDays * 24 * HOUR_MS;
    // Honoured a little past their time, so forgotten a little later still.
    await this.repeat(() => this.forget('access_tokens', 'expires_time', now - 2 * GRACE_MS));
    await this.repeat(() => this.forget('idempotency_keys', 'created_time', keys));
    await this.repeat(() => this.forgetEvents(events));
    await this.repeat(() => this.jobFiles.deleteOld(files));
  }

  /** In portions, so that no statement holds many rows for long. */
  private async repeat(portion: () => Promise<boolean>): Promise<void> {
    while (!this.isStopped && (await portion()));
  }

  /** Deletes a portion of the oldest rows; false when none is left. */
  private async forget(table: string, time: string, before: number): Promise<boolean> {
    const oldest = await this.database.query<Record<string, number>>(
      `SELECT ${time} FROM ${table} WHERE ${time} < ? ORDER BY ${time} LIMIT ${rows(ROWS_A_STEP)}`,
      [before],
    );
    const last = oldest.at(-1)?.[time];
    if (last === undefined) return false;
    await this.database.execute(`DELETE FROM ${table} WHERE ${time} <= ?`, [last]);
    return true;
  }

  /** Deletes a portion of the oldest events that are old enough; false when none is left. */
  private async forgetEvents(before: number): Promise<boolean> {
    const oldest = await this.database.query<{ id: number; created_time: number }>(
      `SELECT id, created_time FROM events ORDER BY id LIMIT ${rows(ROWS_A_STEP)}`,
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
