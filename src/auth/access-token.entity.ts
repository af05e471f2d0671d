import { Entity, Index } from 'typeorm';
import { ReferenceColumn, TextColumn, TextKeyColumn, TimeColumn } from '../database/columns.js';

/** A token that was given out; the token itself is not stored. */
@Entity('access_tokens')
export class AccessToken {
  /** SHA-256 of the token, in base64. */
  @TextKeyColumn('token_hash', 44)
  tokenHash!: string;

  // Takes back all tokens of an application.
  @Index('access_tokens_application')
  @ReferenceColumn('application_id')
  applicationId!: number;

  // Takes back all tokens of rotated credentials.
  @Index('access_tokens_client')
  @TextColumn('client_id', 128)
  clientId!: string;

  /** Separated by spaces. */
  @TextColumn('scope', 2000)
  scope!: string;

  @TimeColumn('issued_time')
  issuedTime!: number;

  // Finds the tokens that can be forgotten.
  @Index('access_tokens_expiry')
  @TimeColumn('expires_time')
  expiresTime!: number;
}
