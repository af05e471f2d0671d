import { Entity, Index } from 'typeorm';
import {
  BooleanColumn,
  CountColumn,
  IdColumn,
  JsonColumn,
  ReferenceColumn,
  TextColumn,
  TimeColumn,
} from '../database/columns.js';

/** An address that is told what changes in an application. */
@Entity('webhooks')
// Lists in order of id; whom an event of an application concerns.
@Index('webhooks_application', ['applicationId', 'id'])
export class Webhook {
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @TextColumn('url', 2048)
  url!: string;

  /** JSON of the patterns of events that it is told, see event-types.ts. */
  @JsonColumn('types')
  types!: string;

  @TextColumn('description', 1000, { nullable: true })
  description!: string | null;

  @BooleanColumn('enabled')
  enabled!: boolean;

  /** What deliveries are signed with, see webhook-secret.ts. Selected by nothing but what signs. */
  @TextColumn('secret', 512)
  secret!: string;

  /** Deliveries are signed with this one as well, until `previousSecretUntil`. */
  @TextColumn('previous_secret', 512, { nullable: true })
  previousSecret!: string | null;

  @TimeColumn('previous_secret_until', { nullable: true })
  previousSecretUntil!: number | null;

  /** The event of its creation: it is told what has come after. */
  @ReferenceColumn('since_event_id')
  sinceEventId!: number;

  /** While events are delivered again: up to where that has got, and where it ends. */
  @ReferenceColumn('replay_after', { nullable: true })
  replayAfter!: number | null;

  @ReferenceColumn('replay_up_to', { nullable: true })
  replayUpTo!: number | null;

  /** Lines of its log. */
  @CountColumn('delivery_count')
  deliveryCount!: number;

  @TimeColumn('created_time')
  createdTime!: number;
}
