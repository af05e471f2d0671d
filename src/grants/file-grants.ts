import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { SecretKeys } from '../secrets/secret-keys.js';

export const GRANT_KINDS = ['READ', 'WRITE'] as const;
/** To see files, or to send them. */
export type GrantKind = (typeof GRANT_KINDS)[number];

/** Who may do what. */
export interface FileGrant {
  kind: GrantKind;
  applicationId: number;
  userId: number;
}

/** Apps ask for a grant when they connect and keep it through any number of reconnects, so it outlives long sessions. */
const VALID_MS = 30 * 24 * 3_600_000;
const KEY_BYTES = 32;
/** Where no key is configured. */
const NO_KEY = 'none';

/**
 * Tokens that say that a user may see or send files. Nothing of them is stored: every process with the same key can tell
 * a true one. They are made of letters that can stand in an address as they are.
 */
@Injectable()
export class FileGrants {
  private readonly keys = new Map<string, Buffer>();
  /** Of this process only, where the configuration has nothing that is secret. */
  private readonly random = randomBytes(KEY_BYTES);

  constructor(
    private readonly config: Config,
    private readonly secretKeys: SecretKeys,
  ) {}

  issue({ kind, applicationId, userId }: FileGrant, now = Date.now()): string {
    const keyId = this.secretKeys.current()?.id ?? NO_KEY;
    const claims = Buffer.from(JSON.stringify([keyId, kind, applicationId, userId, now + VALID_MS])).toString(
      'base64url',
    );
    return `${claims}.${this.signature(keyId, claims)!.toString('base64url')}`;
  }

  /** What the token grants; undefined if it is not one of ours, is for something else, or has expired. */
  verify(token: unknown, kind: GrantKind, now = Date.now()): FileGrant | undefined {
    const [, claims, signature] = (typeof token === 'string' && /^([\w-]{1,400})\.([\w-]{43})$/.exec(token)) || [];
    if (!claims || !signature) return undefined;
    const [keyId, granted, applicationId, userId, until] = claimsIn(claims);
    const expected = typeof keyId === 'string' ? this.signature(keyId, claims) : undefined;
    if (!expected || !timingSafeEqual(expected, Buffer.from(signature, 'base64url'))) return undefined;
    if (granted !== kind || !(Number(until) > now)) return undefined;
    return { kind, applicationId: Number(applicationId), userId: Number(userId) };
  }

  private signature(keyId: string, claims: string): Buffer | undefined {
    const key = this.key(keyId);
    return key && createHmac('sha256', key).update(claims).digest();
  }

  private key(keyId: string): Buffer | undefined {
    let key = this.keys.get(keyId);
    if (!key) {
      const secret = keyId === NO_KEY ? this.withoutKey() : this.secretKeys.find(keyId)?.key;
      if (!secret) return undefined;
      key = Buffer.from(hkdfSync('sha256', secret, '', 'file grants', KEY_BYTES));
      this.keys.set(keyId, key);
    }
    return key;
  }

  /** Without a key there is still the password of the database, which all processes know and nobody else. */
  private withoutKey(): Buffer | undefined {
    if (this.secretKeys.areThere) return undefined;
    const { database } = this.config;
    return database.engine === 'mysql' && database.password !== '' ? Buffer.from(database.password) : this.random;
  }
}

function claimsIn(text: string): unknown[] {
  try {
    const claims: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(claims) ? claims : [];
  } catch {
    return [];
  }
}
