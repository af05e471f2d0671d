import { Entity } from 'typeorm';
import { JsonColumn, ReferenceColumn, TextColumn, TextKeyColumn, TimeColumn } from '../database/columns.js';

/** How far a subscriber has read the log. */
@Entity('event_positions')
export class EventPosition {
  @TextKeyColumn('subscriber', 64)
  subscriber!: string;

  /** All events up to here were delivered, but for the gaps. */
  @ReferenceColumn('position')
  position!: number;

  /** Ids below the position that were not there yet when it passed: JSON `[[id, seen], …]`. */
  @JsonColumn('gaps')
  gaps!: string;

  /** The process that reads for this subscriber, until `leasedUntil`. */
  @TextColumn('lease_owner', 64, { nullable: true })
  leaseOwner!: string | null;

  @TimeColumn('leased_until')
  leasedUntil!: number;
}
