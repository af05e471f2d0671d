import { DataSource } from 'typeorm';
import { MysqlDriver } from 'typeorm/driver/mysql/MysqlDriver.js';

const LOCK = 'chat-platform.schema';
const LOCK_SECONDS = 120;

/**
 * Runs `work` while no other process that starts on the same database does: migrations and first-start data are made
 * once, however many processes begin together. Must run before the data source is used for anything else.
 */
export async function exclusively<T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> {
  return dataSource.options.type === 'mysql' ? withNamedLock(dataSource, work) : inOneTransaction(dataSource, work);
}

async function withNamedLock<T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> {
  // A lock of the server belongs to the connection: it is gone when the process is.
  const holder = (dataSource.driver as MysqlDriver).createQueryRunner('master');
  const name = `${LOCK}.${String(dataSource.options.database)}`.slice(0, 64);
  try {
    const [row] = (await holder.query('SELECT GET_LOCK(?, ?) AS held', [name, LOCK_SECONDS])) as { held: unknown }[];
    if (Number(row?.held) !== 1) throw new Error('Another process has been migrating this database for two minutes');
    const result = await work();
    await holder.query('SELECT RELEASE_LOCK(?)', [name]);
    return result;
  } finally {
    await holder.release();
  }
}

async function inOneTransaction<T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  await runner.query('BEGIN IMMEDIATE');
  try {
    const result = await work();
    await runner.query('COMMIT');
    return result;
  } catch (error) {
    await runner.query('ROLLBACK');
    throw error;
  }
}

/** Applies what is missing; answers the names. Call it inside {@link exclusively}. */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const applied = await dataSource.runMigrations({ transaction: 'none' });
  return applied.map((migration) => migration.name);
}

export interface MigrationStatus {
  name: string;
  applied: boolean;
}

export async function migrationStatus(dataSource: DataSource): Promise<MigrationStatus[]> {
  const runner = dataSource.createQueryRunner();
  try {
    const exists = await runner.hasTable('migrations');
    const rows = exists ? ((await runner.query('SELECT name FROM migrations')) as { name: string }[]) : [];
    const applied = new Set(rows.map((row) => row.name));
    return dataSource.migrations.map(({ name = '' }) => ({ name, applied: applied.has(name) }));
  } finally {
    if (dataSource.options.type === 'mysql') await runner.release();
  }
}
