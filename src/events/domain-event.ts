/** What can happen, named in the past tense. Readers of the log know these; features write them. */
export type DomainEventType =
  | 'application.created'
  | 'application.settings_updated'
  | 'application.deleted'
  | 'user.created'
  | 'user.updated'
  | 'user.deleted'
  | 'user.presence_changed'
  | 'user_session.started'
  | 'user_session.ended'
  | 'chat_session.started'
  | 'chat_session.ended'
  | 'channel.created'
  | 'channel.updated'
  | 'channel.deleted'
  | 'channel.member_added'
  | 'channel.member_removed'
  | 'channel.muted'
  | 'channel.unmuted'
  | 'message.sent'
  | 'message.updated'
  | 'message.deleted'
  | 'notification.read'
  | 'notification.all_read'
  /** A reader of the log gave up on an event: what it had to do for it was not done. */
  | 'event.failed';

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
