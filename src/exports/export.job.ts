import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobFiles } from '../jobs/job-files.js';
import { JobProgress } from '../jobs/job-progress.js';
import { JobRunner } from '../jobs/job-runner.js';
import { MessageAnalytics, UserAnalytics } from './analytics.sources.js';
import { WholeApplication } from './application.source.js';
import { ExportFormatName, formatOf } from './export-format.js';
import { ExportPosition, ExportSource } from './export-source.js';

/** A part of a file is about this large; it is in memory until it is stored. */
const PART_BYTES = 2 * 1_048_576;

interface ExportCheckpoint {
  position: ExportPosition | undefined;
  parts: number;
  bytes: number;
  records: number;
}

/** Writes exports. A step reads some rows and stores them as the next part of the file. */
@Injectable()
export class ExportJobs {
  constructor(
    runner: JobRunner,
    users: UserAnalytics,
    messages: MessageAnalytics,
    application: WholeApplication,
    private readonly files: JobFiles,
    private readonly progress: JobProgress,
    private readonly unitOfWork: UnitOfWork,
  ) {
    const sources = {
      USER_ANALYTICS_EXPORT: users,
      MESSAGE_ANALYTICS_EXPORT: messages,
      APPLICATION_EXPORT: application,
    };
    for (const [type, source] of Object.entries(sources)) runner.register(this.handler(type, source));
  }

  private handler(type: string, source: ExportSource): JobHandler {
    return { type, step: (job) => this.step(job, source) };
  }

  private async step(job: JobContext, source: ExportSource): Promise<boolean> {
    const state = (job.checkpoint as unknown as ExportCheckpoint | undefined) ?? (await this.begin(job, source));
    if (!state.position) return true;
    const format = formatOf(job.payload.format as ExportFormatName);
    const columns = source.columns ?? [];
    const texts = state.parts === 0 ? [format.opening(columns)] : [];
    let position: ExportPosition | undefined = state.position;
    let records = 0;
    for (let size = 0; position && size < PART_BYTES;) {
      const page = await source.page(job.applicationId, position);
      const text = format.records(page.records, columns, state.records + records === 0);
      texts.push(text);
      size += text.length;
      records += page.records.length;
      position = page.next;
    }
    if (!position) texts.push(format.closing);
    const content = Buffer.from(texts.join(''));
    await this.files.writePart(job, state.parts, content, format.contentType);
    const checkpoint = {
      position,
      parts: state.parts + 1,
      bytes: state.bytes + content.length,
      records: state.records + records,
    };
    await this.unitOfWork.run(() => this.progress.advance(job, checkpoint, { processed: records, created: records }));
    job.checkpoint = checkpoint;
    return position === undefined;
  }

  private async begin(job: JobContext, source: ExportSource): Promise<ExportCheckpoint> {
    const { position, total } = await source.begin(job.applicationId);
    await this.progress.expect(job, total);
    return { position, parts: 0, bytes: 0, records: 0 };
  }
}
