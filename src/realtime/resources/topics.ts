import { topicAddress } from '../destinations/destination.js';

/** What a user can listen to of what concerns them. `self` is the user. */
export const USER_TOPICS = [
  'self',
  'elements',
  'features',
  'styles',
  'channels',
  'messages',
  'readReceipts',
  'notifications',
  'contacts',
  'participants',
  'users',
  'reactions',
  'threads',
  'calls',
] as const;
export type UserTopic = (typeof USER_TOPICS)[number];

/** What a member can listen to of what happens in a channel. `self` is the channel. */
export const CHANNEL_TOPICS = [
  'self',
  'messages',
  'keystrokes',
  'typing',
  'participants',
  'readReceipts',
  'reactions',
  'events',
  'members',
  'blockRecords',
  'moderators',
] as const;
export type ChannelTopic = (typeof CHANNEL_TOPICS)[number];

/** What can be listened to of what happens in a thread. `self` is the thread. */
export const THREAD_TOPICS = ['self', 'messages', 'keystrokes', 'typing'] as const;
export type ThreadTopic = (typeof THREAD_TOPICS)[number];

const SELF = 'self';

/** `users/{id}` and `messages` → `users/{id}.messages`. */
export const topicName = (of: string, key: string): string => (key === SELF ? of : `${of}.${key}`);

export const userTopic = (userId: number, key: UserTopic): string => topicAddress(topicName(`users/${userId}`, key));
export const channelTopic = (channelId: number, key: ChannelTopic): string =>
  topicAddress(topicName(`channels/${channelId}`, key));
export const threadTopic = (threadId: number, key: ThreadTopic): string =>
  topicAddress(topicName(`threads/${threadId}`, key));
