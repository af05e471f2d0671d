import { APPLICATION } from '../hal/links.js';
import { IdField, IntegerField } from '../resource/fields.js';
import { About, Links } from '../resource/registry.js';

/** Up to where a member has read a channel. */
@Links({
  self: '/channels/{channelId}/members/{userId}/read-position',
  channel: '/channels/{channelId}',
  user: '/users/{userId}',
  message: '/messages/{messageId}',
  application: APPLICATION,
})
export class ReadPositionResource {
  @IdField({
    description: 'The last message that is read. It may be deleted by now. Absent when there was none',
    optional: true,
  })
  messageId?: number;

  @IntegerField({ description: 'Messages of others behind that', format: 'int64' })
  unreadCount!: number;

  channelId!: number;
  userId!: number;
}

/** Where to move a position. */
@About('ReadPosition')
export class ReadPositionProperties {
  @IdField({ description: 'A message of this channel. If absent, the newest', optional: true })
  messageId?: number;
}
