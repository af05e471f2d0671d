import { Entity, Index } from 'typeorm';
import { IntColumn, KeyColumn, LongTextColumn, ReferenceColumn, TextColumn, TimeColumn } from '../database/columns.js';

/** An event on its way to a webhook, and afterwards the record of it. */
@Entity('webhook_deliveries')
// What is waiting in a lane, in its order. What has ended is not among it, however much that is.
@Index('webhook_deliveries_waiting', ['webhookId', 'lane', 'position'])
// Lists of those in one state.
@Index('webhook_deliveries_state', ['webhookId', 'state', 'eventId'])
export class WebhookDelivery {
  // The log of a webhook in order of its events; an event is in it once.
  @KeyColumn('webhook_id')
  webhookId!: number;

  @KeyColumn('event_id')
  eventId!: number;

  @TextColumn('event_type', 64)
  eventType!: string;

  @ReferenceColumn('channel_id', { nullable: true })
  channelId!: number | null;

  /** What it must not overtake, see {@link laneOf}. */
  @ReferenceColumn('lane')
  lane!: number;

  /** The id of the event while it is waiting, empty once it has ended. */
  @ReferenceColumn('position', { nullable: true })
  position!: number | null;

  /** PENDING, FAILED (and to be tried again), DELIVERED or DEAD. */
  @TextColumn('state', 16)
  state!: string;

  /** The JSON that is sent, the same each time. */
  @LongTextColumn('body')
  body!: string;

  @IntColumn('attempts')
  attempts!: number;

  @IntColumn('last_status', { nullable: true })
  lastStatus!: number | null;

  @TextColumn('last_error', 255, { nullable: true })
  lastError!: string | null;

  @TimeColumn('last_attempt_time', { nullable: true })
  lastAttemptTime!: number | null;

  /** When it was put in line, the last time. It is given up so long after this. */
  @TimeColumn('queued_time')
  queuedTime!: number;

  @TimeColumn('ended_time', { nullable: true })
  endedTime!: number | null;
}
