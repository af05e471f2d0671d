import { Entity, Index } from 'typeorm';
import { BooleanColumn, CountColumn, JsonColumn, KeyColumn, ReferenceColumn } from '../database/columns.js';

/** A channel that has been copied, and how far its members and messages are. */
@Entity('moved_channels')
// Those with work left.
@Index('moved_channels_open', ['moveId', 'isDone', 'remoteId'])
@Index('moved_channels_application', ['applicationId'])
export class MovedChannel {
  @KeyColumn('move_id')
  moveId!: number;

  /** What the other server calls it. */
  @KeyColumn('remote_id')
  remoteId!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  /** Its members came with the channel itself, and cannot moderate it. */
  @BooleanColumn('is_direct')
  isDirect!: boolean;

  @BooleanColumn('is_done')
  isDone!: boolean;

  /** Where to go on; absent at the beginning. */
  @JsonColumn('checkpoint', { nullable: true })
  checkpoint!: string | null;

  @CountColumn('members_copied')
  membersCopied!: number;

  @CountColumn('members_skipped')
  membersSkipped!: number;

  @CountColumn('messages_copied')
  messagesCopied!: number;

  @CountColumn('messages_skipped')
  messagesSkipped!: number;

  @CountColumn('files_copied')
  filesCopied!: number;
}
