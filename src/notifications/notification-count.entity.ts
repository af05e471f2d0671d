import { Entity } from 'typeorm';
import { CountColumn, KeyColumn, ReferenceColumn } from '../database/columns.js';

/**
 * How many notifications a user has. Apart from the user, whose row every message of theirs changes: a channel's worth
 * of these is written at once.
 */
@Entity('notification_counts')
export class NotificationCount {
  @KeyColumn('user_id')
  userId!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @CountColumn('total')
  total!: number;

  @CountColumn('unread')
  unread!: number;
}
