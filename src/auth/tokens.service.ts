import { hash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { AccessToken } from './access-token.entity.js';
import { Principal } from './principal.js';

/** Published clients keep a token to the very second it expires, so it is honoured a little longer. */
export const GRACE_MS = 60_000;
/** A token that was taken back is refused everywhere after this time at the latest. */
const CACHE_MS = 5_000;
const CACHE_TOKENS = 50_000;

/** What a token says about itself (RFC 7662). */
export interface TokenRecord {
  applicationId: number;
  clientId: string;
  scope: string;
  issuedTime: number;
  expiresTime: number;
}

interface TokenRow {
  application_id: number;
  client_id: string;
  scope: string;
  issued_time: number;
  expires_time: number;
}

const hashOf = (token: string): string => hash('sha256', token, 'base64');

/** Gives out, recognises and takes back access tokens. Only their hashes are stored. */
@Injectable()
export class TokensService {
  private readonly known = new LRUCache<string, { principal: Principal; endsTime: number }>({
    max: CACHE_TOKENS,
    ttl: CACHE_MS,
  });

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** 256 random bits. */
  generate(): string {
    return randomBytes(32).toString('base64url');
  }

  async save(token: string, record: TokenRecord): Promise<void> {
    await this.database.repository(AccessToken).insert({ tokenHash: hashOf(token), ...record });
  }

  /** The principal behind a token that was recognised a moment ago, without waiting. */
  remembered(token: string): Principal | undefined {
    const cached = this.known.get(hashOf(token));
    return cached && cached.endsTime > Date.now() ? cached.principal : undefined;
  }

  /** The principal behind a token; undefined if it is unknown, was taken back or has expired. */
  async recognise(token: string): Promise<Principal | undefined> {
    const key = hashOf(token);
    const record = await this.read(key);
    if (!record) return undefined;
    const endsTime = record.expiresTime + GRACE_MS;
    if (endsTime <= Date.now()) return undefined;
    const { applicationId, clientId, scope } = record;
    const principal: Principal = Object.freeze({ applicationId, clientId, scopes: new Set(scope.split(' ')) });
    this.known.set(key, { principal, endsTime });
    return principal;
  }

  /** What is stored about a token that is still good. */
  async inspect(token: string): Promise<TokenRecord | undefined> {
    const record = await this.read(hashOf(token));
    return record && record.expiresTime > Date.now() ? record : undefined;
  }

  /** Takes back one token of the application. */
  async revoke(applicationId: number, token: string): Promise<void> {
    const tokenHash = hashOf(token);
    await this.database.repository(AccessToken).delete({ tokenHash, applicationId });
    this.known.delete(tokenHash);
  }

  async revokeOfClient(clientId: string): Promise<void> {
    await this.database.repository(AccessToken).delete({ clientId });
    this.unitOfWork.afterCommit(() => this.known.clear());
  }

  async revokeOfApplication(applicationId: number): Promise<void> {
    await this.database.repository(AccessToken).delete({ applicationId });
    this.unitOfWork.afterCommit(() => this.known.clear());
  }

  private async read(tokenHash: string): Promise<TokenRecord | undefined> {
    const [row] = await this.database.query<TokenRow>(
      'SELECT t.application_id, t.client_id, t.scope, t.issued_time, t.expires_time FROM access_tokens t JOIN applications a ON a.id = t.application_id WHERE t.token_hash = ? AND a.deleted_time IS NULL',
      [tokenHash],
    );
    return (
      row && {
        applicationId: row.application_id,
        clientId: row.client_id,
        scope: row.scope,
        issuedTime: row.issued_time,
        expiresTime: row.expires_time,
      }
    );
  }
}
