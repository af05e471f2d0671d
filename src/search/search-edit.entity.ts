import { Entity, Index } from 'typeorm';
import { KeyColumn, ReferenceColumn } from '../database/columns.js';

/** A message whose body was edited, until the index knows the new one. Searches compare it without the index. */
@Entity('search_edits')
// The edited messages of an application.
@Index('search_edits_application', ['applicationId'])
export class SearchEdit {
  @KeyColumn('message_id')
  messageId!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;
}
