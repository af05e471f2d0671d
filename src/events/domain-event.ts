/** What can happen, named in the past tense. Readers of the log know these; features write them. */
export type DomainEventType =
  | 'application.created'
  | 'application.settings_updated'
  | 'application.deleted'
  | 'user.created'
  | 'user.updated'
  | 'user.deleted'
  | 'channel.created'
  | 'channel.updated'
  | 'channel.deleted'
  | 'channel.member_added'
  | 'channel.member_removed'
  | 'message.sent'
  | 'message.updated'
  | 'message.deleted'
  | BulkEventType;

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
export type BulkEventType = 'users.imported' | 'channels.imported' | 'channel.members_imported' | 'messages.imported';

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
}
