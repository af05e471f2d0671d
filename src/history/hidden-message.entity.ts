import { Entity, Index } from 'typeorm';
import { KeyColumn, ReferenceColumn, TimeColumn } from '../database/columns.js';

/** That a member deleted a message for themselves only. */
@Entity('hidden_messages')
// For whom a message that is deleted was not there any more.
@Index('hidden_messages_message', ['messageId', 'userId'])
// Deletes those about messages that have been cleared away, and those of an application.
@Index('hidden_messages_application', ['applicationId', 'messageId'])
export class HiddenMessage {
  @KeyColumn('user_id')
  userId!: number;

  @KeyColumn('channel_id')
  channelId!: number;

  @KeyColumn('message_id')
  messageId!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @TimeColumn('created_time')
  createdTime!: number;
}
