/** What matters to those who are there at that moment: the log forgets it soon. Nothing that is kept changes. */
export const TRANSIENT_EVENT_TYPES = ['channel.event_sent', 'keystrokes.sent'] as const;
export type TransientEventType = (typeof TRANSIENT_EVENT_TYPES)[number];

/**
 * What an import has brought, many at once: `subjectId` is the id of its job, and the payload has `isImported: true`.
 * They stand in the place of the events of single users, channels, members and messages, so readers that tell people
 * what happens just now (notifications, sockets, webhooks) pass imports by without doing anything; one that keeps data
 * of its own in step with what there is reads these as well.
 *
 * - `users.imported`, `channels.imported`: `ids` of the new ones.
 * - `channel.members_imported`, in its channel: `userIds`.
 * - `messages.imported`, in its channel: `firstId`, `lastId`, `count`. All messages of the channel whose ids lie between
 *   these two, with them, are of this import, since nobody else writes to a channel meanwhile.
 */
export const BULK_EVENT_TYPES = [
  'users.imported',
  'channels.imported',
  'channel.members_imported',
  'messages.imported',
] as const;
export type BulkEventType = (typeof BULK_EVENT_TYPES)[number];

/** What can happen, named in the past tense. Readers of the log know these; features write them. */
export const DOMAIN_EVENT_TYPES = [
  'application.created',
  'application.settings_updated',
  'application.deleted',
  'user.created',
  'user.updated',
  'user.deleted',
  'user.presence_changed',
  'user_session.started',
  'user_session.ended',
  'chat_session.started',
  'chat_session.ended',
  'user.secret_set',
  'user.secret_removed',
  'user.blocked',
  'user.unblocked',
  'channel.created',
  'channel.updated',
  'channel.deleted',
  'channel.member_added',
  'channel.member_removed',
  'channel.moderator_added',
  'channel.moderator_removed',
  'channel.invite_sent',
  'channel.member_blocked',
  'channel.member_unblocked',
  'channel.hidden',
  'channel.unhidden',
  'channel.history_cleared',
  'thread.created',
  'message.sent',
  'message.updated',
  'message.deleted',
  'message.reported',
  'message.hidden',
  'message.unread',
  'reaction.created',
  'reaction.removed',
  'webhook.created',
  'webhook.updated',
  'webhook.deleted',
  'message.links_previewed',
  'message.read',
  'messages.deleted_all',
  'channel.muted',
  'channel.unmuted',
  'notification.read',
  'notification.all_read',
  'event.failed',
  ...BULK_EVENT_TYPES,
  ...TRANSIENT_EVENT_TYPES,
] as const;
export type DomainEventType = (typeof DOMAIN_EVENT_TYPES)[number];

/** A change, as the feature that makes it describes it. */
export interface NewEvent {
  applicationId: number;
  /** The channel it happened in, whose events are delivered in their order. */
  channelId?: number;
  type: DomainEventType;
  /** The id of what changed. */
  subjectId: number;
  /** What a reader needs besides: the stored fields at that moment. */
  payload: Record<string, unknown>;
  createdTime: number;
}

/** A change that has been committed. */
export interface DomainEvent extends NewEvent {
  /** Increasing; within a channel in the order of the changes. */
  id: number;
  /** What caused it, see event-origin.ts. */
  origin?: string;
}
