import { databaseEngine } from '../config/config.js';

/**
 * A table with full text, as the index of messages was one: a `rowid` given by who writes it, and `words` of ASCII letters,
 * digits and underscores, separated by spaces. It is still made by the migrations, for processes of an earlier release.
 */
export function createFullTextTable(name: string): string {
  return databaseEngine() === 'mysql'
    ? `CREATE TABLE ${name} (rowid BIGINT NOT NULL PRIMARY KEY, words MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL, FULLTEXT KEY ${name}_words (words)) ENGINE=InnoDB`
    : `CREATE VIRTUAL TABLE ${name} USING fts5(words, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '_'")`;
}
