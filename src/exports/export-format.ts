import { stringify } from 'csv-stringify/sync';
import { ExportRecord, RawJson } from './export-source.js';

/** How the records of an export are written. */
export interface ExportFormat {
  contentType: string;
  extension: string;
  opening(columns: readonly string[]): string;
  /** `isFirst` of all records of the file. */
  records(records: readonly ExportRecord[], columns: readonly string[], isFirst: boolean): string;
  closing: string;
}

export const EXPORT_FORMATS = ['CSV', 'JSONL'] as const;
export type ExportFormatName = (typeof EXPORT_FORMATS)[number] | 'JSON';

/** RFC 4180, with a header. What a spreadsheet would take for a formula is text behind an apostrophe. */
const CSV: ExportFormat = {
  contentType: 'text/csv; charset=utf-8',
  extension: 'csv',
  opening: (columns) => stringify([columns], { record_delimiter: 'windows' }),
  records: (records, columns) =>
    stringify(
      records.map((record) => columns.map((column) => plain(record[column] ?? null))),
      { record_delimiter: 'windows', escape_formulas: true },
    ),
  closing: '',
};

/** One object a line. */
const JSONL: ExportFormat = {
  contentType: 'application/x-ndjson',
  extension: 'jsonl',
  opening: () => '',
  records: (records) => records.map((record) => `${writeRecord(record)}\n`).join(''),
  closing: '',
};

/** One array, each item on a line of its own: the form of imports. */
const JSON_ARRAY: ExportFormat = {
  contentType: 'application/json',
  extension: 'json',
  opening: () => '[\n',
  records: (records, _, isFirst) =>
    records.map((record, index) => `${isFirst && index === 0 ? '' : ',\n'}${writeRecord(record)}`).join(''),
  closing: '\n]\n',
};

export const formatOf = (name: ExportFormatName): ExportFormat => ({ CSV, JSONL, JSON: JSON_ARRAY })[name];

/** Blank fields are left out, as everywhere. */
function writeRecord(record: ExportRecord): string {
  const fields = Object.entries(record).flatMap(([name, value]) =>
    value === null ? [] : [`${JSON.stringify(name)}:${value instanceof RawJson ? value.text : JSON.stringify(value)}`],
  );
  return `{${fields.join(',')}}`;
}

function plain(value: ExportRecord[string]): string {
  if (value === null) return '';
  return value instanceof RawJson ? value.text : String(value);
}
