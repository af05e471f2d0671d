import { JoinedUserRow, joinedUserColumns } from '../users/user.rows.js';
import { MessageType } from './message.resource.js';

/** A row of `messages` with its sender, as lists and look-ups select it. */
export interface MessageRow extends JoinedUserRow {
  id: number;
  type: MessageType;
  channel_id: number;
  thread_id: number;
  body: string | null;
  file: string | null;
  links: string | null;
  mentions: string | null;
  group_tag: string | null;
  nested_level: number;
  replies_count: number;
  report_count: number;
  reaction_count: number;
  properties: string;
  created_time: number;
  last_edited_time: number | null;
}

const OWN = [
  'id',
  'type',
  'channel_id',
  'thread_id',
  'body',
  'file',
  'links',
  'mentions',
  'group_tag',
  'nested_level',
  'replies_count',
  'report_count',
  'reaction_count',
  'properties',
  'created_time',
  'last_edited_time',
];

/** Of `messages m LEFT JOIN users u`. */
export const MESSAGE_COLUMNS = `${OWN.map((name) => `m.${name}`).join(', ')}, ${joinedUserColumns('u')}`;
export const SENDER_JOIN = 'LEFT JOIN users u ON u.id = m.user_id';

/** A mention as it is stored: who or what it names, by id. */
export interface StoredMention {
  type: 'USER' | 'CHANNEL';
  id: number;
  tag: string;
  startPosition: number;
  endPosition: number;
}

/** Whether the message `m` is one that this user, an expression, deleted for themselves. */
export const isHiddenFrom = (user: string): string =>
  `EXISTS (SELECT 1 FROM hidden_messages hm WHERE hm.user_id = ${user} AND hm.channel_id = m.channel_id AND hm.message_id = m.id)`;
