import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, rows, Statement } from '../database/sql.js';
import { HostedFile } from './hosted-file.js';

/** What a file belongs to. */
export type FileOwner = 'MESSAGE' | 'USER';

/** A row of `files`. */
export interface FileRow {
  id: number;
  application_id: number;
  storage_key: string;
  name: string;
  content_type: string;
  size: number;
  sha256: string;
}

const COLUMNS = ['id', 'application_id', 'storage_key', 'name', 'content_type', 'size', 'sha256']
  .map((name) => `f.${name}`)
  .join(', ');

// A file is there as long as what it belongs to: also while a job is still at work on what was deleted.
const WITH_OWNERS =
  "files f JOIN applications a ON a.id = f.application_id AND a.deleted_time IS NULL LEFT JOIN messages m ON f.owner_type = 'MESSAGE' AND m.id = f.owner_id LEFT JOIN channels c ON c.id = m.channel_id AND c.deleted_time IS NULL LEFT JOIN users u ON f.owner_type = 'USER' AND u.id = f.owner_id AND u.deleted_time IS NULL";

@Injectable()
export class FilesRepository {
  constructor(private readonly database: Database) {}

  /** `ownerId` is an expression, since the row that has the file may be inserted in the same batch. */
  insertion(
    applicationId: number,
    { token, file }: HostedFile,
    owner: { type: FileOwner; id: Statement },
    createdTime: number,
  ): Statement {
    return {
      sql: `INSERT INTO files (application_id, owner_type, owner_id, storage_key, token, name, content_type, size, sha256, created_time) VALUES (?, ?, (${owner.id.sql}), ?, ?, ?, ?, ?, ?, ?)`,
      parameters: [
        applicationId,
        owner.type,
        ...owner.id.parameters,
        file.key,
        token,
        file.name,
        file.contentType,
        file.size,
        file.sha256,
        createdTime,
      ],
    };
  }

  /** What these have is not needed any more: it is not served from now on, and removed after the commit. */
  release(applicationId: number, type: FileOwner, ownerIds: readonly number[]): Statement {
    return {
      sql: `UPDATE files SET released_time = ? WHERE application_id = ? AND owner_type = ? AND owner_id IN (${marks(ownerIds)}) AND released_time IS NULL`,
      parameters: [Date.now(), applicationId, type, ...ownerIds],
    };
  }

  /** The same for a portion of all that an application has; answers how many there were. */
  async releaseSome(applicationId: number, count: number): Promise<number> {
    const found = await this.database.query<{ id: number }>(
      `SELECT id FROM files WHERE application_id = ? AND released_time IS NULL ORDER BY id LIMIT ${rows(count)}`,
      [applicationId],
    );
    const ids = found.map(({ id }) => id);
    await this.releaseRows(ids);
    return ids.length;
  }

  /** The same for single rows. */
  async releaseRows(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await this.database.execute(
      `UPDATE files SET released_time = ? WHERE id IN (${marks(ids)}) AND released_time IS NULL`,
      [Date.now(), ...ids],
    );
  }

  /** Which of these rows are there and needed. */
  async stillNeeded(ids: readonly number[]): Promise<Set<number>> {
    if (ids.length === 0) return new Set();
    const found = await this.database.query<{ id: number }>(
      `SELECT id FROM files WHERE id IN (${marks(ids)}) AND released_time IS NULL`,
      ids,
    );
    return new Set(found.map(({ id }) => id));
  }

  /** Of any application: who has the address may have the file. */
  async findByToken(token: string): Promise<FileRow | undefined> {
    const [row] = await this.database.query<FileRow>(
      `SELECT ${COLUMNS} FROM ${WITH_OWNERS} WHERE f.token = ? AND f.released_time IS NULL AND (c.id IS NOT NULL OR u.id IS NOT NULL)`,
      [token],
    );
    return row;
  }

  /** Files of all applications that are to be removed, those first that have waited longest. */
  released(count: number): Promise<Pick<FileRow, 'id' | 'storage_key'>[]> {
    return this.database.query(
      `SELECT f.id, f.storage_key FROM files f WHERE f.released_time IS NOT NULL ORDER BY f.released_time LIMIT ${rows(count)}`,
    );
  }

  async delete(ids: readonly number[]): Promise<void> {
    await this.database.execute(`DELETE FROM files WHERE id IN (${marks(ids)})`, [...ids]);
  }

  /** Which of these files in storage have a row. */
  async knownKeys(keys: readonly string[]): Promise<Set<string>> {
    const found = await this.database.query<{ storage_key: string }>(
      `SELECT storage_key FROM files WHERE storage_key IN (${marks(keys)})`,
      keys,
    );
    return new Set(found.map(({ storage_key }) => storage_key));
  }

  /** The rows behind this one, with whether what they belong to is still there. */
  async listFrom(id: number, count: number): Promise<(FileRow & { is_owned: number })[]> {
    return this.database.query(
      `SELECT ${COLUMNS}, CASE WHEN m.id IS NOT NULL OR u.id IS NOT NULL THEN 1 ELSE 0 END AS is_owned FROM ${WITH_OWNERS} WHERE f.id > ? AND f.released_time IS NULL ORDER BY f.id LIMIT ${rows(count)}`,
      [id],
    );
  }
}
