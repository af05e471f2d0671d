import { CursorQuery } from '../pagination/cursor-query.js';
import { NameField, TextField } from '../resource/fields.js';
import { About } from '../resource/registry.js';

/** What lists of messages can be asked for. */
@About('Message')
export class ListMessagesQuery extends CursorQuery {
  @NameField({ description: 'Filters by the username of the sender', optional: true })
  username?: string;

  @TextField({ description: 'Filters by a text that the body contains, whatever its case', max: 255, optional: true })
  query?: string;
}
