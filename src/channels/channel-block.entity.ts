import { Entity, Index } from 'typeorm';
import { IdColumn, ReferenceColumn, TimeColumn } from '../database/columns.js';

/** That a user was put out of a group channel, and may not come back. */
@Entity('channel_blocks')
// Nobody is blocked twice from the same channel.
@Index('channel_blocks_user', ['userId', 'channelId'], { unique: true })
// Lists in order of id, which is also the order of creation.
@Index('channel_blocks_channel', ['channelId', 'id'])
export class ChannelBlock {
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @ReferenceColumn('channel_id')
  channelId!: number;

  @ReferenceColumn('user_id')
  userId!: number;

  @TimeColumn('created_time')
  createdTime!: number;
}
