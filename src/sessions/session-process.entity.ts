import { Entity } from 'typeorm';
import { TextKeyColumn, TimeColumn } from '../database/columns.js';

/**
 * A process that holds connections of users. It says again and again that it is alive, in one row however many
 * connections it has; once it no longer does, others end its sessions.
 */
@Entity('session_processes')
export class SessionProcess {
  @TextKeyColumn('id', 36)
  id!: string;

  @TimeColumn('leased_until')
  leasedUntil!: number;
}
