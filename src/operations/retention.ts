import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { GRACE_MS } from '../auth/tokens.service.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { isDuplicate } from '../database/database-errors.js';
import { marks, rows } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { TRANSIENT_EVENT_TYPES } from '../events/domain-event.js';
import { DeliveriesService } from '../webhooks/deliveries.service.js';
import { NotificationRemoval } from '../notifications/notification-removal.js';
import { JobFiles } from '../jobs/job-files.js';

const EVERY_MS = 10 * 60_000;
const HOUR_MS = 3_600_000;
const ROWS_A_STEP = 1_000;
/** Transient events are of no use to anybody after so long. */
const TRANSIENT_MS = 60_000;
/** Up to where the log was searched for transient events: kept beside the positions of its readers, but none of them. */
const TRANSIENT_SEARCH = 'retention.transient';

/**
 * Forgets what has had its time: tokens, answers of old writes, previews of links, events that everybody has read, what
 * webhooks were told, notifications, files of jobs.
 */
@Injectable()
export class Retention implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Retention');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly deliveries: DeliveriesService,
    private readonly notifications: NotificationRemoval,
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
    const notifications = now - this.config.notificationRetentionDays * 24 * HOUR_MS;
    const files = now - this.config.jobFileRetentionDays * 24 * HOUR_MS;
    // Honoured a little past their time, so forgotten a little later still.
    await this.repeat(() => this.forget('access_tokens', 'expires_time', now - 2 * GRACE_MS));
    await this.repeat(() => this.forget('idempotency_keys', 'created_time', keys));
    await this.repeat(() => this.forgetTransientEvents(now - TRANSIENT_MS));
    await this.repeat(() => this.forget('link_previews', 'expires_time', now));
    await this.repeat(() => this.forgetEvents(events));
    await this.deliveries.forget(now - this.config.webhookLogDays * 24 * HOUR_MS, () => this.isStopped);
    await this.repeat(() => this.notifications.olderThan(notifications));
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
    const upTo = Math.min(last.id, (await this.readByAll()) ?? last.id);
    const { affectedRows } = await this.database.execute('DELETE FROM events WHERE id <= ?', [upTo]);
    return affectedRows > 0;
  }

  /** Up to which event all readers have read; undefined when there are none. */
  private async readByAll(): Promise<number | undefined> {
    const [reader] = await this.database.query<{ position: number | null }>(
      'SELECT MIN(position) AS position FROM event_positions WHERE subscriber <> ?',
      [TRANSIENT_SEARCH],
    );
    return reader?.position ?? undefined;
  }

  /** Takes transient events out of the next portion of the log, each row of which is looked at once. */
  private async forgetTransientEvents(before: number): Promise<boolean> {
    try {
      return await this.unitOfWork.run(async () => {
        const position = await this.lockSearch();
        const read = await this.readByAll();
        const next = await this.database.query<{ id: number; type: string; created_time: number }>(
          `SELECT id, type, created_time FROM events WHERE id > ? ORDER BY id LIMIT ${rows(ROWS_A_STEP)}`,
          [position],
        );
        const young = next.findIndex(({ id, created_time }) => created_time >= before || id > (read ?? id));
        const old = young < 0 ? next : next.slice(0, young);
        const last = old.at(-1);
        if (!last) return false;
        const ids = old.flatMap(({ id, type }) => (isTransient(type) ? [id] : []));
        if (ids.length > 0) await this.database.execute(`DELETE FROM events WHERE id IN (${marks(ids)})`, ids);
        await this.database.execute('UPDATE event_positions SET position = ? WHERE subscriber = ?', [
          last.id,
          TRANSIENT_SEARCH,
        ]);
        return old.length === ROWS_A_STEP;
      });
    } catch (error) {
      // Another process has just begun the search.
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  /** Where the search goes on; no other process searches until the open unit ends. */
  private async lockSearch(): Promise<number> {
    const [row] = await this.database.query<{ position: number }>(
      `SELECT position FROM event_positions WHERE subscriber = ? ${this.database.dialect.forUpdate}`,
      [TRANSIENT_SEARCH],
    );
    if (row) return row.position;
    await this.database.execute(
      "INSERT INTO event_positions (subscriber, position, gaps, leased_until) VALUES (?, 0, '[]', 0)",
      [TRANSIENT_SEARCH],
    );
    return 0;
  }
}

const isTransient = (type: string): boolean => (TRANSIENT_EVENT_TYPES as readonly string[]).includes(type);
