import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import mysql, { Pool, PoolConnection, PoolOptions } from 'mysql2';
import { DataSourceOptions } from 'typeorm';
import { Config } from '../config/config.js';
import { entities } from './entities.js';
import { migrations } from './migrations/index.js';

/** How long a SQLite writer waits for another process (a command line beside a running server). */
const SQLITE_BUSY_MS = 10_000;

/** The one description of the database, for the server, the command line and the tests. */
export function dataSourceOptions(config: Config): DataSourceOptions {
  const common = { entities, migrations, synchronize: false, migrationsRun: false, logging: false } as const;
  const target = config.database;
  if (target.engine === 'mysql')
    return {
      ...common,
      type: 'mysql',
      driver: preparingMysql,
      host: target.host,
      port: target.port,
      username: target.user,
      password: target.password,
      database: target.database,
      charset: 'utf8mb4_bin',
      poolSize: config.databasePoolSize,
      // A unit of work whose statements are all known is sent in one go (MysqlDatabase.batch).
      multipleStatements: true,
      // All our integers are below 2^53.
      supportBigNumbers: true,
      bigNumberStrings: false,
      extra: { maxPreparedStatements: 1000, enableKeepAlive: true },
    };
  const file = target.file === ':memory:' ? target.file : resolve(target.file);
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  return {
    ...common,
    type: 'better-sqlite3',
    // Loaded only where it is used: the engine takes its memory.
    driver: createRequire(import.meta.url)('libsql') as unknown,
    database: file,
    timeout: SQLITE_BUSY_MS,
    prepareDatabase: prepareSqlite,
  };
}

/** The driver, with every connection of its pool prepared: TypeORM opens the first before anybody else can. */
const preparingMysql = {
  createPool(options: PoolOptions): Pool {
    const pool = mysql.createPool(options);
    pool.on('connection', prepareMysql);
    return pool;
  },
};

function prepareMysql(connection: PoolConnection): void {
  // The order of rows and keys is ours to decide, not the server's settings'. READ COMMITTED takes no locks on gaps,
  // which concurrent inserts into one index would wait for each other on.
  connection.query(
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
  );
}

function prepareSqlite(connection: { exec(sql: string): void }): void {
  // Readers of other processes never wait for a writer; an acknowledged commit survives a power cut.
  connection.exec(`PRAGMA busy_timeout = ${SQLITE_BUSY_MS}`);
  connection.exec('PRAGMA journal_mode = WAL');
  connection.exec('PRAGMA synchronous = FULL');
  connection.exec('PRAGMA cache_size = -16384');
}
