import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Work factor of scrypt: 16 MiB and some tens of milliseconds for each guess. */
const COST = 16_384;
const KEY_BYTES = 32;

function derive(secret: string, salt: Buffer, cost: number): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    scrypt(secret, salt, KEY_BYTES, { N: cost }, (error, key) => (error ? reject(error) : resolve(key))),
  );
}

/** Hashes a client secret for storage: `scrypt$cost$salt$key`. */
export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(secret, salt, COST);
  return `scrypt$${COST}$${salt.toString('base64')}$${key.toString('base64')}`;
}

/** Takes the same time whether the client exists or not, so that ids cannot be guessed by the clock. */
export async function verifySecret(secret: string, stored: string | undefined): Promise<boolean> {
  const [, cost = String(COST), salt = '', key = ''] = (stored ?? '').split('$');
  const expected = Buffer.from(key, 'base64');
  const actual = await derive(secret, Buffer.from(salt, 'base64'), Number(cost));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** A secret to hand out: 256 bits that can stand in a URL. */
export const newSecret = (): string => randomBytes(32).toString('base64url');
