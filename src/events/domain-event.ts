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
  | 'message.read'
  | 'messages.deleted_all';

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
