import { Entity, Index } from 'typeorm';
import { IdColumn, ReferenceColumn, TimeColumn } from '../database/columns.js';

/** That a user may join a group channel. Gone once they have. */
@Entity('channel_invites')
// Nobody is invited twice to the same channel.
@Index('channel_invites_user', ['userId', 'channelId'], { unique: true })
// Lists in order of id, which is also the order of creation.
@Index('channel_invites_channel', ['channelId', 'id'])
export class ChannelInvite {
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @ReferenceColumn('channel_id')
  channelId!: number;

  @ReferenceColumn('user_id')
  userId!: number;

  /** Who invited them; null when the system did. */
  @ReferenceColumn('inviter_id', { nullable: true })
  inviterId!: number | null;

  @TimeColumn('created_time')
  createdTime!: number;
}
