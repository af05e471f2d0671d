import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader, PageSource } from '../pagination/page-reader.js';
import type { JobType } from './application-job.resource.js';

/** A row of `jobs`, as the API shows it. */
export interface ApplicationJobRow {
  id: number;
  type: JobType;
  state: string;
  payload: string;
  checkpoint: string | null;
  has_files: number;
  total: number;
  processed: number;
  created: number;
  skipped: number;
  failed: number;
  created_time: number;
  ended_time: number | null;
}

const COLUMNS = [
  'id',
  'type',
  'state',
  'payload',
  'checkpoint',
  'has_files',
  'total',
  'processed',
  'created',
  'skipped',
  'failed',
  'created_time',
  'ended_time',
]
  .map((name) => `j.${name}`)
  .join(', ');
const BY_ID = { column: 'j.id', index: 'jobs_published' };

/** The jobs that applications have asked for; what the server has to do for itself is none of them. */
@Injectable()
export class ApplicationJobsRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  async find(applicationId: number, id: number): Promise<ApplicationJobRow | undefined> {
    const [row] = await this.database.query<ApplicationJobRow>(
      `SELECT ${COLUMNS} FROM jobs j WHERE j.id = ? AND j.application_id = ? AND j.is_published = 1`,
      [id, applicationId],
    );
    return row;
  }

  list(applicationId: number, isRunning: boolean | undefined, query: PageQuery): Promise<Page<ApplicationJobRow>> {
    const source: PageSource = {
      columns: COLUMNS,
      from: 'jobs j',
      where: [{ sql: 'j.application_id = ? AND j.is_published = 1', parameters: [applicationId] }],
      // Ids are given in the order of creation.
      sortable: { id: BY_ID, createdTime: BY_ID },
      key: 'j.id',
    };
    if (isRunning !== undefined)
      source.where.push({
        sql: `j.state IN (${isRunning ? "'PENDING', 'RUNNING'" : "'FINISHED', 'FAILED'"})`,
        parameters: [],
      });
    return this.pages.read<ApplicationJobRow>(source, query);
  }
}
