import {
  EnumField,
  IdField,
  IntegerField,
  ObjectField,
  PropertiesField,
  TextField,
  TimeField,
} from '../resource/fields.js';
import type { JsonText } from '../resource/json.js';
import { OneOf } from '../resource/registry.js';
import { ChatUserProperties } from '../users/user.resource.js';

/** A channel that is mentioned. */
export class MessageMentionChannelProperties {
  @IdField({ description: '64-bit integer identifier associated with this resource' })
  id!: number;

  @EnumField({
    description: 'The type of this channel',
    values: ['DIRECT', 'PUBLIC', 'PRIVATE'],
    enumName: 'ChannelType',
  })
  type!: string;

  @TimeField({ description: 'The time this channel was created' })
  createdTime!: number;

  @ObjectField({ description: 'The user who created this channel', type: () => ChatUserProperties, optional: true })
  creator?: ChatUserProperties;

  @TextField({ description: 'The unique name of this channel', max: 255, optional: true })
  name?: string;

  @TextField({ description: 'Human readable name of this channel shown to users', max: 255, optional: true })
  displayName?: string;

  @PropertiesField({ description: 'Custom data associated with this channel' })
  properties!: JsonText;
}

class BaseMention {
  @EnumField({ description: 'What is mentioned', values: ['CHANNEL', 'USER'] })
  type!: 'CHANNEL' | 'USER';

  @TextField({ description: 'The mention as it stands in the body', max: 300 })
  tag!: string;

  @IntegerField({ description: 'Where it starts in the body, in UTF-16 units', format: 'int32' })
  startPosition!: number;

  @IntegerField({ description: 'Where it has ended in the body, in UTF-16 units', format: 'int32' })
  endPosition!: number;
}

export class ChannelMessageMentionProperties extends BaseMention {
  @ObjectField({ description: 'The mentioned channel', type: () => MessageMentionChannelProperties })
  channel!: MessageMentionChannelProperties;
}

export class ChatUserMessageMentionProperties extends BaseMention {
  @ObjectField({ description: 'The mentioned user', type: () => ChatUserProperties })
  user!: ChatUserProperties;
}

/** A user or a channel that the body of a message names. */
@OneOf('type', () => ({ CHANNEL: ChannelMessageMentionProperties, USER: ChatUserMessageMentionProperties }))
export class MessageMentionProperties extends BaseMention {
  channel?: MessageMentionChannelProperties;
  user?: ChatUserProperties;
}
