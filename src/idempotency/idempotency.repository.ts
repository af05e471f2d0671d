import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';

/** An answer that was given before. */
export interface StoredAnswer {
  fingerprint: string;
  status: number;
  contentType: string | null;
  body: string | null;
}

interface AnswerRow {
  fingerprint: string;
  status: number;
  content_type: string | null;
  body: string | null;
}

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  async find(applicationId: number, key: string): Promise<StoredAnswer | undefined> {
    const [row] = await this.database.query<AnswerRow>(
      'SELECT fingerprint, status, content_type, body FROM idempotency_keys WHERE application_id = ? AND idempotency_key = ?',
      [applicationId, key],
    );
    return row && { fingerprint: row.fingerprint, status: row.status, contentType: row.content_type, body: row.body };
  }

  /** Takes the key; a second caller waits here until the first is done, and then finds it taken. */
  async claim(applicationId: number, key: string, fingerprint: string): Promise<void> {
    await this.database.execute(
      'INSERT INTO idempotency_keys (application_id, idempotency_key, fingerprint, created_time) VALUES (?, ?, ?, ?)',
      [applicationId, key, fingerprint, Date.now()],
    );
  }

  async storeAnswer(
    applicationId: number,
    key: string,
    { status, contentType, body }: Omit<StoredAnswer, 'fingerprint'>,
  ): Promise<void> {
    await this.database.execute(
      'UPDATE idempotency_keys SET status = ?, content_type = ?, body = ? WHERE application_id = ? AND idempotency_key = ?',
      [status, contentType, body, applicationId, key],
    );
  }
}
