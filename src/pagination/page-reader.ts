import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { ClientError } from '../errors/api-error.js';
import { behind, decodePosition, encodePosition, orderBy, Position, reversed } from './keyset.js';
import { Page } from './page.js';
import { PageQuery, pageSize } from './page-query.js';
import { SortKey, Sortable, sortKeys } from './sort.js';
import { Condition, conjunction, rows, SqlValue } from '../database/sql.js';

/** A collection to read pages of. */
export interface PageSource {
  /** The selected columns, with the alias of the table. */
  columns: string;
  /** The table with its alias, and the tables that a filter or an order needs. */
  from: string;
  /** What further tables the columns need; joined to the rows of the page only. */
  join?: string;
  /** Which rows belong to the collection. */
  where: Condition[];
  /** What it can be sorted by; the first is the default. */
  sortable: Sortable;
  /** The column by which rows are found again, or the columns: `u.id`. They end every order, to make it unique. */
  key: string | readonly string[];
  /** Other columns whose values are unique in the collection; an order that has one needs no further end. */
  unique?: readonly string[];
  /** The kept number of rows, of a collection that is all of a table's that the tenant has; otherwise they are counted. */
  total?: () => Promise<number>;
  /** The kept number once more, as SQL: it comes with the rows of pages that can be read without it. */
  totalInRow?: Condition;
}

interface Found<Row> {
  items: Row[];
  hasNext: boolean;
}

/** Reads numbered pages. */
@Injectable()
export class PageReader {
  constructor(private readonly database: Database) {}

  async read<Row>(source: PageSource, query: PageQuery): Promise<Page<Row>> {
    const size = pageSize(query.size);
    const number = query.page ?? 0;
    const keys = sortKeys(query.sort, source.sortable, keyOf(source), source.unique);
    // Only a page that is far in needs the number first, to be read from the nearer end.
    const isFarIn = number > 0 && query.after === undefined && query.before === undefined;
    const [total, { items, hasNext }] = isFarIn
      ? await this.farIn<Row>(source, keys, number, size)
      : await this.atHand<Row>(source, keys, query, size);
    const position = (row: Row | undefined) => row && encodePosition(positionIn(row, keys), keys);
    return new Page(items, number, size, total, position(items.at(-1)), position(items[0]), hasNext);
  }

  private total(source: PageSource): Promise<number> {
    return source.total ? source.total() : this.count(source);
  }

  private async farIn<Row>(
    source: PageSource,
    keys: SortKey[],
    number: number,
    size: number,
  ): Promise<[number, Found<Row>]> {
    const total = await this.total(source);
    return [total, await this.numbered<Row>(source, keys, number, size, total)];
  }

  private async atHand<Row>(
    source: PageSource,
    keys: SortKey[],
    query: PageQuery,
    size: number,
  ): Promise<[number, Found<Row>]> {
    if (!source.totalInRow) return Promise.all([this.total(source), this.near<Row>(source, keys, query, size)]);
    const found = await this.near<Row & { [TOTAL]?: number }>(source, keys, query, size);
    return [found.items[0]?.[TOTAL] ?? (await this.total(source)), found];
  }

  private async count({ from, where }: PageSource): Promise<number> {
    const { sql, parameters } = conjunction(where);
    const [row] = await this.database.query<{ n: number }>(
      `SELECT COUNT(*) AS n FROM ${from} WHERE ${sql}`,
      parameters,
    );
    return Number(row!.n);
  }

  /** The first page, or the one beside a known row. */
  private async near<Row>(source: PageSource, keys: SortKey[], query: PageQuery, size: number): Promise<Found<Row>> {
    const { after, before } = query;
    if (after === undefined && before !== undefined) {
      const position = decodePosition(before, 'before', keys);
      const items = await this.beside<Row>(source, reversed(keys), position, size);
      return { items: items.reverse(), hasNext: items.length > 0 };
    }
    // One row more tells whether there is a next page.
    const items =
      after === undefined
        ? await this.select<Row>(source, keys, size + 1, 0)
        : await this.beside<Row>(source, keys, decodePosition(after, 'after', keys), size + 1);
    return { items: items.slice(0, size), hasNext: items.length > size };
  }

  /** The rows that follow a known one: costs the same at any depth. */
  private beside<Row>(source: PageSource, keys: SortKey[], position: Position, count: number): Promise<Row[]> {
    return this.select<Row>({ ...source, where: [...source.where, behind(position, keys)] }, keys, count, 0);
  }

  private async numbered<Row>(
    source: PageSource,
    keys: SortKey[],
    number: number,
    size: number,
    total: number,
  ): Promise<Found<Row>> {
    const offset = number * size;
    if (offset >= total) {
      const last = Math.max(0, Math.ceil(total / size) - 1);
      throw ClientError.of('Page', 'page', 'invalid', `is beyond the last page, ${last}`);
    }
    const count = Math.min(size, total - offset);
    const fromEnd = total - offset - count;
    // Skipping rows costs time: it is done from the nearer end.
    const items =
      fromEnd < offset
        ? (await this.select<Row>(source, reversed(keys), count, fromEnd)).reverse()
        : await this.select<Row>(source, keys, size, offset);
    return { items, hasNext: fromEnd > 0 };
  }

  private select<Row>(source: PageSource, keys: SortKey[], count: number, offset: number): Promise<Row[]> {
    const { sql, parameters } = conjunction(source.where);
    const { join = '', columns } = source;
    const key = keyOf(source);
    const [first] = keys;
    const hint = source.total && first?.index ? this.database.dialect.readBy(first.index) : '';
    const from = `${source.from} ${hint}`;
    const order = orderBy(keys);
    const isFound = key.map((column) => `${column} = page.${column.slice(column.indexOf('.') + 1)}`).join(' AND ');
    const positions = keys.map(({ column }, index) => `${column} AS ${KEY_PREFIX}${index}`).join(', ');
    if (offset === 0 && source.totalInRow) {
      const { sql: total, parameters: ofTotal } = source.totalInRow;
      return this.database.query<Row>(
        `SELECT ${columns}, ${positions}, (${total}) AS ${TOTAL} FROM ${from} ${join} WHERE ${sql} ORDER BY ${order} LIMIT ${rows(count)}`,
        [...ofTotal, ...parameters],
      );
    }
    // Rows that are skipped are read from the index alone; the whole row only for those on the page.
    const text =
      offset === 0
        ? `SELECT ${columns}, ${positions} FROM ${from} ${join} WHERE ${sql} ORDER BY ${order} LIMIT ${rows(count)}`
        : `SELECT ${columns}, ${positions} FROM (SELECT ${key.join(', ')} FROM ${from} WHERE ${sql} ORDER BY ${order} LIMIT ${rows(count)} OFFSET ${rows(offset)}) page, ${source.from} ${join} WHERE ${isFound} AND ${sql} ORDER BY ${order}`;
    return this.database.query<Row>(text, offset === 0 ? parameters : [...parameters, ...parameters]);
  }
}

const KEY_PREFIX = 'sort_key_';
const TOTAL = 'collection_total';

const keyOf = ({ key }: PageSource): readonly string[] => (typeof key === 'string' ? [key] : key);

function positionIn(row: unknown, keys: SortKey[]): Position {
  return keys.map((_, index) => (row as Record<string, SqlValue>)[`${KEY_PREFIX}${index}`] ?? null);
}
