import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { rows, Statement } from '../database/sql.js';
import { SecretPlace } from './sealing.js';

/** A row of `user_secrets`. */
export interface SecretRow {
  id: number;
  application_id: number;
  user_id: number;
  name: string;
  key_id: string;
  sealed: string;
}

@Injectable()
export class SecretsRepository {
  constructor(private readonly database: Database) {}

  async find({ applicationId, userId, name }: SecretPlace): Promise<SecretRow | undefined> {
    // A deleted user has no secrets, even where they have not been erased yet.
    const [row] = await this.database.query<SecretRow>(
      'SELECT s.id, s.application_id, s.user_id, s.name, s.key_id, s.sealed FROM user_secrets s JOIN users u ON u.id = s.user_id AND u.application_id = s.application_id AND u.deleted_time IS NULL WHERE s.user_id = ? AND s.name = ? AND s.application_id = ?',
      [userId, name, applicationId],
    );
    return row;
  }

  /** False if there is none to replace. */
  async replace(place: SecretPlace, keyId: string, sealed: string, updatedTime: number): Promise<boolean> {
    const { affectedRows } = await this.database.execute(
      'UPDATE user_secrets SET key_id = ?, sealed = ?, updated_time = ? WHERE user_id = ? AND name = ? AND application_id = ?',
      [keyId, sealed, updatedTime, place.userId, place.name, place.applicationId],
    );
    return affectedRows > 0;
  }

  async insert(
    { applicationId, userId, name }: SecretPlace,
    keyId: string,
    sealed: string,
    updatedTime: number,
  ): Promise<void> {
    await this.database.execute(
      'INSERT INTO user_secrets (application_id, user_id, name, key_id, sealed, updated_time) VALUES (?, ?, ?, ?, ?, ?)',
      [applicationId, userId, name, keyId, sealed, updatedTime],
    );
  }

  /** How many a user has. */
  async count(applicationId: number, userId: number): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      'SELECT COUNT(*) AS count FROM user_secrets WHERE user_id = ? AND application_id = ?',
      [userId, applicationId],
    );
    return row!.count;
  }

  async remove({ applicationId, userId, name }: SecretPlace): Promise<boolean> {
    const { affectedRows } = await this.database.execute(
      'DELETE FROM user_secrets WHERE user_id = ? AND name = ? AND application_id = ?',
      [userId, name, applicationId],
    );
    return affectedRows > 0;
  }

  async removeAll(applicationId: number, userId: number): Promise<void> {
    await this.database.execute('DELETE FROM user_secrets WHERE user_id = ? AND application_id = ?', [
      userId,
      applicationId,
    ]);
  }

  /** Of all applications: the next ones after `id`, in the order of their ids. */
  after(id: number, count: number): Promise<SecretRow[]> {
    return this.database.query<SecretRow>(
      `SELECT id, application_id, user_id, name, key_id, sealed FROM user_secrets WHERE id > ? ORDER BY id LIMIT ${rows(count)}`,
      [id],
    );
  }

  /** The same value under another key, unless it has been changed meanwhile. */
  resealing({ application_id, id, sealed }: SecretRow, keyId: string, resealed: string): Statement {
    return {
      sql: 'UPDATE user_secrets SET key_id = ?, sealed = ? WHERE id = ? AND application_id = ? AND sealed = ?',
      parameters: [keyId, resealed, id, application_id, sealed],
    };
  }

  /** Which keys are in use. Steps from one to the next in their index, whatever stands between. */
  async keyIds(): Promise<string[]> {
    const found: string[] = [];
    for (let last = ''; ;) {
      const [row] = await this.database.query<{ key_id: string | null }>(
        'SELECT MIN(key_id) AS key_id FROM user_secrets WHERE key_id > ?',
        [last],
      );
      if (!row?.key_id) return found;
      found.push((last = row.key_id));
    }
  }
}

export const placeOf = ({ application_id, user_id, name }: SecretRow): SecretPlace => ({
  applicationId: application_id,
  userId: user_id,
  name,
});
