import { NotificationKind } from './notification-kind.js';

/** A row of `notifications`, as lists and look-ups select it. */
export interface NotificationRow {
  id: number;
  user_id: number;
  channel_id: number;
  message_id: number;
  kind: NotificationKind;
  mentioned_channel_id: number | null;
  is_muted: number;
  created_time: number;
  read_time: number | null;
  /** The thread that the message is in: of a reply, it has the id of the message that is answered. */
  thread_id: number;
}

/** Of {@link VISIBLE}. */
export const NOTIFICATION_COLUMNS =
  'n.id, n.user_id, n.channel_id, n.message_id, n.kind, n.mentioned_channel_id, n.is_muted, n.created_time, n.read_time, m.thread_id';

/** What joins to `notifications n`: without its message, or in a deleted channel, it is not seen any more. */
export const VISIBLE =
  'JOIN messages m ON m.id = n.message_id JOIN channels c ON c.id = n.channel_id AND c.deleted_time IS NULL AND m.id > c.cleared_message_id';
