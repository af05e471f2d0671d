/** How far an export has got in its rows. Kept in the checkpoint of the job. */
export interface ExportPosition {
  /** The table that is being read. */
  stage: number;
  /** The key of the last row of that table. */
  after: number[];
  /** Rows that came to be after the export had begun are not in it: the highest ids of then, by stage. */
  upTo: number[];
}

/** Some rows, each as a record. */
export interface ExportPage {
  records: ExportRecord[];
  /** Undefined behind the last row. */
  next: ExportPosition | undefined;
}

/** A record, its values in the order of columns; `json` are texts that are JSON already. */
export type ExportRecord = Record<string, string | number | boolean | null | RawJson>;

/** JSON as it is stored: written to JSON as it is, and to tables as text. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** What an export reads. */
export interface ExportSource {
  /** What every record has, where all have the same. */
  readonly columns?: readonly string[];
  /** Where to begin, and about how many rows there are. */
  begin(applicationId: number): Promise<{ position: ExportPosition; total: number }>;
  page(applicationId: number, position: ExportPosition): Promise<ExportPage>;
}

export const PAGE_ROWS = 1_000;

/** The position behind these rows of one table, if there may be more. */
export function behind(
  position: ExportPosition,
  stages: number,
  rows: readonly unknown[],
  after: number[],
): ExportPosition | undefined {
  if (rows.length === PAGE_ROWS) return { ...position, after };
  return position.stage + 1 < stages ? { ...position, stage: position.stage + 1, after: [] } : undefined;
}

/** A moment with its milliseconds, so that nothing is lost on the way. */
export const writeMoment = (milliseconds: number): string => new Date(milliseconds).toISOString();
