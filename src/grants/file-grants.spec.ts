import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../config/config.js';
import { SecretKeys } from '../secrets/secret-keys.js';
import { FileGrant, FileGrants } from './file-grants.js';

const GRANT: FileGrant = { kind: 'READ', applicationId: 1, userId: 2 };
const DAY_MS = 24 * 3_600_000;

function grantsWith(environment: Record<string, string>): FileGrants {
  const config = loadConfig({ DATABASE_URL: 'sqlite::memory:', ...environment });
  return new FileGrants(config, new SecretKeys(config));
}

describe('file grants', () => {
  const grants = grantsWith({ SECRETS_KEY: 'a passphrase of some length' });

  it('say who may do what, in every process with the same key', () => {
    const token = grants.issue(GRANT);
    expect(encodeURIComponent(token)).toBe(token);
    expect(grantsWith({ SECRETS_KEY: 'a passphrase of some length' }).verify(token, 'READ')).toEqual(GRANT);
    expect(grantsWith({ SECRETS_KEY: 'another passphrase of some length' }).verify(token, 'READ')).toBeUndefined();
    const rotated = {
      SECRETS_KEY: 'another passphrase of some length',
      SECRETS_KEY_PREVIOUS: 'a passphrase of some length',
    };
    expect(grantsWith(rotated).verify(token, 'READ')).toEqual(GRANT);
  });

  it('are for one thing', () => {
    expect(grants.verify(grants.issue(GRANT), 'WRITE')).toBeUndefined();
    expect(grants.verify(grants.issue({ ...GRANT, kind: 'WRITE' }), 'WRITE')).toEqual({ ...GRANT, kind: 'WRITE' });
  });

  it('outlive sessions, but not everything', () => {
    const now = Date.now();
    const token = grants.issue(GRANT, now);
    expect(grants.verify(token, 'READ', now + 29 * DAY_MS)).toEqual(GRANT);
    expect(grants.verify(token, 'READ', now + 30 * DAY_MS)).toBeUndefined();
  });

  it('cannot be made up', () => {
    const token = grants.issue(GRANT);
    const [claims, signature] = token.split('.') as [string, string];
    const [keyId] = JSON.parse(Buffer.from(claims, 'base64url').toString()) as [string];
    const forged = (claim: unknown) => `${Buffer.from(JSON.stringify(claim)).toString('base64url')}.${signature}`;
    for (const wrong of [
      undefined,
      '',
      '.',
      claims,
      `${claims}.`,
      `${token}x`,
      forged([keyId, 'READ', 1, 3, Date.now() * 2]),
      forged(['none', 'READ', 1, 2, Date.now() * 2]),
      forged([null]),
      forged({}),
      `${'_'.repeat(20)}.${signature}`,
    ])
      expect([wrong, grants.verify(wrong, 'READ')]).toEqual([wrong, undefined]);
  });

  it('hold without a key, by what else is secret', () => {
    const mysql = (password: string) => grantsWith({ DATABASE_URL: `mysql://chat:${password}@db/chat` });
    const token = mysql('secret').issue(GRANT);
    expect(mysql('secret').verify(token, 'READ')).toEqual(GRANT);
    expect(mysql('other').verify(token, 'READ')).toBeUndefined();
    const alone = mysql('');
    expect(alone.verify(alone.issue(GRANT), 'READ')).toEqual(GRANT);
    expect(mysql('').verify(alone.issue(GRANT), 'READ')).toBeUndefined();
  });
});
