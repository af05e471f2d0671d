import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { migrations } from '../../src/database/migrations/index.js';
import { exclusively, migrate, migrationStatus } from '../../src/database/schema.js';
import { connect, connectForComparison } from '../support/data-source.js';

const isMysql = process.env.DATABASE_URL!.startsWith('mysql:');

describe('the migrations', () => {
  let dataSource: DataSource;
  beforeAll(async () => {
    dataSource = await connect();
  });
  afterAll(() => dataSource.destroy());

  const NAMES = migrations.map((Migration) => new Migration().name);
  const up = () => exclusively(dataSource, () => migrate(dataSource));
  const down = async () => {
    for (const _ of migrations) await dataSource.undoLastMigration({ transaction: 'none' });
  };
  const difference = async () => {
    const compared = isMysql ? await connectForComparison() : dataSource;
    try {
      const { upQueries } = await compared.driver.createSchemaBuilder().log();
      return upQueries.map(({ query }) => query);
    } finally {
      if (compared !== dataSource) await compared.destroy();
    }
  };
  const tables = async () => {
    const runner = dataSource.createQueryRunner();
    try {
      const found = await runner.getTables(dataSource.entityMetadatas.map(({ tableName }) => tableName));
      return found.map(({ name }) => name.split('.').at(-1)!).sort();
    } finally {
      await runner.release();
    }
  };
  const TABLES = () => dataSource.entityMetadatas.map(({ tableName }) => tableName).sort();

  it('are all missing in an empty database', async () => {
    expect(await migrationStatus(dataSource)).toEqual(NAMES.map((name) => ({ name, applied: false })));
    expect((await difference()).length).toBeGreaterThanOrEqual(TABLES().length);
  });

  it('leave no difference to the entities', async () => {
    expect(await up()).toEqual(NAMES);
    expect(await difference()).toEqual([]);
    expect(await tables()).toEqual(TABLES());
    expect(await migrationStatus(dataSource)).toEqual(NAMES.map((name) => ({ name, applied: true })));
  });

  it('are applied once', async () => {
    expect(await up()).toEqual([]);
  });

  it('can be taken back and applied again', async () => {
    await down();
    expect(await tables()).toEqual([]);
    expect((await migrationStatus(dataSource)).some(({ applied }) => applied)).toBe(false);
    expect(await up()).toEqual(NAMES);
    expect(await difference()).toEqual([]);
  });

  it('stop together with the work that they belong to', async () => {
    await expect(exclusively(dataSource, () => Promise.reject(new Error('stopped')))).rejects.toThrow('stopped');
    expect(await exclusively(dataSource, async () => 'goes on')).toBe('goes on');
  });

  it('make every name and key compare exactly', async () => {
    const insert = (name: string) =>
      dataSource.query(
        "INSERT INTO users (application_id, type, name, display_name, presence_status, properties, created_time) VALUES (1, 'PERSON', ?, ?, '', '{}', 0)",
        [name, name],
      );
    const spellings = ['ada', 'Ada', 'ADA', 'ádá', 'a\u0301da', 'ﬁ', 'fi', 'ß', 'ss', '😀', '😁'];
    for (const name of spellings) await insert(name);
    for (const name of spellings) {
      const found = await dataSource.query<{ name: string }[]>('SELECT name FROM users WHERE name = ?', [name]);
      expect(found.map((user) => user.name)).toEqual([name]);
      await expect(insert(name)).rejects.toThrow();
    }
    const sorted = await dataSource.query<{ name: string }[]>('SELECT name FROM users ORDER BY name');
    const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
    expect(sorted.map(({ name }) => name)).toEqual([...spellings].sort(byBytes));
  });

  it('make no key that is given twice, even when the newest rows are deleted', async () => {
    const insert = async () => {
      await dataSource.query(
        "INSERT INTO events (application_id, type, subject_id, payload, created_time) VALUES (1, 'user.created', 1, '{}', 0)",
      );
      const [row] = await dataSource.query<{ id: number }[]>('SELECT MAX(id) AS id FROM events');
      return Number(row!.id);
    };
    const first = await insert();
    await dataSource.query('DELETE FROM events');
    expect(await insert()).toBeGreaterThan(first);
  });
});
