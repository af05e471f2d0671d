import { ChannelResource } from '../channels/channel.resource.js';
import {
  FileChatUserMessageResource,
  FileSystemMessageResource,
  MessageResource,
  TextChatUserMessageResource,
  TextSystemMessageResource,
} from '../messages/message.resource.js';
import { EnumField, IdField, ObjectField } from '../resource/fields.js';
import { OneOf } from '../resource/registry.js';
import { ChatUserResource } from '../users/user.resource.js';

/** A message of the system. */
@OneOf('type', () => ({ SYSTEM_TEXT: TextSystemMessageResource, SYSTEM_FILE: FileSystemMessageResource }))
export class SystemMessageResource extends MessageResource {}

/** A message of a user. */
@OneOf('type', () => ({ TEXT: TextChatUserMessageResource, FILE: FileChatUserMessageResource }))
export class ChatUserMessageResource extends MessageResource {}

/** A message that is a text. */
@OneOf('type', () => ({ TEXT: TextChatUserMessageResource, SYSTEM_TEXT: TextSystemMessageResource }))
export class TextMessageResource extends MessageResource {}

export const NOTIFICATION_TYPES = [
  'SYSTEM:SENT:MESSAGE',
  'USER:SENT:MESSAGE',
  'USER:REPLIED_TO:MESSAGE',
  'USER:MENTIONED:USER',
  'USER:MENTIONED:CHANNEL',
] as const;
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

class BaseNotificationData {
  @EnumField({
    description: 'The type of notification that was received. This specifies the schema of the notification data',
    values: NOTIFICATION_TYPES,
  })
  type!: NotificationType;

  @IdField({
    description:
      'The ID of the channel the message was sent in. Deprecated: use the channel property of this notification',
  })
  channelId!: number;
}

export class ApplicationSentSystemMessageNotificationData extends BaseNotificationData {
  @ObjectField({ description: 'The message that was sent', type: () => SystemMessageResource })
  message!: MessageResource;
}

export class ChatUserSentChatUserMessageNotificationData extends BaseNotificationData {
  @ObjectField({ description: 'The message that was sent', type: () => ChatUserMessageResource })
  message!: MessageResource;
}

export class ChatUserRepliedToChatUserMessageNotificationData extends BaseNotificationData {
  @ObjectField({ description: 'The message that was sent', type: () => MessageResource })
  message!: MessageResource;

  @ObjectField({ description: 'The message that was replied to', type: () => MessageResource })
  parent!: MessageResource;
}

export class ChatUserMentionedChatUserNotificationData extends BaseNotificationData {
  @ObjectField({ description: 'The message that mentions', type: () => TextMessageResource })
  message!: MessageResource;

  @ObjectField({ description: 'The user who was mentioned', type: () => ChatUserResource })
  mentionedUser!: ChatUserResource;
}

export class ChatUserMentionedChannelNotificationData extends BaseNotificationData {
  @ObjectField({ description: 'The message that mentions', type: () => TextMessageResource })
  message!: MessageResource;

  @ObjectField({ description: 'The channel that was mentioned', type: () => ChannelResource })
  mentionedChannel!: ChannelResource;
}

/** What a notification is about. */
@OneOf('type', () => ({
  'SYSTEM:SENT:MESSAGE': ApplicationSentSystemMessageNotificationData,
  'USER:SENT:MESSAGE': ChatUserSentChatUserMessageNotificationData,
  'USER:REPLIED_TO:MESSAGE': ChatUserRepliedToChatUserMessageNotificationData,
  'USER:MENTIONED:USER': ChatUserMentionedChatUserNotificationData,
  'USER:MENTIONED:CHANNEL': ChatUserMentionedChannelNotificationData,
}))
export class NotificationData extends BaseNotificationData {
  message!: MessageResource;
  parent?: MessageResource;
  mentionedUser?: ChatUserResource;
  mentionedChannel?: ChannelResource;
}
