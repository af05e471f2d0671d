import { ClientError } from '../errors/api-error.js';
import { toSnakeCase } from '../resource/casing.js';

/** One column that decides the order. */
export interface SortKey {
  /** As it stands in SQL: `u.name`. */
  column: string;
  descending: boolean;
}

/** What a collection can be sorted by: property → column. */
export type Sortable = Readonly<Record<string, string>>;

/**
 * Reads `property`, `property,asc` and `property,desc`, whose commas the query reader has already split. The order
 * always ends in a unique column, so that no item stands on two pages.
 */
export function sortKeys(criteria: readonly string[] | undefined, sortable: Sortable, unique: string): SortKey[] {
  const keys: SortKey[] = [];
  for (const word of criteria ?? []) {
    const last = keys.at(-1);
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
    const column = sortable[property]!;
    if (!keys.some((key) => key.column === column)) keys.push({ column, descending: false });
  }
  if (keys.length === 0) keys.push({ column: Object.values(sortable)[0]!, descending: false });
  const end = keys.findIndex((key) => key.column === unique);
  if (end >= 0) return keys.slice(0, end + 1);
  return [...keys, { column: unique, descending: keys.at(-1)!.descending }];
}
