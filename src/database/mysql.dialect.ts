import { Dialect, FullTextWord } from './dialect.js';
import { Condition, conjunction, likePattern } from './sql.js';

/** MySQL and MariaDB. */
export const mysqlDialect: Dialect = {
  lastInsertId: 'LAST_INSERT_ID()',
  insertIdIsOfLastRow: false,
  idStep: 'SELECT @@SESSION.auto_increment_increment AS step',
  readBy: (index) => `FORCE INDEX (${index})`,
  joinInOrder: 'STRAIGHT_JOIN',
  forUpdate: 'FOR UPDATE',
  lockRow: (table, id) => [{ sql: `SELECT id FROM ${table} WHERE id = ? FOR UPDATE`, parameters: [id], lock: id }],
  forUpdateSkipLocked: 'FOR UPDATE SKIP LOCKED',
  onDuplicate: () => 'ON DUPLICATE KEY UPDATE',
  insertNew: 'INSERT IGNORE',
  // MySQL has a newer way to say this, which MariaDB does not know.
  addingTo: (_key, columns) =>
    `ON DUPLICATE KEY UPDATE ${columns.map((name) => `${name} = ${name} + VALUES(${name})`).join(', ')}`,
  greatest: (a, b) => `GREATEST(${a}, ${b})`,
  contains: (column, value): Condition => new Containment().of(column, value),
  containsText: (column, text): Condition => ({
    sql: `LOWER(${column}) LIKE LOWER(?) ESCAPE '!'`,
    parameters: [likePattern(text)],
  }),
  hasWords: (table, groups): Condition => ({
    sql: `MATCH(${table}.words) AGAINST(? IN BOOLEAN MODE)`,
    parameters: [groups.map((words) => `(${words.map(requiredWord).join(' ')})`).join(' ')],
  }),
  fullTextSpan: 32_768,
  isIdOrderLoose: true,
};

const requiredWord = ({ word, isPrefix }: FullTextWord): string => `+${word}${isPrefix ? '*' : ''}`;

/**
 * JSON_CONTAINS is quick, but takes an array with an equal element for the equal itself, at any depth. So where the value
 * has something that is no array there must be no array, and each element of an array is looked for by itself.
 */
class Containment {
  private elements = 0;

  of(source: string, value: unknown): Condition {
    const roughly = { sql: `JSON_CONTAINS(${source}, ?)`, parameters: [JSON.stringify(value)] };
    return conjunction([roughly, ...this.exactly(source, '$', value)]);
  }

  private exactly(source: string, path: string, value: unknown): Condition[] {
    if (Array.isArray(value)) return value.map((part) => this.element(source, path, part));
    const single = { sql: `JSON_TYPE(JSON_EXTRACT(${source}, ?)) <> 'ARRAY'`, parameters: [path] };
    // MariaDB's JSON_CONTAINS takes numbers for equal that differ by less than 1e-12.
    if (typeof value === 'number')
      return [single, { sql: `JSON_EXTRACT(${source}, ?) + 0e0 = ?`, parameters: [path, value] }];
    const parts = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return [single, ...parts.flatMap(([key, part]) => this.exactly(source, `${path}.${JSON.stringify(key)}`, part))];
  }

  private element(source: string, path: string, part: unknown): Condition {
    const element = `e${this.elements++}`;
    const { sql, parameters } = this.of(`${element}.value`, part);
    return {
      sql: `EXISTS (SELECT 1 FROM JSON_TABLE(JSON_EXTRACT(${source}, ?), '$[*]' COLUMNS (value JSON PATH '$')) ${element} WHERE ${sql})`,
      parameters: [path, ...parameters],
    };
  }
}
