import { PropertiesField, TextField } from '../../resource/fields.js';
import type { JsonText } from '../../resource/json.js';

/** Who has read what of a part of a channel. */
export class ChannelContextResource {
  @TextField({ description: 'The newest message of the part', min: 0, max: 20 })
  startCursor!: string;

  @TextField({ description: 'The oldest message of the part', min: 0, max: 20 })
  endCursor!: string;

  @PropertiesField({ description: 'The ids of the users who have read a message, by the id of the message' })
  readBy!: JsonText;
}
