import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import mysql from 'mysql2/promise';

const MYSQL_DATABASE = 'chatkitty_bench';

/** A place for the data set; made, found again and taken away here. `folder` holds what the bench leaves on the disk. */
export function databaseFor(engine, folder) {
  return engine === 'mysql'
    ? new MysqlPlace(new URL(process.env.BENCH_DATABASE_URL))
    : new SqlitePlace(join(folder, 'chatkitty.sqlite'));
}

class SqlitePlace {
  name = 'SQLite';

  constructor(file) {
    this.file = file;
    this.url = `sqlite:${file}`;
  }

  async exists() {
    return existsSync(this.file);
  }

  async create() {
    await this.drop();
    mkdirSync(join(this.file, '..'), { recursive: true });
  }

  async drop() {
    for (const suffix of ['', '-wal', '-shm']) rmSync(this.file + suffix, { force: true });
  }

  async connect() {
    const connection = new Libsql(this.file);
    // The server may be writing.
    connection.exec('PRAGMA busy_timeout = 10000');
    return {
      // Plain numbers would arrive as floating-point values, and be spelled 1.0 in texts.
      run: async (sql, parameters = []) => void connection.prepare(sql).run(...parameters.map(whole)),
      query: async (sql, parameters = []) => connection.prepare(sql).all(...parameters),
      /** The data set can be made again, so it need not survive a power cut. */
      hurry: async () => connection.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -524288'),
      /** Takes the indexes of a table away; the answer brings them back. Sorting once is faster than a million inserts. */
      async liftIndexes(table) {
        const indexes = connection
          .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?")
          .all(table);
        for (const { name } of indexes) connection.exec(`DROP INDEX "${name}"`);
        return async () => indexes.forEach(({ sql }) => connection.exec(sql));
      },
      /** An empty table like another, with its indexes. */
      async copyTable(table, copy) {
        connection.exec(`DROP TABLE IF EXISTS ${copy}`);
        const made = connection.prepare(
          'SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL',
        );
        for (const { type, name, sql } of made.all(table).sort((a, b) => (a.type < b.type ? 1 : -1)))
          if (type === 'table') connection.exec(sql.replace(`"${table}"`, `"${copy}"`));
          else if (type === 'index')
            connection.exec(sql.replace(`"${name}"`, `"${copy}_${name}"`).replace(`"${table}"`, `"${copy}"`));
      },
      // No ANALYZE: the server does not run it either, so the planner knows as much as it does in production.
      settle: async () => connection.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
      close: async () => connection.close(),
    };
  }
}

const whole = (value) => (typeof value === 'number' ? BigInt(value) : value);

class MysqlPlace {
  name = 'MySQL';

  constructor(server) {
    this.server = server;
    const database = new URL(server);
    database.pathname = `/${MYSQL_DATABASE}`;
    this.url = database.href;
  }

  async exists() {
    const found = await this.onServer(`SHOW DATABASES LIKE '${MYSQL_DATABASE}'`);
    return found.length > 0;
  }

  async create() {
    await this.drop();
    await this.onServer(`CREATE DATABASE ${MYSQL_DATABASE}`);
  }

  async drop() {
    await this.onServer(`DROP DATABASE IF EXISTS ${MYSQL_DATABASE}`);
  }

  async connect() {
    const connection = await mysql.createConnection(this.url);
    const query = async (sql, parameters) => (await connection.query(sql, parameters))[0];
    return {
      run: query,
      query,
      hurry: () => query('SET SESSION unique_checks = 0, foreign_key_checks = 0'),
      async liftIndexes(table) {
        const [{ 'Create Table': definition }] = await query(`SHOW CREATE TABLE ${table}`);
        const indexes = [...definition.matchAll(/^ +((?:UNIQUE )?KEY `(\w+)` .*?),?$/gm)];
        const change = (changes) => query(`ALTER TABLE ${table} ${changes.join(', ')}`);
        if (indexes.length === 0) return async () => {};
        await change(indexes.map(([, , name]) => `DROP INDEX ${name}`));
        return () => change(indexes.map(([, index]) => `ADD ${index}`));
      },
      async copyTable(table, copy) {
        await query(`DROP TABLE IF EXISTS ${copy}`);
        await query(`CREATE TABLE ${copy} LIKE ${table}`);
      },
      settle: () => query('ANALYZE TABLE users, channels, memberships, messages, threads'),
      close: () => connection.end(),
    };
  }

  async onServer(sql) {
    const server = new URL(this.server);
    server.pathname = '/';
    const connection = await mysql.createConnection(server.href);
    try {
      return (await connection.query(sql))[0];
    } finally {
      await connection.end();
    }
  }
}
