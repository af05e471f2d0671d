import { Entity, Index } from 'typeorm';
import { ReferenceColumn, TextColumn, TextKeyColumn, TimeColumn } from '../database/columns.js';

/** Credentials with which a tenant's back-end gets access tokens. */
@Entity('clients')
export class Client {
  @TextKeyColumn('id', 128)
  id!: string;

  // Lists and rotates the credentials of an application.
  @Index('clients_application')
  @ReferenceColumn('application_id')
  applicationId!: number;

  /** See secret-hash.ts. */
  @TextColumn('secret_hash', 255)
  secretHash!: string;

  @TimeColumn('created_time')
  createdTime!: number;
}
