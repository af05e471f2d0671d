import { EmojiProperties } from '../../reactions/reaction.resource.js';
import { ObjectField, TimeField } from '../../resource/fields.js';
import { ChatUserProperties } from '../../users/user.resource.js';

/** What a user thinks of a message. */
export class MessageReactionResource {
  @ObjectField({ description: 'The emoji', type: () => EmojiProperties })
  emoji!: EmojiProperties;

  @ObjectField({ description: 'The user who reacted', type: () => ChatUserProperties })
  user!: ChatUserProperties;

  @TimeField({ description: 'The time of this reaction' })
  createdTime!: number;

  messageId!: number;
}
