import { createHmac, hkdfSync, randomBytes, scryptSync } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';

const KEY_BYTES = 32;
const KEY_FILE = 'secrets.key';
/** A passphrase has to give the same key in every process, so the salt is fixed; what it costs to try one is not little. */
const PASSPHRASE_SALT = 'chat-platform-server user secrets';
const SCRYPT = { N: 2 ** 16, r: 8, p: 1, maxmem: 128 * 2 ** 20 };

/** A key that secrets are encrypted with. */
export interface SecretKey {
  /** Says which key it is without telling anything about it. */
  id: string;
  key: Buffer;
}

/**
 * The keys that user secrets are encrypted with: the one of SECRETS_KEY for all that is written, and those before it
 * for what has not been encrypted anew. On SQLite, where nobody has configured anything, there is a file with a key.
 */
@Injectable()
export class SecretKeys {
  private own: SecretKey | undefined;
  private others: Map<string, SecretKey> | undefined;

  constructor(private readonly config: Config) {}

  /** Whether secrets can be kept at all. */
  get areThere(): boolean {
    return this.config.secretsKey !== undefined || this.config.database.engine === 'sqlite';
  }

  /** The key to encrypt with; undefined if nobody has configured one, and there is no place for a file. */
  current(): SecretKey | undefined {
    if (!this.own && this.areThere)
      this.own = deriveKey(this.config.secretsKey ?? (this.isInMemory ? randomKey() : this.keyOfNewFile()));
    return this.own;
  }

  /** The key with this id. */
  find(id: string): SecretKey | undefined {
    const current = this.current();
    return current?.id === id ? current : this.previous().get(id);
  }

  private previous(): Map<string, SecretKey> {
    if (!this.others) {
      const keys = [...this.config.previousSecretsKeys];
      const fromFile = this.config.database.engine === 'sqlite' && !this.isInMemory ? this.keyOfFile() : undefined;
      // Who sets SECRETS_KEY later still has secrets under the key of the file.
      if (fromFile) keys.push(fromFile);
      this.others = new Map(keys.map(deriveKey).map((key) => [key.id, key]));
    }
    return this.others;
  }

  private get isInMemory(): boolean {
    const { database } = this.config;
    return database.engine === 'sqlite' && database.file === ':memory:';
  }

  private get file(): string {
    return join(this.config.dataDir, KEY_FILE);
  }

  private keyOfFile(): string | undefined {
    try {
      return readFileSync(this.file, 'utf8').trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Several processes may want to make the file at once. It appears whole, and the first one stays. */
  private keyOfNewFile(): string {
    const existing = this.keyOfFile();
    if (existing) return existing;
    mkdirSync(this.config.dataDir, { recursive: true });
    const draft = `${this.file}.${randomBytes(6).toString('hex')}`;
    writeFileSync(draft, `${randomKey()}\n`, { mode: 0o600, flag: 'wx', flush: true });
    try {
      linkSync(draft, this.file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
    return this.keyOfFile()!;
  }
}

const randomKey = (): string => randomBytes(KEY_BYTES).toString('base64');

/** 32 bytes in base64 are a key; anything else is a passphrase, which is stretched. */
export function deriveKey(given: string): SecretKey {
  const bytes = Buffer.from(given, 'base64');
  const isKey = bytes.length === KEY_BYTES && bytes.toString('base64') === given;
  const master = isKey ? bytes : scryptSync(given, PASSPHRASE_SALT, KEY_BYTES, SCRYPT);
  return {
    id: createHmac('sha256', master).update('key id').digest('hex').slice(0, 16),
    key: Buffer.from(hkdfSync('sha256', master, '', 'user secrets', KEY_BYTES)),
  };
}
