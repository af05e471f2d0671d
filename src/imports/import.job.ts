import { Injectable } from '@nestjs/common';
import { countInApplication } from '../applications/application-counters.js';
import { isDuplicate } from '../database/database-errors.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobContext, JobFailure, JobHandler } from '../jobs/job-handler.js';
import { JobFiles } from '../jobs/job-files.js';
import { JobProgress } from '../jobs/job-progress.js';
import { JobRunner } from '../jobs/job-runner.js';
import { FileStorage } from '../storage/file-storage.js';
import { Importers } from './importers.js';
import { ImportKeysRepository } from './import-keys.repository.js';
import { IMPORT_KINDS, ImportScope, Outcome } from './import-kind.js';
import { BatchReader } from './batch-reader.js';
import { IMPORT_TYPES, ImportPayload, ImportType, kindOf } from './import-types.js';
import { ReadItem } from './read-item.js';

/** After so many tries whatever is in the way is not somebody else who writes the same name in this moment. */
const TRIES = 5;

interface Place {
  index: number;
  end: number;
}

/**
 * Imports the items of a file. A step takes a batch of them: it reads and checks them, then writes those that are good,
 * the report of the others and the place in the file in one unit of work. Wherever it is stopped, each item is there
 * once.
 */
@Injectable()
export class ImportJobs {
  private readonly readers = new WeakMap<JobContext, BatchReader>();

  constructor(
    runner: JobRunner,
    private readonly storage: FileStorage,
    private readonly files: JobFiles,
    private readonly progress: JobProgress,
    private readonly importers: Importers,
    private readonly keys: ImportKeysRepository,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {
    for (const type of IMPORT_TYPES) runner.register(this.handler(type));
  }

  private handler(type: ImportType): JobHandler {
    return {
      type,
      step: (job) => this.step(job, type),
      release: async (job) => this.readers.get(job)?.close(),
    };
  }

  private async step(job: JobContext, type: ImportType): Promise<boolean> {
    const payload = job.payload as unknown as ImportPayload;
    const place = job.checkpoint as unknown as (Place & { isRead?: boolean }) | undefined;
    if (place?.isRead) return this.finish(job, payload);
    const batch = await this.reader(job, payload, type, place).next();
    if (!batch) {
      const checkpoint = { ...place, isRead: true };
      await this.unitOfWork.run(() => this.progress.advance(job, checkpoint, { processed: 0 }));
      job.checkpoint = checkpoint;
      return false;
    }
    const checkpoint = { index: batch.index, end: batch.end };
    await retryingDuplicates(() => this.unitOfWork.run(() => this.write(job, payload, batch.items, checkpoint)));
    job.checkpoint = checkpoint;
    return false;
  }

  private reader(job: JobContext, { file }: ImportPayload, type: ImportType, place: Place | undefined): BatchReader {
    let reader = this.readers.get(job);
    if (!reader) {
      reader = new BatchReader(() => this.storage.read(file, place?.end), kindOf(type), place);
      this.readers.set(job, reader);
    }
    return reader;
  }

  private async write(
    job: JobContext,
    { isDryRun, channelId }: ImportPayload,
    items: readonly ReadItem[],
    checkpoint: Place,
  ): Promise<void> {
    const scope: ImportScope = {
      applicationId: job.applicationId,
      jobId: job.id,
      ...(channelId !== undefined && { channelId }),
      isDryRun,
      now: Date.now(),
      counts: { user_count: 0, channel_count: 0, message_count: 0 },
    };
    const outcomes = await this.importers.import(scope, items);
    const failed = items.flatMap((item, at) => {
      const outcome = outcomes[at]!;
      return Array.isArray(outcome) ? [{ index: item.index, report: reportOf(item, outcome) }] : [];
    });
    await this.files.report(job, failed);
    await this.progress.advance(
      job,
      { ...checkpoint },
      {
        processed: items.length,
        created: outcomes.filter((outcome) => outcome === 'created').length,
        skipped: outcomes.filter((outcome) => outcome === 'skipped').length,
        failed: failed.length,
      },
    );
    await this.count(scope);
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

  /** What only the import itself needed goes. */
  private async finish(job: JobContext, { file, isDryRun }: ImportPayload): Promise<boolean> {
    const scope = { applicationId: job.applicationId, jobId: job.id } as ImportScope;
    if (isDryRun && (await this.keys.forgetDeclared(scope, IMPORT_KINDS))) return false;
    await this.storage.delete(file);
    return true;
  }
}

function reportOf({ index, idempotencyKey }: ReadItem, problems: Exclude<Outcome, string>): string {
  const errors = problems.map(({ resource, field, code, message }) => ({ resource, field, code, message }));
  return JSON.stringify({ index, ...(idempotencyKey !== undefined && { idempotencyKey }), errors });
}

/** A name that was free when the batch looked may be taken when it writes: then it looks again. */
async function retryingDuplicates<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === TRIES || !isDuplicate(error)) throw error;
    }
  }
}
