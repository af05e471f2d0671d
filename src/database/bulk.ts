import { Injectable } from '@nestjs/common';
import { Database } from './database.js';
import { marks, SqlValue } from './sql.js';

/**
 * Rows in one statement. Few different sizes, since a statement is prepared once for each: 300 rows are written as 256,
 * 16, 16, 4, 4, 4 rather than by a statement that nobody needs again.
 */
const PORTIONS = [256, 64, 16, 4, 1] as const;

/** Many rows by few statements, in the open unit of work. Names of tables and columns are ours, never a caller's. */
@Injectable()
export class Bulk {
  constructor(private readonly database: Database) {}

  /**
   * Inserts the rows; answers their ids in the same order, of tables whose ids the database gives. Columns that are null
   * in every row are left out, as what may be null has no other default: values cost more than the rows that hold them.
   */
  async insert(table: string, columns: readonly string[], rows: readonly (readonly SqlValue[])[]): Promise<number[]> {
    const used = columns.flatMap((_, column) => (rows.some((row) => row[column] !== null) ? [column] : []));
    const names = used.map((column) => columns[column]).join(', ');
    const row = `(${marks(used)})`;
    const step = rows.length > 1 ? await this.step() : 1;
    const ids: number[] = [];
    for (const some of portions(rows)) {
      const values: SqlValue[] = [];
      for (const given of some) for (const column of used) values.push(given[column]!);
      const { insertId } = await this.database.execute(
        `INSERT INTO ${table} (${names}) VALUES ${some.map(() => row).join(', ')}`,
        values,
      );
      const first = this.database.dialect.insertIdIsOfLastRow ? insertId - (some.length - 1) * step : insertId;
      for (let index = 0; index < some.length; index++) ids.push(first + index * step);
    }
    if (rows.length > PORTIONS[0] && (await this.step()) !== step) throw new Error('Ids were not given as expected');
    return ids;
  }

  /** Adds to a column of many rows, to each what it is given. In the order of ids, as everybody locks rows. */
  async add(table: string, column: string, changes: ReadonlyMap<number, number>): Promise<void> {
    const changed = [...changes].filter(([, change]) => change !== 0).sort(([a], [b]) => a - b);
    const [first] = changed;
    const isSame = changed.every(([, change]) => change === first![1]);
    for (const some of portions(changed)) {
      const ids = some.map(([id]) => id);
      // An engine goes through a list of cases for each row.
      const change = isSame ? '?' : `CASE id ${some.map(() => 'WHEN ? THEN ?').join(' ')} ELSE 0 END`;
      await this.database.execute(
        `UPDATE ${table} SET ${column} = ${column} + ${change} WHERE id IN (${marks(some)})`,
        [...(isSame ? [first![1]] : some.flat()), ...ids],
      );
    }
  }

  /** Raises a column of many rows to what each is given, unless it is higher. */
  async raise(table: string, column: string, values: ReadonlyMap<number, number>): Promise<void> {
    const sorted = [...values].sort(([a], [b]) => a - b);
    for (const some of portions(sorted)) {
      const cases = some.map(() => 'WHEN ? THEN ?').join(' ');
      const higher = this.database.dialect.greatest(`COALESCE(${column}, 0)`, `CASE id ${cases} ELSE 0 END`);
      await this.database.execute(`UPDATE ${table} SET ${column} = ${higher} WHERE id IN (${marks(some)})`, [
        ...some.flat(),
        ...some.map(([id]) => id),
      ]);
    }
  }

  /** Deletes the rows that have one of these values in a column. */
  async delete(table: string, column: string, values: readonly SqlValue[]): Promise<void> {
    for (const some of portions(values))
      await this.database.execute(`DELETE FROM ${table} WHERE ${column} IN (${marks(some)})`, some);
  }

  /** Selects by a list of values, a portion at a time. `sql` has the question marks of the list where it says `(:list)`. */
  async select<Row>(sql: string, parameters: readonly SqlValue[], list: readonly SqlValue[]): Promise<Row[]> {
    const found: Row[] = [];
    for (const some of portions(list)) {
      const text = sql.replace(':list', marks(some));
      found.push(...(await this.database.query<Row>(text, [...parameters, ...some])));
    }
    return found;
  }

  /** Runs a statement for a list of values, a portion at a time; as {@link select} it says `(:list)`. */
  async execute(sql: string, parameters: readonly SqlValue[], list: readonly SqlValue[]): Promise<void> {
    for (const some of portions(list))
      await this.database.execute(sql.replace(':list', marks(some)), [...parameters, ...some]);
  }

  /**
   * Rows of one statement have ids one behind the other, so far apart: more than 1 where several servers give ids at the
   * same time (Galera). That can change while they run.
   */
  private async step(): Promise<number> {
    const { idStep } = this.database.dialect;
    if (idStep === undefined) return 1;
    const [row] = await this.database.query<{ step: number }>(idStep);
    return Number(row!.step);
  }
}

function* portions<T>(values: readonly T[]): Generator<T[]> {
  let from = 0;
  for (const size of PORTIONS)
    while (values.length - from >= size) {
      yield values.slice(from, from + size);
      from += size;
    }
}
