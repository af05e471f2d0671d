import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { CursorPage } from './page.js';
import { CursorQuery } from './cursor-query.js';
import { pageSize } from './page-query.js';
import { Condition, conjunction, rows } from '../database/sql.js';

/** A collection to read by cursor. The cursor is the id; newest first. */
export interface CursorSource {
  columns: string;
  from: string;
  where: Condition[];
  /** The column of the id: `m.id`. */
  id: string;
  /** The kept number of rows; without it they are counted. */
  total?: number | TotalInRow;
}

/** A collection that no single query reads, by which it finds its pages. */
export interface CursorCollection<Row> {
  /** Its newest, or the newest up to an id: at most so many, newest first. */
  upTo(id: number | undefined, count: number): Promise<Row[]>;
  /** Those that follow an id: at most so many, oldest first. */
  behind(id: number, count: number): Promise<Row[]>;
  total(found: readonly Row[]): number | Promise<number>;
}

/** The kept number stands in a table that is joined anyway, so that it costs no look-up of its own. */
export interface TotalInRow {
  column: string;
  /** The number when there is no row to read it from. May find that there is no such collection. */
  whenEmpty: () => Promise<number>;
}

const TOTAL = 'collection_total';

/** Reads pages by cursor. Whoever follows `next` sees each row once, whatever is written meanwhile. */
@Injectable()
export class CursorReader {
  constructor(private readonly database: Database) {}

  read<Row extends { id: number }>(source: CursorSource, query: CursorQuery): Promise<CursorPage<Row>> {
    const collection: CursorCollection<Row> = {
      upTo: (id, count) => this.select<Row>(source, id === undefined ? [] : [at(source, '<=', id)], 'DESC', count),
      behind: (id, count) => this.select<Row>(source, [at(source, '>', id)], 'ASC', count),
      total: (found) => this.total(source, found),
    };
    return this.readFrom(collection, query, (id) => this.exists(source, id));
  }

  /** `isFollowed`: whether there is something newer than an id, where that is known for less than the row itself. */
  async readFrom<Row extends { id: number }>(
    collection: CursorCollection<Row>,
    query: CursorQuery,
    isFollowed = async (id: number): Promise<boolean> => (await collection.behind(id, 1)).length > 0,
  ): Promise<CursorPage<Row>> {
    const size = pageSize(query.size);
    const { relation, start } = query;
    const found =
      relation === 'PREVIOUS' && start !== undefined
        ? await newer(collection, start, size)
        : await from(collection, anchor(query), size, isFollowed);
    const total = await collection.total(found.items);
    return new CursorPage(found.items, size, total, found.items[0]?.id ?? undefined, found.next, found.hasPrevious);
  }

  private total(source: CursorSource, items: readonly object[]): number | Promise<number> {
    const { total } = source;
    if (typeof total === 'number') return total;
    if (total === undefined) return this.count(source);
    const [first] = items as { [TOTAL]: number }[];
    return first ? first[TOTAL] : total.whenEmpty();
  }

  private select<Row>(source: CursorSource, more: Condition[], direction: string, count: number): Promise<Row[]> {
    const { sql, parameters } = conjunction([...source.where, ...more]);
    const total = typeof source.total === 'object' ? `, ${source.total.column} AS ${TOTAL}` : '';
    return this.database.query<Row>(
      `SELECT ${source.columns}${total} FROM ${source.from} WHERE ${sql} ORDER BY ${source.id} ${direction} LIMIT ${rows(count)}`,
      parameters,
    );
  }

  private async exists(source: CursorSource, start: number): Promise<boolean> {
    const { sql, parameters } = conjunction([...source.where, at(source, '>', start)]);
    const found = await this.database.query(`SELECT 1 FROM ${source.from} WHERE ${sql} LIMIT 1`, parameters);
    return found.length > 0;
  }

  private async count(source: CursorSource): Promise<number> {
    const { sql, parameters } = conjunction(source.where);
    const [row] = await this.database.query<{ n: number }>(
      `SELECT COUNT(*) AS n FROM ${source.from} WHERE ${sql}`,
      parameters,
    );
    return Number(row!.n);
  }
}

/** The page that begins at `start`, or at the newest. */
async function from<Row extends { id: number }>(
  collection: CursorCollection<Row>,
  start: number | undefined,
  size: number,
  isFollowed: (id: number) => Promise<boolean>,
) {
  const items = await collection.upTo(start, size + 1);
  const next = items.length > size ? items.pop()!.id : undefined;
  const hasPrevious = start !== undefined && (await isFollowed(start));
  return { items, next, hasPrevious };
}

/** The page that ends just before `start`. */
async function newer<Row extends { id: number }>(collection: CursorCollection<Row>, start: number, size: number) {
  const items = await collection.behind(start, size + 1);
  const hasPrevious = items.length > size;
  if (hasPrevious) items.pop();
  return { items: items.reverse(), next: start, hasPrevious };
}

/** SELF and links without a relation begin at `start`, NEXT at `next`. */
export function anchor({ relation, start, next }: CursorQuery): number | undefined {
  return relation === 'NEXT' ? (next ?? start) : start;
}

const at = (source: CursorSource, comparison: string, id: number): Condition => ({
  sql: `${source.id} ${comparison} ?`,
  parameters: [id],
});
