import { APPLICATION } from '../hal/links.js';
import { MessageProperties } from '../messages/message.resource.js';
import {
  EnumField,
  IdField,
  ListField,
  NameField,
  ObjectField,
  PropertiesField,
  TextField,
  TimeField,
} from '../resource/fields.js';
import type { JsonText, Properties } from '../resource/json.js';
import { About, Links, OneOf } from '../resource/registry.js';
import { UnchangedField } from '../resource/unchanged.js';
import type { ChatUserReference } from '../users/user-reference.js';
import { UserReferenceField, UserReferenceListField } from '../users/user-reference.js';
import { ChatUserProperties } from '../users/user.resource.js';

export const CHANNEL_TYPES = ['DIRECT', 'PUBLIC', 'PRIVATE'] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];
/** People in a direct channel, the creator included. */
export const DIRECT_MEMBERS_MIN = 2;
export const DIRECT_MEMBERS_MAX = 10;
export const CHANNEL_DISPLAY_NAME_MAX = 255;

/** What every channel has. */
class BaseChannel {
  @IdField({ description: '64-bit integer identifier associated with this resource' })
  id!: number;

  @EnumField({ description: 'The type of this channel', values: CHANNEL_TYPES, enumName: 'ChannelType' })
  type!: ChannelType;

  @TimeField({ description: 'The time this channel was created' })
  createdTime!: number;

  @ObjectField({ description: 'The user who created this channel', type: () => ChatUserProperties, optional: true })
  creator?: ChatUserProperties;

  @ObjectField({ description: 'The last message sent in this channel', type: () => MessageProperties, optional: true })
  lastReceivedMessage?: MessageProperties;

  @PropertiesField({ description: 'Custom data associated with this channel' })
  properties!: JsonText;
}

class BaseGroupChannel extends BaseChannel {
  @TextField({ description: 'The unique name of this channel used to reference the channel', max: 255 })
  name!: string;

  @TextField({ description: 'Human readable name of this channel shown to users', max: CHANNEL_DISPLAY_NAME_MAX })
  displayName!: string;
}

export class PublicChannelProperties extends BaseGroupChannel {}

export class PrivateChannelProperties extends BaseGroupChannel {}

export class DirectChannelProperties extends BaseChannel {
  @ListField({ description: 'The members of this channel', type: () => ChatUserProperties })
  members!: ChatUserProperties[];
}

/** A channel, as it stands inside other resources. */
@OneOf('type', () => ({
  PUBLIC: PublicChannelProperties,
  PRIVATE: PrivateChannelProperties,
  DIRECT: DirectChannelProperties,
}))
export class ChannelProperties extends BaseChannel {
  name?: string;
  displayName?: string;
  members?: ChatUserProperties[];
}

const GROUP_LINKS = {
  self: '/channels/{id}',
  participants: '/channels/{id}/participants',
  messages: '/channels/{id}/messages',
  events: '/channels/{id}/events',
  memberships: '/channels/{id}/memberships',
  members: '/channels/{id}/members',
  moderators: '/channels/{id}/moderators',
  invites: '/channels/{id}/invites',
  keystrokes: '/channels/{id}/keystrokes',
  reportedMessages: '/channels/{id}/reported-messages',
  thread: '/threads/{mainThreadId}',
  application: APPLICATION,
};
const DIRECT_LINKS = {
  self: '/channels/{id}',
  participants: '/channels/{id}/participants',
  messages: '/channels/{id}/messages',
  events: '/channels/{id}/events',
  keystrokes: '/channels/{id}/keystrokes',
  reportedMessages: '/channels/{id}/reported-messages',
  thread: '/threads/{mainThreadId}',
  application: APPLICATION,
};

@Links(GROUP_LINKS)
export class PublicChannelResource extends PublicChannelProperties {}

@Links(GROUP_LINKS)
export class PrivateChannelResource extends PrivateChannelProperties {}

@Links(DIRECT_LINKS)
export class DirectChannelResource extends DirectChannelProperties {}

/** A channel. */
@OneOf('type', () => ({
  PUBLIC: PublicChannelResource,
  PRIVATE: PrivateChannelResource,
  DIRECT: DirectChannelResource,
}))
@Links(GROUP_LINKS)
export class ChannelResource extends ChannelProperties {
  /** For the link to the thread of the channel's own messages. */
  mainThreadId!: number;
}

/** What a new channel of any type may have. */
class BaseCreateChannel {
  @UserReferenceField({ description: 'The user who creates this channel', optional: true })
  creator?: ChatUserReference;

  @PropertiesField({ description: 'Custom data associated with this channel', optional: true })
  properties?: Properties;
}

/** The name of a new channel, whichever way it comes. */
export const ChannelNameField = (): PropertyDecorator =>
  NameField({
    description: 'The unique name of this channel used to reference the channel. If absent defaults to a random UUID',
    optional: true,
    example: 'daily-discussion',
  });

export const ChannelDisplayNameField = (): PropertyDecorator =>
  TextField({
    description: 'Human readable name of this channel shown to users. If absent defaults to the channel name',
    max: CHANNEL_DISPLAY_NAME_MAX,
    notBlank: true,
    optional: true,
  });

class BaseCreateGroupChannel extends BaseCreateChannel {
  @UserReferenceListField({ description: 'The first members of this channel', optional: true })
  members?: ChatUserReference[];

  @ChannelNameField()
  name?: string;

  @ChannelDisplayNameField()
  displayName?: string;
}

export class CreatePublicChannelResource extends BaseCreateGroupChannel {
  @EnumField({ description: 'Says that anybody may join', values: ['PUBLIC'] })
  type!: 'PUBLIC';
}

export class CreatePrivateChannelResource extends BaseCreateGroupChannel {
  @EnumField({ description: 'Says that members are added by members', values: ['PRIVATE'] })
  type!: 'PRIVATE';
}

export class CreateDirectChannelResource extends BaseCreateChannel {
  @EnumField({ description: 'Says that the members are fixed for ever', values: ['DIRECT'] })
  type!: 'DIRECT';

  @UserReferenceListField({
    description: `The members: ${DIRECT_MEMBERS_MIN} to ${DIRECT_MEMBERS_MAX} people with the creator`,
  })
  members!: ChatUserReference[];
}

/** A new channel. */
@About('Channel')
@OneOf('type', () => ({
  PUBLIC: CreatePublicChannelResource,
  PRIVATE: CreatePrivateChannelResource,
  DIRECT: CreateDirectChannelResource,
}))
export class CreateChannelResource extends BaseCreateChannel {
  type!: ChannelType;
  members?: ChatUserReference[];
  name?: string;
  displayName?: string;
}

/** What can be changed of a channel. */
@About('Channel')
export class ChannelPropertiesPatch {
  @UnchangedField()
  name?: unknown;

  @UnchangedField()
  type?: unknown;

  @UnchangedField()
  creator?: unknown;

  @UnchangedField()
  members?: unknown;

  @TextField({
    description: 'Human readable name of this channel shown to users',
    max: CHANNEL_DISPLAY_NAME_MAX,
    notBlank: true,
    optional: true,
  })
  displayName?: string;

  @PropertiesField({
    description: 'Custom data, merged into what there is; null removes a key (RFC 7396)',
    optional: true,
  })
  properties?: Properties;
}
