import { Dialect } from './dialect.js';
import { Condition, likePattern, SqlValue } from './sql.js';

/** SQLite. */
export const sqliteDialect: Dialect = {
  lastInsertId: 'last_insert_rowid()',
  forUpdate: '',
  forUpdateSkipLocked: '',
  greatest: (a, b) => `MAX(${a}, ${b})`,
  contains: (column, value): Condition => new Containment().of(column, '$', value),
  containsText: (column, text): Condition => ({
    sql: `LOWER(${column}) LIKE LOWER(?) ESCAPE '!'`,
    parameters: [likePattern(text)],
  }),
};

/** SQLite has no JSON_CONTAINS: the value is spelled out as conditions on its parts. */
class Containment {
  private elements = 0;

  of(source: string, path: string, value: unknown): Condition {
    if (Array.isArray(value)) return this.array(source, path, value);
    if (typeof value === 'object' && value !== null) return this.object(source, path, value);
    return scalar(`json_type(${source}, ?)`, `json_extract(${source}, ?)`, [path], value);
  }

  private object(source: string, path: string, value: object): Condition {
    const parts = Object.entries(value).map(([key, part]) => this.of(source, `${path}.${JSON.stringify(key)}`, part));
    return all([{ sql: `json_type(${source}, ?) = 'object'`, parameters: [path] }, ...parts]);
  }

  private array(source: string, path: string, value: unknown[]): Condition {
    const parts = value.map((part) => {
      const element = `e${this.elements++}`;
      const match =
        typeof part === 'object' && part !== null
          ? all([
              { sql: `${element}.type = '${Array.isArray(part) ? 'array' : 'object'}'`, parameters: [] },
              this.of(`${element}.value`, '$', part),
            ])
          : scalar(`${element}.type`, `${element}.atom`, [], part);
      return {
        sql: `EXISTS (SELECT 1 FROM json_each(${source}, ?) ${element} WHERE ${match.sql})`,
        parameters: [path, ...match.parameters],
      };
    });
    return all([{ sql: `json_type(${source}, ?) = 'array'`, parameters: [path] }, ...parts]);
  }
}

function scalar(type: string, content: string, path: SqlValue[], value: unknown): Condition {
  if (value === null) return { sql: `${type} = 'null'`, parameters: path };
  if (typeof value === 'boolean') return { sql: `${type} = '${value}'`, parameters: path };
  if (typeof value === 'number')
    return { sql: `(${type} IN ('integer', 'real') AND ${content} = ?)`, parameters: [...path, ...path, value] };
  return { sql: `(${type} = 'text' AND ${content} = ?)`, parameters: [...path, ...path, value as string] };
}

function all(conditions: Condition[]): Condition {
  return {
    sql: `(${conditions.map((condition) => condition.sql).join(' AND ')})`,
    parameters: conditions.flatMap((condition) => condition.parameters),
  };
}
