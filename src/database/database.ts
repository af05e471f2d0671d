import { AsyncLocalStorage } from 'node:async_hooks';
import { EntityManager, EntityTarget, ObjectLiteral, Repository } from 'typeorm';
import { Dialect } from './dialect.js';
import { SqlValue, Statement } from './sql.js';

export interface WriteResult {
  /** Rows that the statement found to change. */
  affectedRows: number;
  /** The key that the database gave to the inserted row; of several rows, the first on MySQL, the last on SQLite. */
  insertId: number;
}

/** Something that runs SQL: the database, or an open unit of work. */
export interface Executor {
  query<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>;
  execute(sql: string, parameters?: readonly SqlValue[]): Promise<WriteResult>;
  readonly manager: EntityManager;
}

/** A unit of work that is open, with what is to happen once it has been committed. */
export interface OpenUnit extends Executor {
  readonly afterCommit: (() => void)[];
}

/**
 * The door to the database. Hot paths use {@link query} and {@link execute} with SQL that both engines understand;
 * other code may use TypeORM's repositories through {@link repository}. Both take part in the unit of work that is
 * open around the call, if there is one, and otherwise see committed rows only.
 */
export abstract class Database implements Executor {
  private readonly units = new AsyncLocalStorage<OpenUnit>();
  private openUnits = 0;

  abstract readonly dialect: Dialect;
  /** Runs SQL outside of every unit. */
  protected abstract readonly outside: Executor;

  /** For {@link UnitOfWork}: opens a unit, runs the work in it, commits; on an error everything is taken back. */
  abstract transaction<T>(work: () => Promise<T>): Promise<T>;
  /** For {@link UnitOfWork}: runs statements that are all known beforehand as one unit. */
  abstract transactionOf(statements: readonly Statement[]): Promise<WriteResult[]>;

  /** The unit of work around the current call. */
  get openUnit(): OpenUnit | undefined {
    return this.units.getStore();
  }

  /** While the storage is in use, Node 20 follows every promise of the process, so it rests when no unit is open. */
  protected async within<T>(unit: OpenUnit, work: () => Promise<T>): Promise<T> {
    this.openUnits++;
    try {
      return await this.units.run(unit, work);
    } finally {
      if (--this.openUnits === 0) this.units.disable();
    }
  }

  query<Row>(sql: string, parameters: readonly SqlValue[] = []): Promise<Row[]> {
    return (this.openUnit ?? this.outside).query<Row>(sql, parameters);
  }

  execute(sql: string, parameters: readonly SqlValue[] = []): Promise<WriteResult> {
    return (this.openUnit ?? this.outside).execute(sql, parameters);
  }

  get manager(): EntityManager {
    return (this.openUnit ?? this.outside).manager;
  }

  repository<Entity extends ObjectLiteral>(entity: EntityTarget<Entity>): Repository<Entity> {
    return this.manager.getRepository(entity);
  }
}
