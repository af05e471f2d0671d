import { APPLICATION } from '../hal/links.js';
import { TimeField } from '../resource/fields.js';
import { Links } from '../resource/registry.js';

/** That a user is in a channel, and since when. Whom it is about stands in the links. */
@Links({
  user: '/users/{userId}',
  channel: '/channels/{channelId}',
  member: '/users/{userId}',
  application: APPLICATION,
  readPosition: '/channels/{channelId}/members/{userId}/read-position',
})
export class ChannelMembershipResource {
  @TimeField({ description: 'The time the user became a member' })
  createdTime!: number;

  channelId!: number;
  userId!: number;
}
