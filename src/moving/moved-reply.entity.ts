import { Entity, Index } from 'typeorm';
import { KeyColumn, ReferenceColumn } from '../database/columns.js';

/** What a reply answers. The API tells it of messages, not of their replies; needed until the reply is copied. */
@Entity('moved_replies')
// Replies that the list of their channel did not have.
@Index('moved_replies_channel', ['moveId', 'channelId', 'remoteId'])
@Index('moved_replies_application', ['applicationId'])
export class MovedReply {
  @KeyColumn('move_id')
  moveId!: number;

  /** What the other server calls the reply. */
  @KeyColumn('remote_id')
  remoteId!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  /** What the other server calls the channel. */
  @ReferenceColumn('channel_id')
  channelId!: number;

  /** What the other server calls the message that is answered. */
  @ReferenceColumn('parent_id')
  parentId!: number;
}
