import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, SqlValue } from '../database/sql.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader } from '../pagination/page-reader.js';
import { SealedSecret } from './webhook-secret.js';
import { WEBHOOK_COLUMNS, WebhookRow } from './webhook.rows.js';

const BY_ID = { column: 'w.id', index: 'webhooks_application' };

export type NewWebhook = Pick<WebhookRow, 'url' | 'types' | 'description' | 'enabled' | 'created_time'> & {
  secret: SealedSecret;
};

@Injectable()
export class WebhooksRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  /** How many there are, held until the open unit ends: whoever makes another waits. */
  async countForUpdate(applicationId: number): Promise<number> {
    const { forUpdate } = this.database.dialect;
    await this.database.query(`SELECT id FROM applications WHERE id = ? ${forUpdate}`, [applicationId]);
    const [row] = await this.database.query<{ n: number }>(
      'SELECT COUNT(*) AS n FROM webhooks WHERE application_id = ?',
      [applicationId],
    );
    return Number(row!.n);
  }

  async insert(applicationId: number, webhook: NewWebhook): Promise<number> {
    const { insertId } = await this.database.execute(
      'INSERT INTO webhooks (application_id, url, types, description, enabled, secret, since_event_id, delivery_count, created_time) VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?)',
      [
        applicationId,
        webhook.url,
        webhook.types,
        webhook.description,
        webhook.enabled,
        webhook.secret,
        webhook.created_time,
      ],
    );
    return insertId;
  }

  find(applicationId: number, id: number): Promise<WebhookRow | undefined> {
    return this.select(applicationId, id, '');
  }

  /** The same, held until the open unit ends. Deliveries are put in line by whoever holds their webhook. */
  findForUpdate(applicationId: number, id: number): Promise<WebhookRow | undefined> {
    return this.select(applicationId, id, this.database.dialect.forUpdate);
  }

  private async select(applicationId: number, id: number, lock: string): Promise<WebhookRow | undefined> {
    const [row] = await this.database.query<WebhookRow>(
      `SELECT ${WEBHOOK_COLUMNS} FROM webhooks w WHERE w.id = ? AND w.application_id = ? ${lock}`,
      [id, applicationId],
    );
    return row;
  }

  list(applicationId: number, query: PageQuery): Promise<Page<WebhookRow>> {
    return this.pages.read<WebhookRow>(
      {
        columns: WEBHOOK_COLUMNS,
        from: 'webhooks w',
        where: [{ sql: 'w.application_id = ?', parameters: [applicationId] }],
        // Ids are given in the order of creation.
        sortable: { createdTime: BY_ID, id: BY_ID },
        key: 'w.id',
      },
      query,
    );
  }

  /** Whether any of the applications has one that is told anything. */
  async concern(applicationIds: readonly number[]): Promise<boolean> {
    const found = await this.database.query(
      `SELECT 1 FROM webhooks WHERE application_id IN (${marks(applicationIds)}) AND enabled = 1 LIMIT 1`,
      applicationIds,
    );
    return found.length > 0;
  }

  /** Those of the applications that are told anything, held until the open unit ends. */
  enabledForUpdate(applicationIds: readonly number[]): Promise<WebhookRow[]> {
    return this.database.query<WebhookRow>(
      `SELECT ${WEBHOOK_COLUMNS} FROM webhooks w WHERE w.application_id IN (${marks(applicationIds)}) AND w.enabled = 1 ORDER BY w.id ${this.database.dialect.forUpdate}`,
      applicationIds,
    );
  }

  async update(
    applicationId: number,
    id: number,
    changes: Partial<
      Pick<WebhookRow, 'url' | 'types' | 'description' | 'enabled' | 'since_event_id' | 'replay_after' | 'replay_up_to'>
    >,
  ): Promise<void> {
    const columns = Object.entries(changes) as [string, SqlValue][];
    if (columns.length === 0) return;
    await this.database.execute(
      `UPDATE webhooks SET ${columns.map(([name]) => `${name} = ?`).join(', ')} WHERE id = ? AND application_id = ?`,
      [...columns.map(([, value]) => value), id, applicationId],
    );
  }

  /** The secret of now is good until the given time beside the new one. */
  async replaceSecret(applicationId: number, id: number, secret: SealedSecret, until: number): Promise<void> {
    await this.database.execute(
      // MySQL evaluates from left to right: the old secret is taken before the new one stands there.
      'UPDATE webhooks SET previous_secret = secret, previous_secret_until = ?, secret = ? WHERE id = ? AND application_id = ?',
      [until, secret, id, applicationId],
    );
  }

  async delete(applicationId: number, id: number): Promise<void> {
    await this.database.execute('DELETE FROM webhooks WHERE id = ? AND application_id = ?', [id, applicationId]);
  }

  /** The next ids, for whoever goes through all of them. */
  async idsAfter(id: number, count: number): Promise<{ id: number; application_id: number }[]> {
    return this.database.query(`SELECT id, application_id FROM webhooks WHERE id > ? ORDER BY id LIMIT ${count}`, [id]);
  }
}
