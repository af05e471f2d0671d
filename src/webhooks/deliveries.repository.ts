import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Condition, marks, rows } from '../database/sql.js';
import { DomainEvent } from '../events/domain-event.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { CursorReader } from '../pagination/cursor-reader.js';
import { CursorPage } from '../pagination/page.js';
import { envelope } from './event.resource.js';
import { laneOf } from './lanes.repository.js';
import { DeliveryRow, DeliveryState, WebhookRow } from './webhook.rows.js';

const COLUMNS =
  'd.event_id AS id, d.webhook_id, d.event_type, d.channel_id, d.state, d.attempts, d.last_status, d.last_error, d.last_attempt_time, d.queued_time, d.ended_time, l.due_time';
/** The lane tells when the one it waits for is tried again. */
const from = (hint = '') =>
  `webhook_deliveries d ${hint} LEFT JOIN webhook_lanes l ON l.webhook_id = d.webhook_id AND l.lane = d.lane`;
/** In one statement. Bodies may be long. */
const ROWS_A_STATEMENT = 50;
const CHARACTERS_A_STATEMENT = 1_000_000;

/** The log of what webhooks are told; what has not ended is waiting in a lane. */
@Injectable()
export class DeliveriesRepository {
  constructor(
    private readonly database: Database,
    private readonly cursors: CursorReader,
  ) {}

  /** Newest events first. `total` is the kept number of all. */
  list(
    webhook: Pick<WebhookRow, 'id' | 'delivery_count'>,
    state: DeliveryState | undefined,
    query: CursorQuery,
  ): Promise<CursorPage<DeliveryRow>> {
    const where: Condition[] = [{ sql: 'd.webhook_id = ?', parameters: [webhook.id] }];
    if (state !== undefined) where.push({ sql: 'd.state = ?', parameters: [state] });
    return this.cursors.read<DeliveryRow>(
      {
        columns: COLUMNS,
        from: from(state === undefined ? '' : this.database.dialect.readBy('webhook_deliveries_state')),
        where,
        id: 'd.event_id',
        ...(state === undefined && { total: webhook.delivery_count }),
      },
      query,
    );
  }

  async find(webhookId: number, eventId: number): Promise<DeliveryRow | undefined> {
    const [row] = await this.database.query<DeliveryRow>(
      `SELECT ${COLUMNS} FROM ${from()} WHERE d.webhook_id = ? AND d.event_id = ?`,
      [webhookId, eventId],
    );
    return row;
  }

  /**
   * Puts events in line for a webhook that the open unit holds. What is in its log already stays as it is, or with
   * `again` gets in line once more. The lanes come first: nobody ends a lane while something is put in it.
   */
  async enqueue(webhookId: number, events: readonly DomainEvent[], now: number, again = false): Promise<void> {
    if (events.length === 0) return;
    const ids = events.map(({ id }) => id);
    const known = await this.database.query<{ event_id: number }>(
      `SELECT event_id FROM webhook_deliveries WHERE webhook_id = ? AND event_id IN (${marks(ids)})`,
      [webhookId, ...ids],
    );
    const knownIds = new Set(known.map(({ event_id }) => event_id));
    const added = events.filter(({ id }) => !knownIds.has(id));
    await this.openLanes(webhookId, (again ? events : added).map(laneOf), now);
    for (const portion of portionsOf(added.map((event) => ({ event, body: envelope(event) })))) {
      await this.database.execute(
        `INSERT INTO webhook_deliveries (webhook_id, event_id, event_type, channel_id, lane, position, state, body, attempts, queued_time) VALUES ${portion.map(() => "(?, ?, ?, ?, ?, ?, 'PENDING', ?, 0, ?)").join(', ')}`,
        portion.flatMap(({ event, body }) => [
          webhookId,
          event.id,
          event.type,
          event.channelId ?? null,
          laneOf(event),
          event.id,
          body,
          now,
        ]),
      );
    }
    await this.countLines(webhookId, added.length);
    if (again && knownIds.size > 0) await this.reopen(webhookId, [...knownIds], now);
  }

  /** Gets one that is in the log in line again, in a unit that holds its webhook; its lane is due at once. */
  async enqueueAgain(webhookId: number, eventId: number, now: number): Promise<void> {
    const [row] = await this.database.query<{ lane: number }>(
      'SELECT lane FROM webhook_deliveries WHERE webhook_id = ? AND event_id = ?',
      [webhookId, eventId],
    );
    await this.openLanes(webhookId, [row!.lane], now);
    await this.reopen(webhookId, [eventId], now);
    await this.database.execute(
      'UPDATE webhook_lanes SET due_time = ?, failures = 0 WHERE webhook_id = ? AND lane = ? AND lease_owner IS NULL',
      [now, webhookId, row!.lane],
    );
  }

  private async openLanes(webhookId: number, lanes: readonly number[], now: number): Promise<void> {
    const different = [...new Set(lanes)].sort((a, b) => a - b);
    if (different.length === 0) return;
    await this.database.execute(
      `${this.database.dialect.insertNew} INTO webhook_lanes (webhook_id, lane, failures, due_time) VALUES ${different.map(() => '(?, ?, 0, ?)').join(', ')}`,
      different.flatMap((lane) => [webhookId, lane, now]),
    );
  }

  private async reopen(webhookId: number, ids: readonly number[], now: number): Promise<void> {
    await this.database.execute(
      `UPDATE webhook_deliveries SET state = 'PENDING', position = event_id, queued_time = ?, ended_time = NULL WHERE webhook_id = ? AND event_id IN (${marks(ids)}) AND position IS NULL`,
      [now, webhookId, ...ids],
    );
  }

  /** Deletes some of the oldest lines that were put in line before; answers how many. For a unit that holds the webhook. */
  async forget(webhookId: number, before: number, count: number): Promise<number> {
    const oldest = await this.database.query<{ event_id: number; queued_time: number }>(
      `SELECT event_id, queued_time FROM webhook_deliveries WHERE webhook_id = ? ORDER BY event_id LIMIT ${rows(count)}`,
      [webhookId],
    );
    const ids = oldest.filter(({ queued_time }) => queued_time < before).map(({ event_id }) => event_id);
    if (ids.length === 0) return 0;
    const { affectedRows } = await this.database.execute(
      `DELETE FROM webhook_deliveries WHERE webhook_id = ? AND event_id IN (${marks(ids)})`,
      [webhookId, ...ids],
    );
    await this.countLines(webhookId, -affectedRows);
    return affectedRows;
  }

  /** Deletes some of what a webhook had that is gone; false when nothing is left. */
  async deletePortion(webhookId: number, count: number): Promise<boolean> {
    for (const [table, key] of [
      ['webhook_deliveries', 'event_id'],
      ['webhook_lanes', 'lane'],
    ] as const) {
      const found = await this.database.query<Record<string, number>>(
        `SELECT ${key} FROM ${table} WHERE webhook_id = ? LIMIT ${rows(count)}`,
        [webhookId],
      );
      if (found.length === 0) continue;
      const keys = found.map((row) => row[key]!);
      await this.database.execute(`DELETE FROM ${table} WHERE webhook_id = ? AND ${key} IN (${marks(keys)})`, [
        webhookId,
        ...keys,
      ]);
      return true;
    }
    return false;
  }

  private async countLines(webhookId: number, difference: number): Promise<void> {
    if (difference === 0) return;
    await this.database.execute('UPDATE webhooks SET delivery_count = delivery_count + ? WHERE id = ?', [
      difference,
      webhookId,
    ]);
  }
}

/** Not too many and not too much for a statement. */
function* portionsOf<T extends { body: string }>(all: readonly T[]): Generator<T[]> {
  let portion: T[] = [];
  let characters = 0;
  for (const one of all) {
    const isFull = portion.length === ROWS_A_STATEMENT || characters + one.body.length > CHARACTERS_A_STATEMENT;
    if (isFull && portion.length > 0) {
      yield portion;
      portion = [];
      characters = 0;
    }
    portion.push(one);
    characters += one.body.length;
  }
  if (portion.length > 0) yield portion;
}
