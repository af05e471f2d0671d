import { Entity, Index } from 'typeorm';
import { IntColumn, KeyColumn, TextColumn, TimeColumn } from '../database/columns.js';

/** Deliveries of a webhook that have to keep their order. There is one while something is waiting in it. */
@Entity('webhook_lanes')
// The next to take up of a webhook; of one that cannot be reached, only those whose time has come.
@Index('webhook_lanes_due', ['webhookId', 'dueTime'])
export class WebhookLane {
  @KeyColumn('webhook_id')
  webhookId!: number;

  @KeyColumn('lane')
  lane!: number;

  /** Attempts that failed one after the other. */
  @IntColumn('failures')
  failures!: number;

  @TextColumn('lease_owner', 64, { nullable: true })
  leaseOwner!: string | null;

  /** Before this time only the owner works on it; of one whose delivery failed, when to try again. */
  @TimeColumn('due_time')
  dueTime!: number;
}
