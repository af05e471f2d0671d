import { Entity, Index } from 'typeorm';
import { IntColumn, KeyColumn, ReferenceColumn, TimeColumn } from '../database/columns.js';

/** A message whose links are to be looked at. */
@Entity('preview_tasks')
// What is to be done next.
@Index('preview_tasks_due', ['dueTime'])
// What an application that is being deleted has.
@Index('preview_tasks_application', ['applicationId'])
export class PreviewTask {
  @KeyColumn('message_id')
  messageId!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  /** When to begin. Who has begun puts it off: if that process dies, another begins then. */
  @TimeColumn('due_time')
  dueTime!: number;

  /** How often somebody has begun. */
  @IntColumn('attempts')
  attempts!: number;
}
