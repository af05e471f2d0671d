import { databaseEngine } from '../config/config.js';

/**
 * A table with full text: a `rowid` given by who writes it, and `words` of ASCII letters, digits and underscores,
 * separated by spaces. It is written with REPLACE and DELETE, and asked by `rowid` and {@link Dialect.hasWords} only:
 * SQLite keeps the index without the words. Where a word stands is nowhere kept.
 */
export function createFullTextTable(name: string): string {
  return databaseEngine() === 'mysql'
    ? `CREATE TABLE ${name} (rowid BIGINT NOT NULL PRIMARY KEY, words MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL, FULLTEXT KEY ${name}_words (words)) ENGINE=InnoDB`
    : `CREATE VIRTUAL TABLE ${name} USING fts5(words, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '_'")`;
}
