import { Entity, Index } from 'typeorm';
import { IdColumn, ReferenceColumn, TextColumn, TimeColumn } from '../database/columns.js';

/** A file that this server keeps: what it is, what it belongs to, and where its bytes are. */
@Entity('files')
// The file of an address.
@Index('files_token', ['token'], { unique: true })
// The row of a file in storage.
@Index('files_storage_key', ['storageKey'], { unique: true })
// What a message or a user has.
@Index('files_owner', ['ownerType', 'ownerId'])
// What an application has.
@Index('files_application', ['applicationId', 'id'])
// Files that nobody needs any more, in the order in which they go.
@Index('files_released', ['releasedTime'])
export class StoredFile {
  @IdColumn()
  id!: number;

  @ReferenceColumn('application_id')
  applicationId!: number;

  /** MESSAGE, or USER for a display picture. */
  @TextColumn('owner_type', 16)
  ownerType!: string;

  @ReferenceColumn('owner_id')
  ownerId!: number;

  /** Where it is in storage. */
  @TextColumn('storage_key', 255)
  storageKey!: string;

  /** Whoever knows this may have the file. */
  @TextColumn('token', 64)
  token!: string;

  @TextColumn('name', 255)
  name!: string;

  @TextColumn('content_type', 255)
  contentType!: string;

  /** In bytes. */
  @ReferenceColumn('size')
  size!: number;

  @TextColumn('sha256', 64)
  sha256!: string;

  @TimeColumn('created_time')
  createdTime!: number;

  /** Since when nobody needs the file any more: it is not served, and will be removed. */
  @TimeColumn('released_time', { nullable: true })
  releasedTime!: number | null;
}
