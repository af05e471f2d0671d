import { Dialect } from './dialect.js';
import { Condition, likePattern } from './sql.js';

/** MySQL and MariaDB. */
export const mysqlDialect: Dialect = {
  lastInsertId: 'LAST_INSERT_ID()',
  forUpdate: 'FOR UPDATE',
  forUpdateSkipLocked: 'FOR UPDATE SKIP LOCKED',
  greatest: (a, b) => `GREATEST(${a}, ${b})`,
  contains: (column, value): Condition => ({
    sql: `JSON_CONTAINS(${column}, ?)`,
    parameters: [JSON.stringify(value)],
  }),
  containsText: (column, text): Condition => ({
    sql: `LOWER(${column}) LIKE LOWER(?) ESCAPE '!'`,
    parameters: [likePattern(text)],
  }),
};
