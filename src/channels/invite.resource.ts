import { APPLICATION } from '../hal/links.js';
import { TimeField } from '../resource/fields.js';
import { About, Links } from '../resource/registry.js';
import type { ChatUserReference } from '../users/user-reference.js';
import { UserReferenceField } from '../users/user-reference.js';
import type { InviteRow } from './invites.repository.js';

/** That a user is invited to a channel, and since when. Whom it is about stands in the links. */
@Links({ invitee: '/users/{userId}', channel: '/channels/{channelId}', application: APPLICATION })
export class ChannelInviteResource {
  @TimeField({ description: 'The time this invite was created' })
  createdTime!: number;

  userId!: number;
  channelId!: number;
}

/** Whom to invite. */
@About('ChannelInvite')
export class CreateChannelInviteResource {
  @UserReferenceField({ description: 'The user to invite' })
  user!: ChatUserReference;
}

export function toInviteResource({ created_time, user_id, channel_id }: InviteRow): ChannelInviteResource {
  return { createdTime: created_time, userId: user_id, channelId: channel_id };
}
