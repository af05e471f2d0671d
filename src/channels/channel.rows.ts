import { ChannelType } from './channel.resource.js';

/** A row of `channels`, as lists and look-ups select it. */
export interface ChannelRow {
  id: number;
  type: ChannelType;
  name: string | null;
  display_name: string | null;
  creator_id: number | null;
  main_thread_id: number;
  last_message_id: number | null;
  cleared_message_id: number;
  message_count: number;
  reply_count: number;
  member_count: number;
  moderator_count: number;
  invite_count: number;
  block_count: number;
  reported_message_count: number;
  properties: string;
  created_time: number;
}

const COLUMNS = [
  'id',
  'type',
  'name',
  'display_name',
  'creator_id',
  'main_thread_id',
  'last_message_id',
  'cleared_message_id',
  'message_count',
  'reply_count',
  'member_count',
  'moderator_count',
  'invite_count',
  'block_count',
  'reported_message_count',
  'properties',
  'created_time',
];

/** Of `channels c`. */
export const CHANNEL_COLUMNS = COLUMNS.map((name) => `c.${name}`).join(', ');
