import { Entity, Index } from 'typeorm';
import { KeyColumn, ReferenceColumn, TimeColumn } from '../database/columns.js';

/** That a member does not want to see a direct channel in their lists until something is said there again. */
@Entity('hidden_channels')
// What a user has hidden.
@Index('hidden_channels_user', ['userId', 'channelId'])
export class HiddenChannel {
  @KeyColumn('channel_id')
  channelId!: number;

  @KeyColumn('user_id')
  userId!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  /** The last message at that moment; 0 when there was none. With a later one the channel is to be seen again. */
  @ReferenceColumn('message_id')
  messageId!: number;

  @TimeColumn('created_time')
  createdTime!: number;
}
