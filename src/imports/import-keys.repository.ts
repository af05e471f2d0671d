import { Injectable } from '@nestjs/common';
import { Bulk } from '../database/bulk.js';
import { Database } from '../database/database.js';
import { marks, rows } from '../database/sql.js';
import { ImportKind, ImportScope } from './import-kind.js';

/** What an item has become. Ids are 0 in a dry run, in which nothing comes to be. */
export interface Imported {
  subjectId: number;
  channelId: number | null;
}

interface KeyRow {
  import_key: string;
  subject_id: number;
  channel_id: number | null;
  alive: number | null;
}

/** Whether what a key stands for is still there, as a join on `import_keys k`. */
const ALIVE: Record<ImportKind, { column: string; join: string }> = {
  USER: {
    column: 'o.id',
    // One that was imported as deleted has the same time twice.
    join: 'users o ON o.id = k.subject_id AND (o.deleted_time IS NULL OR o.deleted_time = o.created_time)',
  },
  CHANNEL: { column: 'o.id', join: 'channels o ON o.id = k.subject_id AND o.deleted_time IS NULL' },
  MEMBER: { column: 'o.user_id', join: 'memberships o ON o.channel_id = k.channel_id AND o.user_id = k.subject_id' },
  // Of a message that does not exist any more its thread may.
  MESSAGE: {
    column: 'COALESCE(o.id, t.id)',
    join: 'messages o ON o.id = k.subject_id LEFT JOIN threads t ON t.id = k.subject_id',
  },
};

const ROWS_A_STEP = 1_000;

/** Which items have been imported, by the keys that tenants gave them. */
@Injectable()
export class ImportKeysRepository {
  constructor(
    private readonly database: Database,
    private readonly bulk: Bulk,
  ) {}

  /** The keys whose objects are there. Those of objects that have gone are forgotten, and may be used again. */
  async find(
    { applicationId, isDryRun, jobId }: Pick<ImportScope, 'applicationId' | 'isDryRun' | 'jobId'>,
    kind: ImportKind,
    keys: readonly (string | undefined)[],
  ): Promise<Map<string, Imported>> {
    const wanted = [...new Set(keys)].filter((key) => key !== undefined);
    const { column, join } = ALIVE[kind];
    const found = await this.bulk.select<KeyRow>(
      `SELECT k.import_key, k.subject_id, k.channel_id, ${column} AS alive FROM import_keys k LEFT JOIN ${join} WHERE k.application_id = ? AND k.kind = ? AND k.import_key IN (:list)`,
      [applicationId, kind],
      wanted,
    );
    const gone = found.filter(({ alive }) => alive === null).map((row) => row.import_key);
    if (gone.length > 0)
      await this.database.execute(
        `DELETE FROM import_keys WHERE application_id = ? AND kind = ? AND import_key IN (${marks(gone)})`,
        [applicationId, kind, ...gone],
      );
    const imported = new Map(
      found
        .filter(({ alive }) => alive !== null)
        .map((row) => [row.import_key, { subjectId: row.subject_id, channelId: row.channel_id }]),
    );
    if (isDryRun)
      for (const key of await this.declared(applicationId, declaration(kind, jobId), wanted))
        if (!imported.has(key)) imported.set(key, { subjectId: 0, channelId: 0 });
    return imported;
  }

  /** Keeps what items have become. */
  async remember(
    { applicationId }: ImportScope,
    kind: ImportKind,
    imported: readonly (Imported & { key: string | undefined })[],
  ): Promise<void> {
    await this.bulk.insert(
      'import_keys',
      ['application_id', 'kind', 'import_key', 'subject_id', 'channel_id'],
      imported.flatMap(({ key, subjectId, channelId }) =>
        key === undefined ? [] : [[applicationId, kind, key, subjectId, channelId]],
      ),
    );
  }

  /** The names of this kind that items of the same dry run have declared. */
  findDeclaredNames({ applicationId, jobId }: ImportScope, kind: ImportKind, names: readonly string[]) {
    return this.declared(applicationId, declaration(kind, jobId, 'name'), names);
  }

  /** Notes what items of a dry run would be known by, for the items behind them. */
  async declare(
    { applicationId, jobId }: ImportScope,
    kind: ImportKind,
    keys: readonly (string | undefined)[],
    names: readonly (string | undefined)[] = [],
  ): Promise<void> {
    const rowsOf = (label: string, values: readonly (string | undefined)[]) =>
      [...new Set(values)].flatMap((value) => (value === undefined ? [] : [[applicationId, label, value, 0, null]]));
    await this.bulk.insert(
      'import_keys',
      ['application_id', 'kind', 'import_key', 'subject_id', 'channel_id'],
      [...rowsOf(declaration(kind, jobId), keys), ...rowsOf(declaration(kind, jobId, 'name'), names)],
    );
  }

  /** Forgets a portion of what a dry run has declared; false when nothing is left. */
  async forgetDeclared({ applicationId, jobId }: ImportScope, kinds: readonly ImportKind[]): Promise<boolean> {
    for (const kind of kinds)
      for (const label of [declaration(kind, jobId), declaration(kind, jobId, 'name')]) {
        const some = await this.database.query<{ import_key: string }>(
          `SELECT import_key FROM import_keys WHERE application_id = ? AND kind = ? LIMIT ${rows(ROWS_A_STEP)}`,
          [applicationId, label],
        );
        if (some.length === 0) continue;
        const keys = some.map((row) => row.import_key);
        await this.database.execute(
          `DELETE FROM import_keys WHERE application_id = ? AND kind = ? AND import_key IN (${marks(keys)})`,
          [applicationId, label, ...keys],
        );
        return true;
      }
    return false;
  }

  private async declared(applicationId: number, label: string, values: readonly string[]): Promise<Set<string>> {
    const found = await this.bulk.select<{ import_key: string }>(
      'SELECT import_key FROM import_keys WHERE application_id = ? AND kind = ? AND import_key IN (:list)',
      [applicationId, label],
      [...new Set(values)],
    );
    return new Set(found.map((row) => row.import_key));
  }
}

/** What a dry run calls the keys, or the names, that it has come by. */
const declaration = (kind: ImportKind, jobId: number, what: 'key' | 'name' = 'key'): string =>
  `${kind}${what === 'name' ? '.' : ''}#${jobId}`;
