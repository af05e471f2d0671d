import { APPLICATION } from '../hal/links.js';
import { MessageReactionsSummaryProperties } from '../reactions/reaction.resource.js';
import {
  EnumField,
  FileField,
  IdField,
  IntegerField,
  ListField,
  NameField,
  ObjectField,
  PropertiesField,
  TextField,
  TimeField,
} from '../resource/fields.js';
import type { JsonText, Properties } from '../resource/json.js';
import { About, Links, OneOf } from '../resource/registry.js';
import { UploadedFile } from '../uploads/uploaded-file.js';
import type { ChatUserReference } from '../users/user-reference.js';
import { UserReferenceField } from '../users/user-reference.js';
import { ChatUserProperties } from '../users/user.resource.js';
import { CreateExternalFileProperties, FileProperties } from '../files/file.resource.js';
import { MessageLinkProperties } from './message-link.resource.js';
import { MessageMentionProperties } from './message-mention.resource.js';

/** What a text message may say, in UTF-16 units. */
export const MESSAGE_BODY_MAX = 65_535;
export const GROUP_TAG_MAX = 255;

export const MESSAGE_TYPES = ['TEXT', 'FILE', 'SYSTEM_TEXT', 'SYSTEM_FILE'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** What every message has. */
class BaseMessage {
  @IdField({ description: '64-bit integer identifier associated with this resource' })
  id!: number;

  @EnumField({ description: 'The type of this message', values: MESSAGE_TYPES, enumName: 'MessageType' })
  type!: MessageType;

  @IdField({ description: 'ID of the channel this message belongs to' })
  channelId!: number;

  @TimeField({ description: 'The time this message was created' })
  createdTime!: number;

  @TimeField({ description: 'The time this message was last edited', optional: true })
  lastEditedTime?: number;

  @TextField({
    description: 'Tag identifying the message group this message belongs to',
    max: GROUP_TAG_MAX,
    optional: true,
  })
  groupTag?: string;

  @IntegerField({ description: 'The nested thread level of this message', format: 'int32' })
  nestedLevel!: number;

  @PropertiesField({ description: 'Custom data associated with this message' })
  properties!: JsonText;

  @ListField({
    description: 'Reactions to this message',
    type: () => MessageReactionsSummaryProperties,
    optional: true,
  })
  reactions?: MessageReactionsSummaryProperties[];

  @IntegerField({ description: 'The number of replies to this message', format: 'int64', optional: true })
  repliesCount?: number;

  @IntegerField({ description: 'The number of users who reported this message', format: 'int64', optional: true })
  reportCount?: number;
}

class BaseTextMessage extends BaseMessage {
  @TextField({ description: 'The text body of this message', max: MESSAGE_BODY_MAX })
  body!: string;

  @ListField({ description: 'Links found in this message', type: () => MessageLinkProperties, optional: true })
  links?: MessageLinkProperties[];

  @ListField({ description: 'Mentions found in this message', type: () => MessageMentionProperties, optional: true })
  mentions?: MessageMentionProperties[];
}

export class TextChatUserMessageProperties extends BaseTextMessage {
  @ObjectField({ description: 'The user who sent this message', type: () => ChatUserProperties })
  user!: ChatUserProperties;
}

export class FileChatUserMessageProperties extends BaseMessage {
  @ObjectField({ description: 'The file attached to this message', type: () => FileProperties })
  file!: FileProperties;

  @ObjectField({ description: 'The user who sent this message', type: () => ChatUserProperties })
  user!: ChatUserProperties;
}

export class TextSystemMessageProperties extends BaseTextMessage {}

export class FileSystemMessageProperties extends BaseMessage {
  @ObjectField({ description: 'The file attached to this message', type: () => FileProperties })
  file!: FileProperties;
}

/** A message, as it stands inside other resources. */
@OneOf('type', () => ({
  TEXT: TextChatUserMessageProperties,
  FILE: FileChatUserMessageProperties,
  SYSTEM_TEXT: TextSystemMessageProperties,
  SYSTEM_FILE: FileSystemMessageProperties,
}))
export class MessageProperties extends BaseMessage {
  body?: string;
  links?: MessageLinkProperties[];
  mentions?: MessageMentionProperties[];
  file?: FileProperties;
  user?: ChatUserProperties;
}

const USER_MESSAGE_LINKS = {
  self: '/messages/{id}',
  user: '/users/{userId}',
  channel: '/channels/{channelId}',
  thread: '/threads/{id}',
  readReceipts: '/messages/{id}/read-receipts',
  application: APPLICATION,
};
const SYSTEM_MESSAGE_LINKS = {
  self: '/messages/{id}',
  channel: '/channels/{channelId}',
  thread: '/threads/{id}',
  readReceipts: '/messages/{id}/read-receipts',
  application: APPLICATION,
};

@Links(USER_MESSAGE_LINKS)
export class TextChatUserMessageResource extends TextChatUserMessageProperties {}
@Links(USER_MESSAGE_LINKS)
export class FileChatUserMessageResource extends FileChatUserMessageProperties {}
@Links(SYSTEM_MESSAGE_LINKS)
export class TextSystemMessageResource extends TextSystemMessageProperties {}
@Links(SYSTEM_MESSAGE_LINKS)
export class FileSystemMessageResource extends FileSystemMessageProperties {}

/** A message. */
@OneOf('type', () => ({
  TEXT: TextChatUserMessageResource,
  FILE: FileChatUserMessageResource,
  SYSTEM_TEXT: TextSystemMessageResource,
  SYSTEM_FILE: FileSystemMessageResource,
}))
@Links(USER_MESSAGE_LINKS)
export class MessageResource extends MessageProperties {
  /** For the link to the sender. */
  userId?: number;

  /** Where it was sent: the main thread of its channel, one with a name, or the thread of the message it replies to. */
  threadId!: number;
}

/** What a new message of any kind may have. */
class BaseCreateMessage {
  @UserReferenceField({
    description: 'On whose behalf the message is sent. Without a user it is a system message',
    optional: true,
  })
  user?: ChatUserReference;

  @TextField({
    description: 'Tag identifying the message group this message belongs to',
    max: GROUP_TAG_MAX,
    optional: true,
  })
  groupTag?: string;

  @PropertiesField({ description: 'Custom data associated with this message', optional: true })
  properties?: Properties;
}

export class CreateTextMessageResource extends BaseCreateMessage {
  @EnumField({ description: 'Says that this is a text message', values: ['TEXT'] })
  type!: 'TEXT';

  @TextField({ description: 'The text body of this message', max: MESSAGE_BODY_MAX, example: 'Hello, <@ada>!' })
  body!: string;
}

export class CreateFileMessageResource extends BaseCreateMessage {
  @EnumField({ description: 'Says that this is a file message', values: ['FILE'] })
  type!: 'FILE';

  @ObjectField({ description: 'Where the file is', type: () => CreateExternalFileProperties })
  file!: CreateExternalFileProperties;
}

/** A new message. */
@About('Message')
@OneOf('type', () => ({ TEXT: CreateTextMessageResource, FILE: CreateFileMessageResource }))
export class CreateMessageResource extends BaseCreateMessage {
  type!: 'TEXT' | 'FILE';
  body?: string;
  file?: CreateExternalFileProperties | UploadedFile;
}

/** A new message with a file that comes with it. */
@About('Message')
export class CreateFileMessageForm {
  @FileField({ description: 'The file. What it is is told by its content' })
  file!: UploadedFile;

  @TextField({
    description: 'Tag identifying the message group this message belongs to',
    max: GROUP_TAG_MAX,
    optional: true,
  })
  groupTag?: string;

  @NameField({
    description: 'The name of the user on whose behalf the message is sent. Without, it is a system message',
    optional: true,
  })
  username?: string;

  @PropertiesField({ description: 'Custom data associated with this message, as JSON', optional: true })
  properties?: Properties;
}

/** What can be changed of a message. */
@About('Message')
export class MessagePropertiesPatch {
  @TextField({ description: 'The text body of this message', max: MESSAGE_BODY_MAX, optional: true })
  body?: string;

  @PropertiesField({
    description: 'Custom data, merged into what there is; null removes a key (RFC 7396)',
    optional: true,
  })
  properties?: Properties;
}
