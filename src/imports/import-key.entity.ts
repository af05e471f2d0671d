import { Entity } from 'typeorm';
import { KeyColumn, ReferenceColumn, TextKeyColumn } from '../database/columns.js';

/**
 * What an item of an import has become, by the key that the tenant gave it: an item whose key is here is not imported
 * again. A key whose object has been deleted meanwhile may be used for another.
 */
@Entity('import_keys')
export class ImportKey {
  @KeyColumn('application_id')
  applicationId!: number;

  /** USER, CHANNEL, MEMBER or MESSAGE; with the id of the job behind it while a dry run lasts. */
  @TextKeyColumn('kind', 32)
  kind!: string;

  @TextKeyColumn('import_key', 255)
  importKey!: string;

  /** The user, the channel or the message; of a member the user. */
  @ReferenceColumn('subject_id')
  subjectId!: number;

  /** The channel, of a member or a message. */
  @ReferenceColumn('channel_id', { nullable: true })
  channelId!: number | null;
}
