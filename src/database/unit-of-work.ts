import { Injectable } from '@nestjs/common';
import { Database, WriteResult } from './database.js';
import { isTransient } from './database-errors.js';
import { Statement } from './sql.js';

const ATTEMPTS = 5;

/**
 * The one way to change several rows at once. Services hand it their work and never open transactions themselves, so
 * that writers queue where the engine needs it (SQLite has one writer) and small writes can share a commit.
 *
 * Nothing slow is awaited inside a unit: no network call, no file.
 */
@Injectable()
export class UnitOfWork {
  constructor(private readonly database: Database) {}

  /**
   * Runs `work` as one transaction. Every database call made inside takes part; a unit inside a unit joins the outer
   * one. After a deadlock the whole work runs again, so it must not change anything but the database.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.database.openUnit) return work();
    return retrying(() => this.database.transaction(work));
  }

  /**
   * Runs statements that are all known beforehand as one transaction: a single round trip on MySQL, a commit shared
   * with whatever else is waiting on SQLite. The results are in the order of the statements.
   */
  async batch(statements: readonly Statement[]): Promise<WriteResult[]> {
    const unit = this.database.openUnit;
    if (!unit) return retrying(() => this.database.transactionOf(statements));
    const results: WriteResult[] = [];
    for (const { sql, parameters } of statements) results.push(await unit.execute(sql, parameters));
    return results;
  }

  /** Calls `callback` once the open unit has been committed, or now if there is none. */
  afterCommit(callback: () => void): void {
    const unit = this.database.openUnit;
    if (unit) unit.afterCommit.push(callback);
    else callback();
  }
}

async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isTransient(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt));
    }
  }
}
