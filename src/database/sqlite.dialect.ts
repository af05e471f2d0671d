import { Dialect, FullTextWord } from './dialect.js';
import { Condition, conjunction, likePattern, SqlValue } from './sql.js';

/** SQLite. */
export const sqliteDialect: Dialect = {
  lastInsertId: 'last_insert_rowid()',
  insertIdIsOfLastRow: true,
  idStep: undefined,
  readBy: () => '',
  joinInOrder: 'CROSS JOIN',
  forUpdate: '',
  lockRow: () => [],
  forUpdateSkipLocked: '',
  onDuplicate: (key) => `ON CONFLICT (${key}) DO UPDATE SET`,
  insertNew: 'INSERT OR IGNORE',
  addingTo: (key, columns) =>
    `ON CONFLICT (${key}) DO UPDATE SET ${columns.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')}`,
  greatest: (a, b) => `MAX(${a}, ${b})`,
  contains: (column, value): Condition => new Containment().of(column, '$', value),
  containsText: (column, text): Condition =>
    // LIKE is several times faster, but knows the two cases of ASCII letters only.
    isAscii(text)
      ? { sql: `${column} LIKE ? ESCAPE '!'`, parameters: [likePattern(text)] }
      : { sql: `${column} GLOB ?`, parameters: [globPattern(text)] },
  hasWords: (table, groups): Condition => ({
    sql: `${table} MATCH ?`,
    parameters: [groups.map((words) => `(${words.map(quotedWord).join(' AND ')})`).join(' OR ')],
  }),
  fullTextSpan: undefined,
  isIdOrderLoose: false,
};

const quotedWord = ({ word, isPrefix }: FullTextWord): string => `"${word}"${isPrefix ? '*' : ''}`;

/** SQLite has no JSON_CONTAINS: the value is spelled out as conditions on its parts. */
class Containment {
  private elements = 0;

  of(source: string, path: string, value: unknown): Condition {
    if (Array.isArray(value)) return this.array(source, path, value);
    if (typeof value === 'object' && value !== null) return this.object(source, path, value);
    return scalar(`json_type(${source}, ?)`, `json_extract(${source}, ?)`, [path], value);
  }

  private object(source: string, path: string, value: object): Condition {
    const parts = Object.entries(value).map(([key, part]) => {
      const quoted = JSON.stringify(key);
      // Paths know no escapes: such a key is looked for among all.
      return quoted === `"${key}"`
        ? this.of(source, `${path}.${quoted}`, part)
        : this.element(source, path, part, { sql: 'key = ?', parameters: [key] });
    });
    return conjunction([{ sql: `json_type(${source}, ?) = 'object'`, parameters: [path] }, ...parts]);
  }

  private array(source: string, path: string, value: unknown[]): Condition {
    const parts = value.map((part) => this.element(source, path, part));
    return conjunction([{ sql: `json_type(${source}, ?) = 'array'`, parameters: [path] }, ...parts]);
  }

  /** What stands at `path` has an element that contains the part. */
  private element(source: string, path: string, part: unknown, named?: Condition): Condition {
    const element = `e${this.elements++}`;
    const match = conjunction([
      ...(named ? [{ sql: `${element}.${named.sql}`, parameters: named.parameters }] : []),
      ...(typeof part === 'object' && part !== null
        ? [
            { sql: `${element}.type = '${Array.isArray(part) ? 'array' : 'object'}'`, parameters: [] },
            this.of(`${element}.value`, '$', part),
          ]
        : [scalar(`${element}.type`, `${element}.atom`, [], part)]),
    ]);
    return {
      sql: `EXISTS (SELECT 1 FROM json_each(${source}, ?) ${element} WHERE ${match.sql})`,
      parameters: [path, ...match.parameters],
    };
  }
}

function scalar(type: string, content: string, path: SqlValue[], value: unknown): Condition {
  if (value === null) return { sql: `${type} = 'null'`, parameters: path };
  if (typeof value === 'boolean') return { sql: `${type} = '${value}'`, parameters: path };
  if (typeof value === 'number')
    // As JavaScript reads it: an integer of SQLite has more digits than a number there. Both are read by SQLite, which does
    // not always take the nearest number for one with many digits.
    return {
      sql: `(${type} IN ('integer', 'real') AND CAST(${content} AS REAL) = CAST(json_extract(?, '$') AS REAL))`,
      parameters: [...path, ...path, JSON.stringify(value)],
    };
  return { sql: `(${type} = 'text' AND ${content} = ?)`, parameters: [...path, ...path, value as string] };
}

// eslint-disable-next-line no-control-regex
const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

/** Both cases of every letter are spelled out. */
function globPattern(text: string): string {
  const either = (character: string): string => {
    const cases = new Set([character, character.toLowerCase(), character.toUpperCase()]);
    const single = [...cases].filter((spelling) => [...spelling].length === 1);
    return single.length > 1 || /[*?[]/.test(character) ? `[${single.join('')}]` : character;
  };
  return `*${[...text].map(either).join('')}*`;
}
