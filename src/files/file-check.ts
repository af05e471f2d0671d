import { Injectable } from '@nestjs/common';
import { PARTIAL } from '../storage/disk-storage.js';
import { FileStorage, StoredObject } from '../storage/file-storage.js';
import { FileRow, FilesRepository } from './files.repository.js';
import { HOSTED_FILES } from './hosted-file.js';

/** A file in storage may be younger than the row that is about to be written for it. */
const GRACE_MS = 3_600_000;
const FILES_AT_ONCE = 500;

export interface FileDifferences {
  /** In storage, but of nothing. */
  unknown: { key: string; size: number }[];
  /** Promised, but not in storage, or not whole. */
  missing: { applicationId: number; id: number; key: string }[];
  /** Of a message or a user that is not there any more. */
  unowned: { applicationId: number; id: number; key: string }[];
  /** How many files were looked at in storage. */
  checked: number;
  /** How many of the unknown ones were deleted. */
  deleted: number;
}

/** Compares what is in storage with what the database knows. */
@Injectable()
export class FileCheck {
  constructor(
    private readonly files: FilesRepository,
    private readonly storage: FileStorage,
  ) {}

  async run({ repair }: { repair: boolean }, now = Date.now()): Promise<FileDifferences> {
    const found: FileDifferences = { unknown: [], missing: [], unowned: [], checked: 0, deleted: 0 };
    await this.checkRows(found);
    await this.checkStorage(found, now - GRACE_MS);
    if (repair) {
      for (const { key } of found.unknown) await this.storage.delete(key);
      found.deleted = found.unknown.length;
      await this.files.releaseRows(found.unowned.map(({ id }) => id));
    }
    return found;
  }

  private async checkRows(found: FileDifferences): Promise<void> {
    let last = 0;
    for (;;) {
      const rows = await this.files.listFrom(last, FILES_AT_ONCE);
      const missing: FileRow[] = [];
      for (const row of rows) {
        if (row.is_owned !== 1) found.unowned.push(described(row));
        else if ((await this.storage.size(row.storage_key)) !== row.size) missing.push(row);
      }
      // It may have been deleted while it was looked for.
      const needed = await this.files.stillNeeded(missing.map(({ id }) => id));
      found.missing.push(...missing.filter(({ id }) => needed.has(id)).map(described));
      if (rows.length < FILES_AT_ONCE) return;
      last = rows.at(-1)!.id;
    }
  }

  private async checkStorage(found: FileDifferences, before: number): Promise<void> {
    let some: StoredObject[] = [];
    const compare = async () => {
      if (some.length === 0) return;
      const known = await this.files.knownKeys(some.map(({ key }) => key));
      found.checked += some.length;
      for (const { key, size, modifiedTime } of some)
        if (!known.has(key) && modifiedTime < before) found.unknown.push({ key, size });
      some = [];
    };
    for (const folder of [HOSTED_FILES, PARTIAL])
      for await (const object of this.storage.list(folder)) {
        some.push(object);
        if (some.length === FILES_AT_ONCE) await compare();
      }
    await compare();
  }
}

const described = ({ application_id, id, storage_key }: FileRow) => ({
  applicationId: application_id,
  id,
  key: storage_key,
});
