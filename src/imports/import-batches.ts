import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { countInApplication } from '../applications/application-counters.js';
import { isDuplicate } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobFailure } from '../jobs/job-handler.js';
import { Importers } from './importers.js';
import { ImportScope, Outcome } from './import-kind.js';
import { ReadItem } from './read-item.js';

/** Of so many imports it is remembered that they bring what is there already. */
const WARY_MAX = 1_000;
/** After so many tries whatever is in the way is not somebody else who writes the same name in this moment. */
const TRIES = 5;

/** What goes into the same unit of work as the items of a batch. */
export interface BatchRecord {
  before?: (scope: ImportScope) => Promise<void>;
  after: (scope: ImportScope, outcomes: readonly Outcome[]) => Promise<void>;
}

/** Imports batches of items, each in one unit of work with the note of how far the import is: both are there, or neither. */
@Injectable()
export class ImportBatches {
  private readonly wary = new LRUCache<number, true>({ max: WARY_MAX });

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly importers: Importers,
  ) {}

  /**
   * The first try trusts that names are free. If one is not, this batch and those behind it look first. A name that was
   * free when the batch looked may be taken when it writes: then it looks again.
   */
  async write(
    given: Omit<ImportScope, 'now' | 'counts' | 'isTrusting'>,
    items: readonly ReadItem[],
    record: BatchRecord,
  ): Promise<void> {
    for (let tries = 1; ; tries++)
      try {
        return await this.tryToWrite({ ...given, isTrusting: !this.wary.has(given.jobId) }, items, record);
      } catch (error) {
        if (tries === TRIES || !isDuplicate(error)) throw error;
        this.wary.set(given.jobId, true);
      }
  }

  private tryToWrite(
    given: Omit<ImportScope, 'now' | 'counts'>,
    items: readonly ReadItem[],
    { before, after }: BatchRecord,
  ): Promise<void> {
    return this.unitOfWork.run(async () => {
      const scope: ImportScope = {
        ...given,
        now: Date.now(),
        counts: { user_count: 0, channel_count: 0, message_count: 0 },
      };
      await before?.(scope);
      await after(scope, await this.importers.import(scope, items));
      await this.count(scope);
    });
  }

  /** Last, as in every unit. Of an application that is being deleted nothing is written any more. */
  private async count({ applicationId, counts }: ImportScope): Promise<void> {
    const [application] = await this.database.query(
      `SELECT id FROM applications WHERE id = ? AND deleted_time IS NULL ${this.database.dialect.forUpdate}`,
      [applicationId],
    );
    if (!application) throw new JobFailure(`The application ${applicationId} has been deleted`);
    for (const counter of ['user_count', 'channel_count', 'message_count'] as const)
      if (counts[counter] > 0) {
        const { sql, parameters } = countInApplication(applicationId, counter, counts[counter]);
        await this.database.execute(sql, parameters);
      }
  }
}
