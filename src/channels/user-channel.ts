import { ChannelResource } from './channel.resource.js';
import { ChannelRow } from './channel.rows.js';

/** What a user is to a channel. */
export interface ChannelRelation {
  isMember: boolean;
  isCreator: boolean;
  isModerator: boolean;
  isInvited: boolean;
  isBlocked: boolean;
  isMuted: boolean;
  isHidden: boolean;
  /** Up to this message the member has cleared the channel away, for themselves. */
  historyMessageId: number;
  /** Messages that are there for this user. */
  messageCount: number;
  /** Nothing of the channel is hidden from this user. */
  seesAll: boolean;
  unreadCount: number;
  /** The last message that is there for this user. */
  lastMessageId: number | null;
}

/** What a user may do with a channel. */
export interface ChannelPermissions {
  read: boolean;
  join: boolean;
  leave: boolean;
  invite: boolean;
  hide: boolean;
  update: boolean;
  /** Delete the channel; the same people moderate it. */
  delete: boolean;
  /** Moderators, blocks, and other people's messages. */
  moderate: boolean;
}

/** A channel as a user has it. */
export interface UserChannel {
  row: ChannelRow;
  channel: ChannelResource;
  relation: ChannelRelation;
  permissions: ChannelPermissions;
}

/** The one place that decides by what somebody is what they may do. */
export function permissionsOf({ type }: ChannelRow, relation: ChannelRelation): ChannelPermissions {
  const { isMember, isCreator, isModerator, isInvited, isBlocked } = relation;
  const isGroup = type !== 'DIRECT';
  const isOpen = type === 'PUBLIC' || isInvited;
  const mayModerate = isMember && (isCreator || isModerator);
  return {
    read: isMember || (isOpen && !isBlocked),
    join: isGroup && !isMember && isOpen && !isBlocked,
    leave: isGroup && isMember,
    invite: isGroup && isMember,
    hide: !isGroup && isMember,
    update: isGroup ? mayModerate : isMember,
    delete: mayModerate,
    moderate: isGroup && mayModerate,
  };
}
