import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { rows } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { MessageLinkPreviewProperties } from '../messages/message-link.resource.js';

const HOUR_MS = 3_600_000;
const FOUND_MS = 24 * HOUR_MS;
const NOTHING_MS = HOUR_MS;

export interface PreviewTaskRow {
  message_id: number;
  application_id: number;
  attempts: number;
}

/** What is known of web addresses, and which messages wait for it. */
@Injectable()
export class PreviewsRepository {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Says that the links of messages are to be looked at. Doing so again begins anew. */
  async addTasks(messages: readonly { applicationId: number; messageId: number }[], now: number): Promise<void> {
    await this.unitOfWork.batch(
      messages.map(({ applicationId, messageId }) => ({
        sql: 'REPLACE INTO preview_tasks (message_id, application_id, due_time, attempts) VALUES (?, ?, ?, 0)',
        parameters: [messageId, applicationId, now],
      })),
    );
  }

  /** Takes tasks that are due, for `leaseMs`. */
  claim(count: number, now: number, leaseMs: number): Promise<PreviewTaskRow[]> {
    return this.unitOfWork.run(async () => {
      const tasks = await this.database.query<PreviewTaskRow>(
        `SELECT message_id, application_id, attempts FROM preview_tasks WHERE due_time <= ? ORDER BY due_time LIMIT ${rows(count)} ${this.database.dialect.forUpdateSkipLocked}`,
        [now],
      );
      for (const { message_id } of tasks)
        await this.database.execute(
          'UPDATE preview_tasks SET due_time = ?, attempts = attempts + 1 WHERE message_id = ?',
          [now + leaseMs, message_id],
        );
      return tasks;
    });
  }

  /** Not if it has been added anew meanwhile: then there is more to look at. */
  async endTask({ message_id, attempts }: PreviewTaskRow): Promise<void> {
    await this.database.execute('DELETE FROM preview_tasks WHERE message_id = ? AND attempts = ?', [
      message_id,
      attempts + 1,
    ]);
  }

  /** What was found at an address; null if nothing, undefined if that is not known or too old. */
  async cached(url: string, now: number): Promise<MessageLinkPreviewProperties | null | undefined> {
    const [row] = await this.database.query<{ preview: string | null }>(
      'SELECT preview FROM link_previews WHERE url_hash = ? AND expires_time > ?',
      [keyOf(url), now],
    );
    return row && (row.preview === null ? null : (JSON.parse(row.preview) as MessageLinkPreviewProperties));
  }

  async cache(url: string, preview: MessageLinkPreviewProperties | null, now: number): Promise<void> {
    await this.database.execute(
      'REPLACE INTO link_previews (url_hash, url, preview, fetched_time, expires_time) VALUES (?, ?, ?, ?, ?)',
      [keyOf(url), url, preview && JSON.stringify(preview), now, now + (preview ? FOUND_MS : NOTHING_MS)],
    );
  }
}

const keyOf = (url: string): string => hash('sha256', url, 'base64');
