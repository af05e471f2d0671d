import { IntegerField, ListField, ObjectField, TextField, TextListField } from '../resource/fields.js';
import { ChatUserProperties } from '../users/user.resource.js';

/** An emoji. */
export class EmojiProperties {
  @TextField({ description: 'The characters of this emoji', max: 64 })
  character!: string;

  @TextField({ description: 'What this emoji shows', max: 255 })
  description!: string;

  @TextListField({ description: 'Names of this emoji', maxLength: 64 })
  aliases!: string[];

  @TextListField({ description: 'Words that this emoji can be found by', maxLength: 64 })
  tags!: string[];
}

/** The reactions to a message with one emoji. */
export class MessageReactionsSummaryProperties {
  @ObjectField({ description: 'The emoji', type: () => EmojiProperties })
  emoji!: EmojiProperties;

  @ListField({
    description: 'The users that reacted with this emoji: of very many, those who did so first',
    type: () => ChatUserProperties,
  })
  users!: ChatUserProperties[];

  @IntegerField({ description: 'The number of users that reacted with this emoji', format: 'int64' })
  count!: number;
}
