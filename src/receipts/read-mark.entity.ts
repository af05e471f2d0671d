import { Entity, Index } from 'typeorm';
import { KeyColumn, ReferenceColumn, TimeColumn } from '../database/columns.js';

/**
 * That a member read on in a channel, from one message to another. The receipts of a message are the marks that it lies
 * within, found by their node (see fork-node.ts), however many marks the channel has.
 */
@Entity('read_marks')
// Marks that begin before a message.
@Index('read_marks_from', ['channelId', 'node', 'fromMessageId'])
// Marks about messages that have been cleared away; all marks of an application.
@Index('read_marks_application', ['applicationId', 'toMessageId'])
// What a member has read, to take it back.
@Index('read_marks_user', ['userId', 'channelId', 'toMessageId'])
export class ReadMark {
  @KeyColumn('channel_id')
  channelId!: number;

  @KeyColumn('node')
  node!: number;

  /** The last message that was read. */
  @KeyColumn('to_message_id')
  toMessageId!: number;

  @KeyColumn('user_id')
  userId!: number;

  /** Where the member had been before: the messages behind this one were read. */
  @ReferenceColumn('from_message_id')
  fromMessageId!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @TimeColumn('created_time')
  createdTime!: number;
}
