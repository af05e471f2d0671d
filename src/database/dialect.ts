import { Condition, Statement } from './sql.js';

/** Where the two engines speak differently. */
export interface Dialect {
  /** The key that the last INSERT of this unit was given. */
  readonly lastInsertId: string;
  /** Of several rows that one statement inserted, the driver names the id of the last; otherwise that of the first. */
  readonly insertIdIsOfLastRow: boolean;
  /** Asks how far apart the ids of such rows are; undefined where always 1. */
  readonly idStep: string | undefined;
  /**
   * Says by which index a table is to be read. MySQL takes a list in the order of an index for dearer than it is, since
   * it does not count the LIMIT, and reads the whole range of a tenant instead; it is told. SQLite chooses well.
   */
  readBy(index: string): string;
  /** An inner join whose tables are read in the order in which they are written. */
  readonly joinInOrder: string;
  /** Locks the selected rows for the rest of the unit; nothing on SQLite, where a unit is alone. */
  readonly forUpdate: string;
  /** Holds a row for the rest of a batch; nothing on SQLite. */
  lockRow(table: string, id: number): Statement[];
  /** The same as `forUpdate`, passing over rows that somebody else holds. */
  readonly forUpdateSkipLocked: string;
  /** Of an INSERT: what changes in the row that already has this key. Assignments follow. */
  onDuplicate(key: string): string;
  /** `INSERT` that leaves alone what is there already under the same key. */
  readonly insertNew: string;
  /** Ends an INSERT of several rows: where the key is there already, the given numbers are added to its columns. */
  addingTo(key: string, columns: readonly string[]): string;
  /** The greater of two expressions that are not null. */
  greatest(a: string, b: string): string;
  /**
   * Whether JSON in `column` contains `value`: an object that has its keys with containing values, an array that
   * has for each of its elements one that contains it, or an equal scalar.
   */
  contains(column: string, value: unknown): Condition;
  /** `column` contains the text, whatever its case. */
  containsText(column: string, text: string): Condition;
  /**
   * The full text of `table` holds all words of one of the groups. Tables with full text have a `rowid` and `words`,
   * see full-text.ts.
   */
  hasWords(table: string, groups: readonly (readonly FullTextWord[])[]): Condition;
  /**
   * How many ids one word of a full text should stand for. MySQL reads all rows that a word is in before it answers the
   * newest of them, so a common word has to be several. SQLite begins with the newest, and needs no such thing.
   */
  readonly fullTextSpan: number | undefined;
  /** A row can become visible after rows with higher ids did: several transactions write at a time. */
  readonly isIdOrderLoose: boolean;
}

/** A word of ASCII letters, digits and underscores, or the beginning of one. */
export interface FullTextWord {
  word: string;
  isPrefix: boolean;
}
