import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks } from '../database/sql.js';
import { ClientError, ResourceNotFoundError } from '../errors/api-error.js';
import { ChannelRow } from './channel.rows.js';
import { ChannelsRepository } from './channels.repository.js';
import { HiddenChannelsRepository } from './hidden-channels.repository.js';
import { UNREAD_COUNT } from './read-counters.js';
import { ChannelPermissions, ChannelRelation, permissionsOf } from './user-channel.js';

interface RelationRow {
  channel_id: number;
  creator_id: number | null;
  member_id: number | null;
  moderator_id: number | null;
  invited_id: number | null;
  blocked_id: number | null;
  is_muted: number | null;
  is_hidden: number;
  history_message_id: number | null;
  message_count: number;
  hidden_count: number;
  unread_count: number | string | null;
  last_message_id: number | null;
}

/** A channel that a user may do something with. */
export interface AccessedChannel {
  channel: ChannelRow;
  relation: ChannelRelation;
  permissions: ChannelPermissions;
}

/** Why somebody may not do what they want to. */
const REFUSALS: Record<keyof ChannelPermissions, string> = {
  read: 'may not see this channel',
  join: 'may not join this channel',
  leave: 'is not a member of a group channel here',
  invite: 'is not a member of a group channel here',
  hide: 'is not a member of a direct channel here',
  update: 'must be the creator or a moderator of this channel',
  delete: 'must be the creator or a moderator of this channel',
  moderate: 'must be the creator or a moderator of this channel',
};

const HIDDEN = 'hidden_messages hm WHERE hm.user_id = ms.user_id AND hm.channel_id = c.id';
const LAST_IS_HIDDEN = `EXISTS (SELECT 1 FROM ${HIDDEN} AND hm.message_id = c.last_message_id)`;
const LAST_VISIBLE = `SELECT m.id FROM messages m WHERE m.channel_id = c.id AND m.id > ms.history_message_id AND m.id > c.cleared_message_id AND NOT EXISTS (SELECT 1 FROM ${HIDDEN} AND hm.message_id = m.id) ORDER BY m.id DESC LIMIT 1`;
/** Of messages that are there, those that the member does not see: cleared away, and single ones behind those. */
const HIDDEN_COUNT = `(CASE WHEN ms.history_message_id > c.cleared_message_id THEN ms.history_count ELSE 0 END + (SELECT COUNT(*) FROM ${HIDDEN} AND hm.message_id > ms.history_message_id AND hm.message_id > c.cleared_message_id))`;
const LAST_MESSAGE = `CASE WHEN ms.user_id IS NULL THEN c.last_message_id WHEN c.last_message_id <= ms.history_message_id THEN NULL WHEN ${LAST_IS_HIDDEN} THEN (${LAST_VISIBLE}) ELSE c.last_message_id END`;

/** What end users may do in channels. Services that act for a user ask here first. */
@Injectable()
export class UserChannelAccess {
  constructor(
    private readonly database: Database,
    private readonly channels: ChannelsRepository,
  ) {}

  /** The channel, if the user may do this with it. To a user who may not even see it there is no such channel. */
  async retrieve(
    applicationId: number,
    userId: number,
    channelId: number,
    action: keyof ChannelPermissions = 'read',
  ): Promise<AccessedChannel> {
    return this.checked(applicationId, userId, await this.channels.find(applicationId, channelId), action);
  }

  /** The same, with the channel held until the open unit ends. */
  async retrieveForUpdate(
    applicationId: number,
    userId: number,
    channelId: number,
    action: keyof ChannelPermissions,
  ): Promise<AccessedChannel> {
    return this.checked(applicationId, userId, await this.channels.findForUpdate(applicationId, channelId), action);
  }

  /** A channel that the user is a member of. */
  async retrieveOfMember(applicationId: number, userId: number, channelId: number): Promise<AccessedChannel> {
    const accessed = await this.retrieve(applicationId, userId, channelId);
    if (!accessed.relation.isMember)
      throw ClientError.of('Channel', 'user', 'unprocessable', 'is not a member of this channel');
    return accessed;
  }

  /** What the user is to each of these channels, with one look-up. */
  async relations(
    applicationId: number,
    userId: number,
    channelIds: readonly number[],
  ): Promise<Map<number, ChannelRelation>> {
    if (channelIds.length === 0) return new Map();
    const rows = await this.database.query<RelationRow>(
      `SELECT c.id AS channel_id, c.creator_id, ms.user_id AS member_id, ms.is_muted, ms.history_message_id, ${UNREAD_COUNT} AS unread_count, md.user_id AS moderator_id, i.user_id AS invited_id, cb.user_id AS blocked_id, CASE WHEN ${HiddenChannelsRepository.IS_HIDDEN} THEN 1 ELSE 0 END AS is_hidden, ${LAST_MESSAGE} AS last_message_id, c.message_count, COALESCE(${HIDDEN_COUNT}, 0) AS hidden_count
        FROM channels c
        LEFT JOIN memberships ms ON ms.channel_id = c.id AND ms.user_id = ?
        LEFT JOIN moderators md ON md.channel_id = c.id AND md.user_id = ?
        LEFT JOIN channel_invites i ON i.channel_id = c.id AND i.user_id = ?
        LEFT JOIN channel_blocks cb ON cb.channel_id = c.id AND cb.user_id = ?
        LEFT JOIN hidden_channels h ON h.channel_id = c.id AND h.user_id = ?
        WHERE c.application_id = ? AND c.id IN (${marks(channelIds)})`,
      [userId, userId, userId, userId, userId, applicationId, ...channelIds],
    );
    return new Map(rows.map((row) => [row.channel_id, toRelation(row, userId)]));
  }

  private async checked(
    applicationId: number,
    userId: number,
    channel: ChannelRow | undefined,
    action: keyof ChannelPermissions,
  ): Promise<AccessedChannel> {
    if (!channel) throw new ResourceNotFoundError();
    const relation = (await this.relations(applicationId, userId, [channel.id])).get(channel.id)!;
    const permissions = permissionsOf(channel, relation);
    if (permissions[action]) return { channel, relation, permissions };
    if (!permissions.read && !relation.isBlocked) throw new ResourceNotFoundError();
    throw ClientError.of(
      'Channel',
      'user',
      'unprocessable',
      relation.isBlocked ? 'is blocked from this channel' : REFUSALS[action],
    );
  }
}

function toRelation(row: RelationRow, userId: number): ChannelRelation {
  const isMember = row.member_id !== null;
  return {
    isMember,
    isCreator: row.creator_id === userId,
    isModerator: row.moderator_id !== null,
    isInvited: row.invited_id !== null,
    isBlocked: row.blocked_id !== null,
    isMuted: row.is_muted === 1,
    isHidden: row.is_hidden === 1,
    historyMessageId: row.history_message_id ?? 0,
    messageCount: row.message_count - Number(row.hidden_count),
    seesAll: Number(row.hidden_count) === 0,
    unreadCount: isMember ? Number(row.unread_count) : 0,
    lastMessageId: row.last_message_id,
  };
}
