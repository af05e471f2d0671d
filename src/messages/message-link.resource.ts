import { IntegerField, TextField } from '../resource/fields.js';

/** A web address in the body of a message. */
export class MessageLinkProperties {
  @TextField({ description: 'The address', max: 65_535 })
  source!: string;

  @IntegerField({ description: 'Where it starts in the body, in UTF-16 units', format: 'int32' })
  startPosition!: number;

  @IntegerField({ description: 'Where it has ended in the body, in UTF-16 units', format: 'int32' })
  endPosition!: number;
}
