import { Entity, Index } from 'typeorm';
import { IntColumn, KeyColumn, LongTextColumn, TextColumn, TextKeyColumn, TimeColumn } from '../database/columns.js';

/** The answer to a write that the caller may repeat. Written in the transaction of the write itself. */
@Entity('idempotency_keys')
export class IdempotencyKey {
  @KeyColumn('application_id')
  applicationId!: number;

  @TextKeyColumn('idempotency_key', 255)
  key!: string;

  /** SHA-256 of method, path and body, in base64. */
  @TextColumn('fingerprint', 44)
  fingerprint!: string;

  @IntColumn('status', { nullable: true })
  status!: number | null;

  @TextColumn('content_type', 128, { nullable: true })
  contentType!: string | null;

  @LongTextColumn('body', { nullable: true })
  body!: string | null;

  // Finds the keys that can be forgotten.
  @Index('idempotency_keys_created')
  @TimeColumn('created_time')
  createdTime!: number;
}
