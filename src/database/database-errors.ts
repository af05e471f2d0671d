/** A unique index already holds the value. */
const DUPLICATE = new Set(['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']);
/** A column that must have a value got none: how a statement says that the row it depends on is gone. */
const MISSING = new Set(['ER_BAD_NULL_ERROR', 'SQLITE_CONSTRAINT_NOTNULL']);
/** The same work can succeed when it is tried again. */
const TRANSIENT = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_CHECKREAD',
  'SQLITE_BUSY',
  'SQLITE_BUSY_SNAPSHOT',
]);

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  // TypeORM wraps what the driver threw.
  const cause = (error as { driverError?: unknown }).driverError ?? error;
  const code = (cause as { code?: unknown }).code;
  return typeof code === 'string' ? code : '';
}

export const isDuplicate = (error: unknown): boolean => DUPLICATE.has(codeOf(error));
/** A column that must have a value got none: this one, if one is named. */
export const isMissingReference = (error: unknown, column = ''): boolean =>
  MISSING.has(codeOf(error)) && error instanceof Error && error.message.includes(column);
export const isTransient = (error: unknown): boolean => TRANSIENT.has(codeOf(error));

/** The database answered that it did not do it. After a lost connection nobody knows. */
export const isRefusal = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'sqlState' in error && !(error as { fatal?: boolean }).fatal;
