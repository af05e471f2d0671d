import { hash } from 'node:crypto';
import { ClientError } from '../errors/api-error.js';
import { SortKey } from './sort.js';
import { Condition, SqlValue } from '../database/sql.js';

/** The values of the sort keys in a row: where a page ends or begins. */
export type Position = SqlValue[];

/** The rows behind `position` in this order. Empty values come first in ascending order, on both engines. */
export function behind(position: Position, keys: readonly SortKey[]): Condition {
  const alternatives: Condition[] = [];
  let equal: Condition = { sql: '', parameters: [] };
  keys.forEach((key, index) => {
    const value = position[index]!;
    const further = beyond(key, value);
    if (further)
      alternatives.push({
        sql: `${equal.sql}${further.sql}`,
        parameters: [...equal.parameters, ...further.parameters],
      });
    equal =
      value === null
        ? { sql: `${equal.sql}${key.column} IS NULL AND `, parameters: equal.parameters }
        : { sql: `${equal.sql}${key.column} = ? AND `, parameters: [...equal.parameters, value] };
  });
  const any = alternatives.map((alternative) => `(${alternative.sql})`).join(' OR ');
  const parameters = alternatives.flatMap((alternative) => alternative.parameters);
  // The bound on the first column says nothing new, but lets the engine start there in the index.
  const first = position[0]!;
  if (keys.length > 1 && first !== null && !keys[0]!.descending)
    return { sql: `${keys[0]!.column} >= ? AND (${any})`, parameters: [first, ...parameters] };
  return { sql: `(${any || '1 = 0'})`, parameters };
}

function beyond({ column, descending }: SortKey, value: SqlValue): Condition | undefined {
  if (value === null) return descending ? undefined : { sql: `${column} IS NOT NULL`, parameters: [] };
  return descending
    ? { sql: `(${column} < ? OR ${column} IS NULL)`, parameters: [value] }
    : { sql: `${column} > ?`, parameters: [value] };
}

export const reversed = (keys: readonly SortKey[]): SortKey[] =>
  keys.map((key) => ({ ...key, descending: !key.descending }));

export const orderBy = (keys: readonly SortKey[]): string =>
  keys.map((key) => `${key.column}${key.descending ? ' DESC' : ''}`).join(', ');

/** A position as links carry it, with a mark of the order that it is a position in. */
export function encodePosition(position: Position, keys: readonly SortKey[]): string {
  const mark = hash('sha256', `${orderBy(keys)}\n${JSON.stringify(position)}`, 'base64url').slice(0, 8);
  return Buffer.from(JSON.stringify([mark, ...position])).toString('base64url');
}

/** Reads what {@link encodePosition} wrote for the same order; anything else is the caller's mistake. */
export function decodePosition(text: string, parameter: string, keys: readonly SortKey[]): Position {
  const position = written(text);
  if (position?.length === keys.length && encodePosition(position, keys) === text) return position;
  throw ClientError.of('Page', parameter, 'invalid', 'must come from a link of the same list');
}

function written(text: string): Position | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (!Array.isArray(parts)) return undefined;
    const position: unknown[] = parts.slice(1);
    const isValue = (part: unknown) => part === null || typeof part === 'string' || Number.isSafeInteger(part);
    return position.every(isValue) ? (position as Position) : undefined;
  } catch {
    return undefined;
  }
}
