import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { ClientError, ResourceNotFoundError } from '../errors/api-error.js';
import { missing } from '../users/user-lookup.js';
import { ChatUserReference, referredUser } from '../users/user-reference.js';
import { joinedUser, JoinedUserRow, joinedUserColumns, UserRow } from '../users/user.rows.js';
import { ChannelRow } from './channel.rows.js';
import { ChannelsRepository } from './channels.repository.js';

/** Where a message is to go, and who says it. */
export interface SendingPlace {
  channelId: number;
  mainThreadId: number;
  /** Somebody may have hidden the channel, or do so before the message is there: it is to reappear. */
  mayBeHidden: boolean;
  /** Up to here the channel was cleared when it was looked up. */
  clearedMessageId: number;
  /** Absent when the system speaks. */
  sender?: UserRow;
}

type PlacedChannel = Pick<ChannelRow, 'id' | 'type' | 'main_thread_id' | 'cleared_message_id'>;

interface PlaceRow extends PlacedChannel, JoinedUserRow {
  member_id: number | null;
  is_blocked: number;
}

// Only between two does a block keep somebody from writing to the other.
const IS_BLOCKED =
  "CASE WHEN c.type = 'DIRECT' AND c.member_count <= 2 THEN EXISTS (SELECT 1 FROM user_blocks b JOIN memberships o ON o.channel_id = c.id AND o.user_id = b.user_id WHERE b.blocked_user_id = u.id) ELSE 0 END";

/** Who may do what in a channel. Services ask here first. */
@Injectable()
export class ChannelAccess {
  constructor(
    private readonly channels: ChannelsRepository,
    private readonly database: Database,
  ) {}

  async retrieve(applicationId: number, channelId: number): Promise<ChannelRow> {
    const channel = await this.channels.find(applicationId, channelId);
    if (!channel) throw new ResourceNotFoundError();
    return channel;
  }

  /** The same, held until the open unit ends. */
  async retrieveForUpdate(applicationId: number, channelId: number): Promise<ChannelRow> {
    const channel = await this.channels.findForUpdate(applicationId, channelId);
    if (!channel) throw new ResourceNotFoundError();
    return channel;
  }

  /** Direct channels have the members they were made with, for ever. */
  requireGroup(channel: ChannelRow, field: string): void {
    if (channel.type === 'DIRECT')
      throw ClientError.of('Channel', field, 'unprocessable', 'cannot be changed: this is a direct channel');
  }

  async requireMember(channelId: number, userId: number, resource: string): Promise<void> {
    if (!(await this.isMember(channelId, userId)))
      throw ClientError.of(resource, 'user', 'unprocessable', 'is not a member of this channel');
  }

  /** The system may send anywhere, a user only where they are a member. One look-up. */
  async retrieveForSending(
    applicationId: number,
    channelId: number,
    reference: ChatUserReference | undefined,
    resource = 'Message',
  ): Promise<SendingPlace> {
    if (!reference) {
      const channel = await this.retrieve(applicationId, channelId);
      return toPlace(channel);
    }
    const user = referredUser(reference);
    const [row] = await this.database.query<PlaceRow>(
      `SELECT c.id, c.type, c.main_thread_id, c.cleared_message_id, ms.user_id AS member_id, ${IS_BLOCKED} AS is_blocked, ${joinedUserColumns('u')} FROM channels c LEFT JOIN users u ON u.application_id = c.application_id AND ${'id' in user ? 'u.id' : 'u.name'} = ? AND u.deleted_time IS NULL LEFT JOIN memberships ms ON ms.channel_id = c.id AND ms.user_id = u.id WHERE c.id = ? AND c.application_id = ? AND c.deleted_time IS NULL`,
      ['id' in user ? user.id : user.name, channelId, applicationId],
    );
    if (!row) throw new ResourceNotFoundError();
    const sender = joinedUser(row);
    if (!sender) throw new ResourceNotFoundError([missing({ field: 'user', reference })]);
    if (row.member_id === null)
      throw ClientError.of(resource, 'user', 'unprocessable', 'is not a member of this channel');
    if (row.is_blocked === 1)
      throw ClientError.of(resource, 'user', 'unprocessable', 'is blocked by the other member of this channel');
    return { ...toPlace(row), sender };
  }

  private async isMember(channelId: number, userId: number): Promise<boolean> {
    const found = await this.database.query('SELECT 1 FROM memberships WHERE channel_id = ? AND user_id = ?', [
      channelId,
      userId,
    ]);
    return found.length > 0;
  }
}

const toPlace = ({ id, type, main_thread_id, cleared_message_id }: PlacedChannel): SendingPlace => ({
  channelId: id,
  mainThreadId: main_thread_id,
  mayBeHidden: type === 'DIRECT',
  clearedMessageId: cleared_message_id,
});
