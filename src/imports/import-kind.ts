import { Problem } from '../errors/error-codes.js';
import { ResourceClass } from '../resource/registry.js';

/** What an item of an import is. */
export const IMPORT_KINDS = ['USER', 'CHANNEL', 'MEMBER', 'MESSAGE'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** What the items of a batch share. */
export interface ImportScope {
  applicationId: number;
  jobId: number;
  /** Of imports of members into one channel. */
  channelId?: number;
  /** Everything is checked, nothing is written. */
  isDryRun: boolean;
  /** Names are taken for free without a look: the database refuses one that is not, and then the batch is done again. */
  isTrusting: boolean;
  /** When items were created that do not say so. */
  now: number;
  /** What the application is to count more once the batch is done. */
  counts: { user_count: number; channel_count: number; message_count: number };
}

/** What has become of an item; if it could not be imported, what is wrong with it. */
export type Outcome = 'created' | 'skipped' | Problem[];

/** What every item may have. */
export interface Importable {
  idempotencyKey?: string;
}

/** Imports items of one kind, those of a batch together, in the unit of work that is open around the batch. */
export interface Importer<Item extends Importable = Importable> {
  readonly kind: ImportKind;
  /** The class by whose rules items are read. */
  readonly type: ResourceClass<Item>;
  /** Answers what became of each, in the same order. */
  import(scope: ImportScope, items: readonly Item[]): Promise<Outcome[]>;
}

export const problem = (resource: string, field: string, code: Problem['code'], message: string): Problem => ({
  resource,
  field,
  code,
  message,
});
