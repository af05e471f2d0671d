import { Column, ColumnOptions, PrimaryColumn, PrimaryGeneratedColumn, TableColumnOptions } from 'typeorm';
import { databaseEngine } from '../config/config.js';

/**
 * Column kinds that mean the same on both engines. Entities use the decorators, migrations use {@link column};
 * both read their types from here, so that they cannot drift apart.
 */
const isMysql = databaseEngine() === 'mysql';

// Text compares byte by byte on both engines: SQLite does so by itself, MySQL by this collation.
const binaryText = isMysql ? { charset: 'utf8mb4', collation: 'utf8mb4_bin' } : {};
// An automatic key of SQLite has to be "integer"; its integers are 64 bits wide.
const idType = isMysql ? 'bigint' : 'integer';
// A body of 65,535 characters needs up to four bytes each, more than MySQL's "text" holds.
const longTextType = isMysql ? 'mediumtext' : 'text';

// The MySQL driver hands 64-bit integers over as text once TypeORM hydrates them. All of ours are below 2^53.
const asNumber = {
  from: (value: unknown) => (value === null || value === undefined ? value : Number(value)),
  to: (value: unknown) => value,
};
const asBoolean = {
  from: (value: unknown) => (value === null || value === undefined ? value : Boolean(value)),
  to: (value: unknown) => value,
};

/** The key of a table, given by the database. */
export const IdColumn = () => PrimaryGeneratedColumn('increment', { type: idType });
/** A key whose value comes from elsewhere. */
export const KeyColumn = (name?: string) => PrimaryColumn({ name, type: idType, transformer: asNumber });
/** A text of up to `length` characters that is the table's key, or a part of it. */
export const TextKeyColumn = (name: string, length: number) =>
  PrimaryColumn({ name, type: 'varchar', length, ...binaryText });
/** The id of a row of another table. */
export const ReferenceColumn = (name: string, options: ColumnOptions = {}) =>
  Column({ name, type: idType, transformer: asNumber, ...options });
/** Milliseconds since 1970. */
export const TimeColumn = (name: string, options: ColumnOptions = {}) =>
  Column({ name, type: 'bigint', transformer: asNumber, ...options });
/** How many there are of something; kept by atomic expressions, never by read and write. */
export const CountColumn = (name: string) => Column({ name, type: 'bigint', default: 0, transformer: asNumber });
/** The id of the last row that something is true of; 0 when it is true of none. */
export const PositionColumn = (name: string) => Column({ name, type: 'bigint', default: 0, transformer: asNumber });
export const IntColumn = (name: string, options: ColumnOptions = {}) => Column({ name, type: 'integer', ...options });
export const BooleanColumn = (name: string) =>
  Column({ name, type: 'boolean', default: false, transformer: asBoolean });
/** Text of up to `length` characters, compared byte by byte. */
export const TextColumn = (name: string, length: number, options: ColumnOptions = {}) =>
  Column({ name, type: 'varchar', length, ...binaryText, ...options });
/** JSON as text, at most 64 KB: what tenants store is kept as they wrote it, in their order of keys. */
export const JsonColumn = (name: string, options: ColumnOptions = {}) =>
  Column({ name, type: 'text', ...binaryText, ...options });
/** Text of more than 64 KB. */
export const LongTextColumn = (name: string, options: ColumnOptions = {}) =>
  Column({ name, type: longTextType, ...binaryText, ...options });

const NULLABLE = { isNullable: true };
/** The same kinds for migrations. */
export const column = {
  id: (): TableColumnOptions => ({
    name: 'id',
    type: idType,
    isPrimary: true,
    isGenerated: true,
    generationStrategy: 'increment',
  }),
  key: (name: string): TableColumnOptions => ({ name, type: idType, isPrimary: true }),
  textKey: (name: string, length: number): TableColumnOptions => ({
    name,
    type: 'varchar',
    length: String(length),
    isPrimary: true,
    ...binaryText,
  }),
  reference: (name: string): TableColumnOptions => ({ name, type: idType }),
  time: (name: string): TableColumnOptions => ({ name, type: 'bigint' }),
  count: (name: string): TableColumnOptions => ({ name, type: 'bigint', default: 0 }),
  int: (name: string): TableColumnOptions => ({ name, type: isMysql ? 'int' : 'integer' }),
  boolean: (name: string): TableColumnOptions => ({
    name,
    ...(isMysql ? { type: 'tinyint', width: 1 } : { type: 'boolean' }),
    default: 0,
  }),
  text: (name: string, length: number): TableColumnOptions => ({
    name,
    type: 'varchar',
    length: String(length),
    ...binaryText,
  }),
  json: (name: string): TableColumnOptions => ({ name, type: 'text', ...binaryText }),
  longText: (name: string): TableColumnOptions => ({ name, type: longTextType, ...binaryText }),
  /** The same column, which may be empty. */
  nullable: (options: TableColumnOptions): TableColumnOptions => ({ ...options, ...NULLABLE }),
};
