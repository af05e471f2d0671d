import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { seal, unseal } from './sealing.js';
import { SecretKey, SecretKeys } from './secret-keys.js';
import { placeOf, SecretRow, SecretsRepository } from './secrets.repository.js';

const ROWS_A_STEP = 200;

/** A secret that could not be encrypted anew. */
export interface StuckSecret {
  applicationId: number;
  userId: number;
  keyId: string;
  reason: 'unknown key' | 'damaged';
}

export interface Rotation {
  keyId: string;
  /** Encrypted anew by this run. */
  rotated: number;
  /** Opened with the current key, in the end. */
  verified: number;
  stuck: StuckSecret[];
}

/**
 * Encrypts what other keys have encrypted with the current one. Portions are committed one by one; what is already
 * done is recognised by its key, so an interrupted run is simply run again.
 */
@Injectable()
export class SecretRotation {
  constructor(
    private readonly keys: SecretKeys,
    private readonly secrets: SecretsRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async run(current: SecretKey): Promise<Rotation> {
    let rotated = 0;
    for (let from: number | undefined = 0; from !== undefined;) {
      const step = await this.step(current, from);
      rotated += step.rotated;
      from = step.next;
    }
    return { keyId: current.id, rotated, ...(await this.verify(current)) };
  }

  /** Does the portion after this id; answers from where to go on. */
  async step(current: SecretKey, after: number, count = ROWS_A_STEP): Promise<{ rotated: number; next?: number }> {
    const portion = await this.secrets.after(after, count);
    const statements = portion.flatMap((row) => {
      const text = row.key_id === current.id ? undefined : this.open(row).text;
      return text === undefined ? [] : [this.secrets.resealing(row, current.id, seal(current, placeOf(row), text))];
    });
    const results = statements.length > 0 ? await this.unitOfWork.batch(statements) : [];
    const rotated = results.reduce((sum, { affectedRows }) => sum + affectedRows, 0);
    return { rotated, ...(portion.length === count && { next: portion.at(-1)!.id }) };
  }

  /** Opens every secret. What others write meanwhile is theirs to get right. */
  private async verify(current: SecretKey): Promise<Pick<Rotation, 'verified' | 'stuck'>> {
    const stuck: StuckSecret[] = [];
    let verified = 0;
    for (let portion = await this.secrets.after(0, ROWS_A_STEP); portion.length > 0;) {
      for (const row of portion) {
        const { reason } = this.open(row);
        if (row.key_id === current.id && !reason) verified++;
        else
          stuck.push({
            applicationId: row.application_id,
            userId: row.user_id,
            keyId: row.key_id,
            reason: reason ?? 'unknown key',
          });
      }
      portion = await this.secrets.after(portion.at(-1)!.id, ROWS_A_STEP);
    }
    return { verified, stuck };
  }

  private open(row: SecretRow): { text?: string; reason?: StuckSecret['reason'] } {
    const key = this.keys.find(row.key_id);
    if (!key) return { reason: 'unknown key' };
    try {
      return { text: unseal(key, placeOf(row), row.sealed) };
    } catch {
      return { reason: 'damaged' };
    }
  }
}
