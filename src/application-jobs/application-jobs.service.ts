import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ResourceNotFoundError } from '../errors/api-error.js';
import { JobFiles } from '../jobs/job-files.js';
import { JobsService } from '../jobs/jobs.service.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { ApplicationJobResource, isExport, JobType, toJobResource } from './application-job.resource.js';
import { ApplicationJobRow, ApplicationJobsRepository } from './application-jobs.repository.js';

/** Bytes that a job has made. */
export interface JobDownload {
  content: Readable;
  contentType: string;
  name: string;
  size?: number;
  /** What a token has to cover, besides what jobs take: the file holds what these are for. */
  scopes: readonly string[];
}

/** What exports hold is for whoever may read it. */
const SCOPES: Partial<Record<JobType, readonly string[]>> = {
  MESSAGE_ANALYTICS_EXPORT: ['read:message'],
  USER_ANALYTICS_EXPORT: ['read:user'],
  APPLICATION_EXPORT: ['read:user', 'read:channel', 'read:channel_membership', 'read:message'],
};

/** The long running jobs of an application. */
@Injectable()
export class ApplicationJobsService {
  constructor(
    private readonly jobs: ApplicationJobsRepository,
    private readonly scheduling: JobsService,
    private readonly files: JobFiles,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: Config,
  ) {}

  /** Schedules a job; `payload.file` is the key of what it reads, if it reads a file. */
  schedule(
    applicationId: number,
    type: JobType,
    payload: Record<string, unknown>,
    total = 0,
  ): Promise<ApplicationJobResource> {
    return this.unitOfWork.run(async () => {
      const id = await this.scheduling.schedule(applicationId, type, payload, { isPublished: true, total });
      return this.retrieve(applicationId, id);
    });
  }

  async retrieve(applicationId: number, id: number): Promise<ApplicationJobResource> {
    return this.resource(await this.retrieveRow(applicationId, id));
  }

  async list(
    applicationId: number,
    isRunning: boolean | undefined,
    query: PageQuery,
  ): Promise<Page<ApplicationJobResource>> {
    const page = await this.jobs.list(applicationId, isRunning, query);
    return page.with(page.items.map((row) => this.resource(row)));
  }

  /** The file that a job has made. */
  async file(applicationId: number, id: number): Promise<JobDownload> {
    const job = await this.retrieveRow(applicationId, id);
    const { type, state, has_files } = job;
    if (!isExport(type) || state !== 'FINISHED' || has_files !== 1) throw new ResourceNotFoundError();
    const { contentType, extension } = JSON.parse(job.payload) as { contentType: string; extension: string };
    const { parts, bytes } = JSON.parse(job.checkpoint ?? '{}') as { parts: number; bytes: number };
    const name = `${type.toLowerCase().replaceAll('_', '-')}-${id}.${extension}`;
    const content = this.files.read(applicationId, id, parts);
    return { content, contentType, name, size: bytes, scopes: SCOPES[type] ?? [] };
  }

  /** What a job could not do, as JSON Lines; empty if there was nothing. */
  async errors(applicationId: number, id: number): Promise<JobDownload> {
    const { has_files } = await this.retrieveRow(applicationId, id);
    if (has_files !== 1) throw new ResourceNotFoundError();
    const content = this.files.readReport(applicationId, id);
    return { content, contentType: 'application/x-ndjson', name: `errors-${id}.jsonl`, scopes: [] };
  }

  private async retrieveRow(applicationId: number, id: number): Promise<ApplicationJobRow> {
    const job = await this.jobs.find(applicationId, id);
    if (!job) throw new ResourceNotFoundError();
    return job;
  }

  private resource(row: ApplicationJobRow): ApplicationJobResource {
    return toJobResource(row, this.config.userExportJobType);
  }
}
