import { Entity, Index } from 'typeorm';
import { IdColumn, JsonColumn, ReferenceColumn, TextColumn, TimeColumn } from '../database/columns.js';

/** What a user complains of in a message. */
@Entity('message_reports')
// A user reports a message once.
@Index('message_reports_message', ['messageId', 'userId'], { unique: true })
// The messages of a channel that were reported.
@Index('message_reports_channel', ['channelId', 'messageId'])
// What a user reported.
@Index('message_reports_user', ['userId', 'id'])
// Deletes those of an application.
@Index('message_reports_application', ['applicationId'])
export class MessageReport {
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @ReferenceColumn('channel_id')
  channelId!: number;

  @ReferenceColumn('message_id')
  messageId!: number;

  @ReferenceColumn('user_id')
  userId!: number;

  @TextColumn('reason', 1000)
  reason!: string;

  @JsonColumn('properties')
  properties!: string;

  @TimeColumn('created_time')
  createdTime!: number;
}
