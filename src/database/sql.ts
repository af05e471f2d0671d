/** What a question mark in a statement can stand for. */
export type SqlValue = string | number | null;

/** One statement with its values, in the order of the question marks. */
export interface Statement {
  sql: string;
  parameters: readonly SqlValue[];
  /** The id of the row that it locks, for a unit that begins with it. */
  lock?: number;
  /** It is made by {@link counting}, so it may be put together with others. */
  counter?: boolean;
}

/** Moves a counter. Last in a unit, since the row is shared by many. */
export const counting = (
  table: 'users' | 'applications',
  column: string,
  id: number,
  change: number,
): Statement & { counter: true } => ({
  sql: `UPDATE ${table} SET ${column} = ${column} + ? WHERE id = ?`,
  parameters: [change, id],
  counter: true,
});

/** A condition with its values. */
export interface Condition {
  sql: string;
  parameters: SqlValue[];
}

/** All of the conditions hold. */
export function conjunction(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map((condition) => condition.sql).join(' AND '),
    parameters: conditions.flatMap((condition) => condition.parameters),
  };
}

/** A number of rows for LIMIT or OFFSET, written into the statement: MySQL prepares no other than whole ones there. */
export function rows(count: number): string {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`${count} is no number of rows`);
  return String(count);
}

/** As many question marks as there are values. */
export const marks = (values: readonly unknown[]): string => values.map(() => '?').join(', ');

/** The text as a LIKE pattern that finds it anywhere, with `!` as the escape character. */
export const likePattern = (text: string): string => `%${text.replace(/[!%_]/g, '!$&')}%`;

/** The texts in `column` that begin so, found in an index of it. */
export const beginsWith = (column: string, text: string): Condition => ({
  sql: `${column} >= ? AND ${column} < ?`,
  parameters: [text, `${text}${LAST_CHARACTER}`],
});

/** Sorts behind every other character. */
const LAST_CHARACTER = '\u{10FFFF}';
