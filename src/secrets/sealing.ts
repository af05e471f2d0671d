import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SecretKey } from './secret-keys.js';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Whose secret it is, and what it is called: a sealed text opens in no other place. */
export interface SecretPlace {
  applicationId: number;
  userId: number;
  name: string;
}

/** Encrypts a text for one place. */
export function seal({ id, key }: SecretKey, place: SecretPlace, text: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(dataOf(id, place));
  const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), encrypted]).toString('base64');
}

/** The text again. Throws if it was sealed with another key or for another place, or has been changed since. */
export function unseal({ id, key }: SecretKey, place: SecretPlace, sealed: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  decipher.setAAD(dataOf(id, place));
  const encrypted = bytes.subarray(NONCE_BYTES + TAG_BYTES);
  return Buffer.concat([decipher.update(encrypted), decipher.final()]).toString('utf8');
}

const dataOf = (keyId: string, { applicationId, userId, name }: SecretPlace): Buffer =>
  Buffer.from(JSON.stringify([keyId, applicationId, userId, name]));
