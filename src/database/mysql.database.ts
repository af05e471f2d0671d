import { FieldPacket, Pool, PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2';
import { DataSource } from 'typeorm';
import { Database, Executor, OpenUnit, WriteResult } from './database.js';
import { mysqlDialect } from './mysql.dialect.js';
import { SharedCommits } from './shared-commits.js';
import { SqlValue, Statement } from './sql.js';

/** MySQL and MariaDB: a pool of connections, prepared statements, one connection to a unit of work. */
export class MysqlDatabase extends Database {
  readonly dialect = mysqlDialect;
  protected readonly outside: Executor;
  private readonly pool: Pool;
  private readonly shared: SharedCommits | undefined;

  constructor(
    private readonly dataSource: DataSource,
    { sharesCommits = true } = {},
  ) {
    super();
    this.shared = sharesCommits ? new SharedCommits((statements) => this.commit(statements)) : undefined;
    this.pool = (dataSource.driver as unknown as { pool: Pool }).pool;
    this.outside = { ...executorOn(this.pool), manager: dataSource.manager };
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const connection = (await runner.connect()) as PoolConnection;
      await runner.startTransaction();
      const unit: OpenUnit = { ...executorOn(connection), manager: runner.manager, afterCommit: [] };
      try {
        const result = await this.within(unit, work);
        await runner.commitTransaction();
        for (const callback of unit.afterCommit) callback();
        return result;
      } catch (error) {
        if (runner.isTransactionActive) await runner.rollbackTransaction();
        throw error;
      }
    } finally {
      await runner.release();
    }
  }

  transactionOf(statements: readonly Statement[]): Promise<WriteResult[]> {
    return this.shared ? this.shared.run(statements) : this.commit(statements);
  }

  /** One round trip: the server runs one statement after the other and stops at the first that fails. */
  private async commit(statements: readonly Statement[]): Promise<WriteResult[]> {
    const sql = `START TRANSACTION; ${statements.map((statement) => statement.sql).join('; ')}; COMMIT`;
    const parameters = statements.flatMap((statement) => statement.parameters);
    const connection = await new Promise<PoolConnection>((resolve, reject) =>
      this.pool.getConnection((error, given) => (error ? reject(error) : resolve(given))),
    );
    try {
      const results = await new Promise<ResultSetHeader[]>((resolve, reject) =>
        connection.query<ResultSetHeader[]>(sql, parameters, (error, answer) =>
          error ? reject(error) : resolve(answer),
        ),
      );
      connection.release();
      return results.slice(1, -1);
    } catch (error) {
      connection.query('ROLLBACK', (failure) => (failure ? connection.destroy() : connection.release()));
      throw error;
    }
  }
}

function executorOn(connection: Pool | PoolConnection): Omit<Executor, 'manager'> {
  const run = <Result extends RowDataPacket[] | ResultSetHeader>(sql: string, parameters: readonly SqlValue[]) =>
    new Promise<Result>((resolve, reject) => {
      const done = (error: Error | null, result: Result, _fields: FieldPacket[]) =>
        error ? reject(error) : resolve(result);
      connection.execute<Result>(sql, parameters as SqlValue[], done);
    });
  return {
    query: async <Row>(sql: string, parameters: readonly SqlValue[] = []) =>
      (await run<RowDataPacket[]>(sql, parameters)) as Row[],
    execute: (sql: string, parameters: readonly SqlValue[] = []) => run<ResultSetHeader>(sql, parameters),
  };
}
