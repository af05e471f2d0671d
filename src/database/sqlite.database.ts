import { DataSource, EntityManager, QueryResult, QueryRunner } from 'typeorm';
import { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js';
import { Database, Executor, OpenUnit, WriteResult } from './database.js';
import { sqliteDialect } from './sqlite.dialect.js';
import { SqlValue, Statement } from './sql.js';

interface Prepared {
  all(...parameters: SqlValue[]): unknown[];
  run(...parameters: SqlValue[]): { changes: number; lastInsertRowid: number | bigint };
}
interface Connection {
  prepare(sql: string): Prepared;
  exec(sql: string): void;
}
interface WaitingBatch {
  statements: readonly Statement[];
  resolve(results: WriteResult[]): void;
  reject(error: unknown): void;
}

/**
 * SQLite. All requests share one connection, so a unit of work has it to itself: other units and all outside queries
 * wait until it has ended. Without that, one request's rollback would take another's answered write with it.
 */
export class SqliteDatabase extends Database {
  readonly dialect = sqliteDialect;
  protected readonly outside: Executor;
  private readonly connection: Connection;
  private readonly statements = new Map<string, Prepared>();
  /** Ends when the unit that is open, and all that queue behind it, have ended. */
  private queue: Promise<unknown> | undefined;
  private waiting: WaitingBatch[] = [];

  constructor(private readonly dataSource: DataSource) {
    super();
    const driver = dataSource.driver as BetterSqlite3Driver;
    this.connection = driver.databaseConnection as Connection;
    const inTurn: InTurn = (work) => this.inTurn(work);
    // What TypeORM runs outside of a unit takes its turn as well.
    driver.createQueryRunner = (): QueryRunner => new QueuedQueryRunner(driver, inTurn);
    const disconnect = driver.disconnect.bind(driver);
    driver.disconnect = () => {
      // Everything into the one file: once the server has ended, a copy of it is a backup.
      this.connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      return disconnect();
    };
    this.outside = {
      query: async (sql, parameters = []) => {
        // Looked at again after each wait, and nothing awaited from here on: no unit can begin in between.
        while (this.queue) await this.queue;
        return this.all(sql, parameters);
      },
      execute: async (sql, parameters = []) => (await this.transactionOf([{ sql, parameters }]))[0]!,
      manager: dataSource.manager,
    };
  }

  transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      const runner = new BetterSqlite3QueryRunner(this.dataSource.driver as BetterSqlite3Driver);
      const unit: OpenUnit = {
        query: async (sql, parameters = []) => this.all(sql, parameters),
        execute: async (sql, parameters = []) => this.write({ sql, parameters }),
        manager: new EntityManager(this.dataSource, runner),
        afterCommit: [],
      };
      this.connection.exec('BEGIN IMMEDIATE');
      try {
        const result = await this.within(unit, work);
        this.connection.exec('COMMIT');
        for (const callback of unit.afterCommit) callback();
        return result;
      } catch (error) {
        this.connection.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /** All batches that arrive in one turn of the event loop share a commit, and with it one wait for the disk. */
  transactionOf(statements: readonly Statement[]): Promise<WriteResult[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ statements, resolve, reject });
      if (this.waiting.length === 1) setImmediate(() => void this.inTurn(async () => this.commitWaiting()));
    });
  }

  private commitWaiting(): void {
    const batches = this.waiting;
    this.waiting = [];
    const settle: (() => void)[] = [];
    try {
      this.connection.exec('BEGIN IMMEDIATE');
      for (const batch of batches) settle.push(this.savepoint(batch));
      this.connection.exec('COMMIT');
    } catch (error) {
      try {
        this.connection.exec('ROLLBACK');
      } catch {
        // There was no transaction left to take back.
      }
      for (const batch of batches) batch.reject(error);
      return;
    }
    for (const done of settle) done();
  }

  /** Runs one batch so that its failure leaves the others of the same commit alone. */
  private savepoint(batch: WaitingBatch): () => void {
    this.connection.exec('SAVEPOINT batch');
    try {
      const results = batch.statements.map((statement) => this.write(statement));
      this.connection.exec('RELEASE batch');
      return () => batch.resolve(results);
    } catch (error) {
      this.connection.exec('ROLLBACK TO batch');
      this.connection.exec('RELEASE batch');
      return () => batch.reject(error);
    }
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.queue;
    const turn = before ? before.then(work) : work();
    const ended = turn.then(
      () => undefined,
      () => undefined,
    );
    this.queue = ended;
    try {
      return await turn;
    } finally {
      if (this.queue === ended) this.queue = undefined;
    }
  }

  private all<Row>(sql: string, parameters: readonly SqlValue[]): Row[] {
    return this.prepared(sql).all(...parameters) as Row[];
  }

  private write({ sql, parameters }: Statement): WriteResult {
    const { changes, lastInsertRowid } = this.prepared(sql).run(...parameters);
    return { affectedRows: changes, insertId: Number(lastInsertRowid) };
  }

  private prepared(sql: string): Prepared {
    let statement = this.statements.get(sql);
    if (!statement) {
      if (this.statements.size >= MAX_PREPARED) this.statements.clear();
      statement = this.connection.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

const MAX_PREPARED = 1000;

type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** TypeORM awaits this and that before it runs a statement, so a statement has its turn like a unit. */
class QueuedQueryRunner extends BetterSqlite3QueryRunner {
  constructor(
    driver: BetterSqlite3Driver,
    private readonly inTurn: InTurn,
  ) {
    super(driver);
  }

  override query(query: string, parameters?: unknown[], useStructuredResult?: false): Promise<never>;
  override query(query: string, parameters: unknown[] | undefined, useStructuredResult: true): Promise<QueryResult>;
  override async query(query: string, parameters?: unknown[], useStructuredResult = false): Promise<unknown> {
    return this.inTurn(() => super.query(query, parameters, useStructuredResult) as Promise<unknown>);
  }

  override startTransaction(): Promise<void> {
    throw new Error('Use UnitOfWork: a transaction opened elsewhere would mix with other requests’ writes');
  }
}
