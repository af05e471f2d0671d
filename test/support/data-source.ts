import 'reflect-metadata';
import { DataSource, DataSourceOptions } from 'typeorm';
import { loadConfig } from '../../src/config/config.js';
import { dataSourceOptions } from '../../src/database/data-source.options.js';
import { Database } from '../../src/database/database.js';
import { MysqlDatabase } from '../../src/database/mysql.database.js';
import { SqliteDatabase } from '../../src/database/sqlite.database.js';

/** Connects to a database as the server does, without a server; nothing is migrated. */
export function connect(url = process.env.DATABASE_URL!): Promise<DataSource> {
  return new DataSource(options(url)).initialize();
}

/**
 * The same for comparing schemas. TypeORM has to be told when a server that speaks MySQL is a MariaDB, which writes the
 * defaults of columns differently into its catalogue.
 */
export async function connectForComparison(): Promise<DataSource> {
  const url = process.env.DATABASE_URL!;
  if (!url.startsWith('mysql:')) return connect(url);
  const asked = await connect(url);
  const [row] = await asked.query<{ version: string }[]>('SELECT VERSION() AS version');
  if (!row!.version.includes('MariaDB')) return asked;
  await asked.destroy();
  return new DataSource({ ...options(url), type: 'mariadb' } as DataSourceOptions).initialize();
}

const options = (url: string): DataSourceOptions =>
  dataSourceOptions(loadConfig({ DATABASE_URL: url, DATABASE_POOL_SIZE: '4' }));

export function databaseOn(dataSource: DataSource): Database {
  return dataSource.options.type === 'mysql' ? new MysqlDatabase(dataSource) : new SqliteDatabase(dataSource);
}
