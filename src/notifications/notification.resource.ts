import { ChannelProperties, ChannelResource } from '../channels/channel.resource.js';
import { APPLICATION } from '../hal/links.js';
import { MESSAGE_BODY_MAX } from '../messages/message.resource.js';
import { BooleanField, IdField, ObjectField, TextField, TimeField } from '../resource/fields.js';
import { Links } from '../resource/registry.js';
import { NotificationData } from './notification-data.resource.js';

/** That a user was not looking when a message was sent in a channel of theirs. */
@Links({ recipient: '/users/{recipientId}', application: APPLICATION })
export class NotificationResource {
  @IdField({ description: '64-bit integer identifier associated with this resource' })
  id!: number;

  @TextField({ description: 'The title of this notification', max: 1_024 })
  title!: string;

  @TextField({ description: 'The text body of this notification', max: MESSAGE_BODY_MAX })
  body!: string;

  @ObjectField({
    description: 'The channel that this notification is about',
    type: () => ChannelProperties,
    optional: true,
  })
  channel?: ChannelResource;

  @ObjectField({ description: 'Additional context data of this notification', type: () => NotificationData })
  data!: NotificationData;

  @BooleanField({ description: 'True if this notification should be muted' })
  muted!: boolean;

  @TimeField({ description: 'Time this notification was created' })
  createdTime!: number;

  @TimeField({ description: 'Time this notification was read', optional: true })
  readTime?: number;

  recipientId!: number;
}
