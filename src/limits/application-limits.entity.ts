import { Entity } from 'typeorm';
import { KeyColumn, ReferenceColumn } from '../database/columns.js';

/** What an application may do, where it differs from the configuration. Null stands for the configured value. */
@Entity('application_limits')
export class ApplicationLimits {
  @KeyColumn('application_id')
  applicationId!: number;

  @ReferenceColumn('requests', { nullable: true })
  requests!: number | null;

  @ReferenceColumn('seconds', { nullable: true })
  seconds!: number | null;

  @ReferenceColumn('users', { nullable: true })
  users!: number | null;

  @ReferenceColumn('channels', { nullable: true })
  channels!: number | null;

  @ReferenceColumn('messages_per_month', { nullable: true })
  messagesPerMonth!: number | null;
}
