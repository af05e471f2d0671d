import { Entity } from 'typeorm';
import { CountColumn, KeyColumn, TextKeyColumn } from '../database/columns.js';

/** What applications with a quota of messages have sent in a month. Deleting messages takes nothing back. */
@Entity('message_usage')
export class MessageUsage {
  @KeyColumn('application_id')
  applicationId!: number;

  /** `2024-05`, in UTC. */
  @TextKeyColumn('month', 7)
  month!: string;

  @CountColumn('messages_sent')
  messagesSent!: number;
}
