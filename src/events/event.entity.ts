import { Entity } from 'typeorm';
import { IdColumn, LongTextColumn, ReferenceColumn, TextColumn, TimeColumn } from '../database/columns.js';

/** A line of the log of everything that changed, written in the transaction that changed it. */
@Entity('events')
export class StoredEvent {
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @ReferenceColumn('channel_id', { nullable: true })
  channelId!: number | null;

  /** See domain-event.ts. */
  @TextColumn('type', 64)
  type!: string;

  /** The id of what changed: the user, the channel, the message. */
  @ReferenceColumn('subject_id')
  subjectId!: number;

  /** JSON of what a reader needs besides. */
  @LongTextColumn('payload')
  payload!: string;

  @TimeColumn('created_time')
  createdTime!: number;
}
