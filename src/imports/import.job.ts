import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobFiles } from '../jobs/job-files.js';
import { JobProgress } from '../jobs/job-progress.js';
import { JobRunner } from '../jobs/job-runner.js';
import { FileStorage } from '../storage/file-storage.js';
import { ImportBatches } from './import-batches.js';
import { ImportKeysRepository } from './import-keys.repository.js';
import { IMPORT_KINDS, ImportScope, Outcome } from './import-kind.js';
import { BatchReader } from './batch-reader.js';
import { IMPORT_TYPES, ImportPayload, ImportType, kindOf } from './import-types.js';
import { ReadItem } from './read-item.js';

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
    private readonly batches: ImportBatches,
    private readonly keys: ImportKeysRepository,
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
    await this.write(job, payload, batch.items, checkpoint);
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

  private write(
    job: JobContext,
    { isDryRun, channelId }: ImportPayload,
    items: readonly ReadItem[],
    checkpoint: Place,
  ): Promise<void> {
    const { applicationId, id: jobId } = job;
    const scope = { applicationId, jobId, ...(channelId !== undefined && { channelId }), isDryRun };
    return this.batches.write(scope, items, {
      after: async (_, outcomes) => {
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
      },
    });
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
