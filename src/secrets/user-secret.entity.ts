import { Entity, Index } from 'typeorm';
import { IdColumn, LongTextColumn, ReferenceColumn, TextColumn, TimeColumn } from '../database/columns.js';

/** A value that only the Platform API can read, encrypted. */
@Entity('user_secrets')
// One value to a name.
@Index('user_secrets_name', ['userId', 'name'], { unique: true })
// Goes with its application.
@Index('user_secrets_application', ['applicationId', 'id'])
// Tells which keys are in use.
@Index('user_secrets_key', ['keyId'])
export class UserSecret {
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  @ReferenceColumn('user_id')
  userId!: number;

  @TextColumn('name', 255)
  name!: string;

  /** Which key `sealed` opens with. */
  @TextColumn('key_id', 16)
  keyId!: string;

  /** Nonce, authentication tag and ciphertext of the JSON, in base64. */
  @LongTextColumn('sealed')
  sealed!: string;

  @TimeColumn('updated_time')
  updatedTime!: number;
}
