import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, rows } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { DomainEvent } from '../events/domain-event.js';
import { DeliveryState, DueDelivery } from './webhook.rows.js';

/** What is tried again meanwhile belongs to its owner: longer than an attempt takes. */
const LEASE_MS = 30_000;
const SECRETS = 'w.secret, w.previous_secret, w.previous_secret_until';

/** Events of a channel keep their order, and so do those of a user, or of anything else that is in no channel. */
export const laneOf = ({ channelId, subjectId }: DomainEvent): number => channelId ?? -subjectId;

/** A lane that this process works on. */
export interface Lane {
  webhookId: number;
  lane: number;
}

/** How an attempt has ended. */
export interface Settlement {
  state: DeliveryState;
  status: number | null;
  error: string | null;
  now: number;
  /** When the lane goes on after a failure; without it the lane stays with its owner. */
  dueTime?: number;
  failures: number;
}

/** Who works on which lane. A lease is a due time in the future. */
@Injectable()
export class LanesRepository {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** The webhooks that have something to be sent now. One look into an index for each that is enabled. */
  async dueWebhooks(now: number): Promise<number[]> {
    const found = await this.database.query<{ id: number }>(
      // Asked as EXISTS, MySQL would go through all lanes that there are.
      'SELECT w.id FROM webhooks w WHERE w.enabled = 1 AND (SELECT l.due_time FROM webhook_lanes l WHERE l.webhook_id = w.id ORDER BY l.due_time LIMIT 1) <= ? ORDER BY w.id',
      [now],
    );
    return found.map(({ id }) => id);
  }

  /** Takes up to `count` lanes whose time has come, those first that have waited longest. */
  claim(webhookId: number, owner: string, now: number, count: number): Promise<Lane[]> {
    return this.unitOfWork.run(async () => {
      const { dialect } = this.database;
      const found = await this.database.query<{ lane: number }>(
        `SELECT lane FROM webhook_lanes ${dialect.readBy('webhook_lanes_due')} WHERE webhook_id = ? AND due_time <= ? AND EXISTS (SELECT 1 FROM webhooks w WHERE w.id = ? AND w.enabled = 1) ORDER BY due_time LIMIT ${rows(count)} ${dialect.forUpdateSkipLocked}`,
        [webhookId, now, webhookId],
      );
      if (found.length === 0) return [];
      const lanes = found.map(({ lane }) => lane);
      await this.database.execute(
        `UPDATE webhook_lanes SET lease_owner = ?, due_time = ? WHERE webhook_id = ? AND lane IN (${marks(lanes)})`,
        [owner, now + LEASE_MS, webhookId, ...lanes],
      );
      return lanes.map((lane) => ({ webhookId, lane }));
    });
  }

  /** What is next in a lane, unless the webhook has been disabled. */
  async head({ webhookId, lane }: Lane): Promise<DueDelivery | undefined> {
    const { dialect } = this.database;
    const [row] = await this.database.query<DueDelivery>(
      `SELECT d.event_id, d.body, d.queued_time, w.url, ${SECRETS}, l.failures FROM webhook_deliveries d ${dialect.readBy('webhook_deliveries_waiting')} JOIN webhooks w ON w.id = d.webhook_id AND w.enabled = 1 JOIN webhook_lanes l ON l.webhook_id = d.webhook_id AND l.lane = d.lane WHERE d.webhook_id = ? AND d.lane = ? AND d.position > 0 ORDER BY d.position LIMIT 1`,
      [webhookId, lane],
    );
    return row;
  }

  /** Writes down what became of an attempt. False when another process has taken the lane over. */
  async settle({ webhookId, lane }: Lane, owner: string, eventId: number, end: Settlement): Promise<boolean> {
    const { state, status, error, now, dueTime, failures } = end;
    const isOver = state === 'DELIVERED' || state === 'DEAD';
    const [lease] = await this.unitOfWork.batch([
      {
        sql: 'UPDATE webhook_lanes SET failures = ?, lease_owner = ?, due_time = ? WHERE webhook_id = ? AND lane = ? AND lease_owner = ?',
        parameters: [failures, dueTime === undefined ? owner : null, dueTime ?? now + LEASE_MS, webhookId, lane, owner],
      },
      {
        sql: `UPDATE webhook_deliveries SET state = ?, position = ${isOver ? 'NULL' : 'position'}, attempts = attempts + 1, last_status = ?, last_error = ?, last_attempt_time = ?, ended_time = ? WHERE webhook_id = ? AND event_id = ? AND position IS NOT NULL`,
        parameters: [state, status, error, now, isOver ? now : null, webhookId, eventId],
      },
    ]);
    return lease!.affectedRows === 1;
  }

  /** Gives a lane back: it ends if nothing is waiting in it, and is due if something is. */
  release({ webhookId, lane }: Lane, owner: string, now: number): Promise<void> {
    return this.unitOfWork.run(async () => {
      const held = await this.database.query(
        `SELECT 1 FROM webhook_lanes WHERE webhook_id = ? AND lane = ? AND lease_owner = ? ${this.database.dialect.forUpdate}`,
        [webhookId, lane, owner],
      );
      if (held.length === 0) return;
      const waiting = await this.database.query(
        'SELECT 1 FROM webhook_deliveries WHERE webhook_id = ? AND lane = ? AND position > 0 LIMIT 1',
        [webhookId, lane],
      );
      if (waiting.length === 0)
        await this.database.execute('DELETE FROM webhook_lanes WHERE webhook_id = ? AND lane = ?', [webhookId, lane]);
      else
        await this.database.execute(
          'UPDATE webhook_lanes SET lease_owner = NULL, due_time = ? WHERE webhook_id = ? AND lane = ?',
          [now, webhookId, lane],
        );
    });
  }
}
