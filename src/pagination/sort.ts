import { ClientError } from '../errors/api-error.js';
import { toSnakeCase } from '../resource/casing.js';

/** One column that decides the order. */
export interface SortKey {
  /** As it stands in SQL: `u.name`. */
  column: string;
  descending: boolean;
  index?: string;
}

/** What a collection can be sorted by. */
export type Sortable = Readonly<Record<string, SortableBy>>;

export interface SortableBy {
  column: string;
  /** The index that has the whole collection in this order. */
  index?: string;
}

/**
 * Reads `property`, `property,asc` and `property,desc`, whose commas the query reader has already split. The order
 * always ends in the columns of the key, or in another unique one, so that no item stands on two pages.
 */
export function sortKeys(
  criteria: readonly string[] | undefined,
  sortable: Sortable,
  key: readonly string[],
  unique: readonly string[] = [],
): SortKey[] {
  const keys: SortKey[] = [];
  let last: SortKey | undefined;
  for (const word of criteria ?? []) {
    if (/^(asc|desc)$/i.test(word) && last) {
      last.descending = word.toLowerCase() === 'desc';
      continue;
    }
    const property = Object.keys(sortable).find((name) => name === word || toSnakeCase(name) === word);
    if (!property)
      throw ClientError.of(
        'Page',
        'sort',
        'invalid',
        `must name one of ${Object.keys(sortable).join(', ')}, not ${word}`,
      );
    last = { ...sortable[property]!, descending: false };
    // What is already in order cannot be ordered once more; its direction is its own all the same.
    const { column } = last;
    if (!keys.some((other) => other.column === column)) keys.push(last);
  }
  if (keys.length === 0) keys.push({ ...Object.values(sortable)[0]!, descending: false });
  const ends = key.length === 1 ? [...key, ...unique] : unique;
  const end = keys.findIndex(({ column }) => ends.includes(column));
  if (end >= 0) return keys.slice(0, end + 1);
  const { descending } = keys.at(-1)!;
  const missing = key.filter((column) => !keys.some((other) => other.column === column));
  return [...keys, ...missing.map((column) => ({ column, descending }))];
}
