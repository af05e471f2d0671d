import { ChannelProperties } from '../channels/channel.resource.js';
import { APPLICATION } from '../hal/links.js';
import { IntegerField, ObjectField, TimeField } from '../resource/fields.js';
import { Links } from '../resource/registry.js';
import { ChatUserProperties } from '../users/user.resource.js';

/** That a user read a message, and when. */
@Links({ user: '/users/{userId}', message: '/messages/{messageId}', application: APPLICATION })
export class MessageReadReceiptResource {
  @ObjectField({ description: 'The user who read this message', type: () => ChatUserProperties })
  user!: ChatUserProperties;

  @TimeField({ description: 'Time the user read this message' })
  createdTime!: number;

  userId!: number;
  messageId!: number;
}

/** How much of a channel a member has not read. */
@Links({ channel: '/channels/{channelId}', user: '/users/{userId}', application: APPLICATION })
export class MessageReadReceiptSummaryResource {
  @ObjectField({ description: 'The channel', type: () => ChannelProperties })
  channel!: ChannelProperties;

  @ObjectField({ description: 'The member of the channel', type: () => ChatUserProperties })
  user!: ChatUserProperties;

  @IntegerField({ description: 'The number of unread messages', format: 'int64' })
  count!: number;

  channelId!: number;
  userId!: number;
}

/** How many there are of something. */
export class CountResource {
  @IntegerField({ description: 'How many there are', format: 'int64' })
  count!: number;
}
