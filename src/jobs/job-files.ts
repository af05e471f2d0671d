import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Bulk } from '../database/bulk.js';
import { Database } from '../database/database.js';
import { marks, rows } from '../database/sql.js';
import { FileStorage } from '../storage/file-storage.js';
import { JobContext } from './job-handler.js';

/** A line of a report, which says what a job could not do. */
export interface JobErrorLine {
  index: number;
  report: string;
}

interface FilesRow {
  id: number;
  application_id: number;
  payload: string;
  checkpoint: string | null;
}

const ROWS_A_STEP = 1_000;
const JOBS_A_STEP = 20;

/**
 * What jobs read and make: the file in `payload.file`, the parts of the file that they write, and the lines of their
 * reports. A file is written in parts, as many as `checkpoint.parts` says, since objects in a bucket cannot grow: a part
 * that was written by a step which was not committed is written again.
 */
@Injectable()
export class JobFiles {
  constructor(
    private readonly storage: FileStorage,
    private readonly database: Database,
    private readonly bulk: Bulk,
  ) {}

  async writePart(
    { applicationId, id }: JobContext,
    part: number,
    content: Buffer,
    contentType: string,
  ): Promise<void> {
    await this.storage.write(partKey(applicationId, id, part), Readable.from([content]), contentType);
  }

  /** The parts, one behind the other. */
  read(applicationId: number, jobId: number, parts: number): Readable {
    const { storage } = this;
    return Readable.from(
      (async function* () {
        for (let part = 0; part < parts; part++)
          yield* (await storage.read(partKey(applicationId, jobId, part))) as AsyncIterable<Buffer>;
      })(),
      { objectMode: false },
    );
  }

  /** Writes lines of the report in the open unit of work. */
  async report({ applicationId, id }: JobContext, lines: readonly JobErrorLine[]): Promise<void> {
    await this.bulk.insert(
      'job_errors',
      ['job_id', 'item_index', 'application_id', 'report'],
      lines.map(({ index, report }) => [id, index, applicationId, report]),
    );
  }

  /** The report as JSON Lines. */
  readReport(applicationId: number, jobId: number): Readable {
    const { database } = this;
    return Readable.from(
      (async function* () {
        for (let last = -1; ;) {
          const found = await database.query<{ item_index: number; report: string }>(
            `SELECT item_index, report FROM job_errors WHERE job_id = ? AND application_id = ? AND item_index > ? ORDER BY item_index LIMIT ${rows(ROWS_A_STEP)}`,
            [jobId, applicationId, last],
          );
          if (found.length > 0) yield found.map(({ report }) => `${report}\n`).join('');
          if (found.length < ROWS_A_STEP) return;
          last = found.at(-1)!.item_index;
        }
      })(),
      { objectMode: false },
    );
  }

  /** Deletes what belongs to some of the jobs that have ended before; false when there are none left. */
  async deleteOld(before: number): Promise<boolean> {
    return this.deletePortion(
      `SELECT id, application_id, payload, checkpoint FROM jobs WHERE has_files = 1 AND ended_time < ? ORDER BY ended_time LIMIT ${rows(JOBS_A_STEP)}`,
      before,
    );
  }

  /** The same for all jobs of an application, ended or not. */
  async deleteOfApplication(applicationId: number): Promise<boolean> {
    return this.deletePortion(
      `SELECT id, application_id, payload, checkpoint FROM jobs WHERE application_id = ? AND has_files = 1 LIMIT ${rows(JOBS_A_STEP)}`,
      applicationId,
    );
  }

  private async deletePortion(sql: string, parameter: number): Promise<boolean> {
    const found = await this.database.query<FilesRow>(sql, [parameter]);
    for (const job of found) {
      const { file } = JSON.parse(job.payload) as { file?: string };
      const { parts = 0 } = JSON.parse(job.checkpoint ?? '{}') as { parts?: number };
      if (file !== undefined) await this.storage.delete(file);
      // And one that was written by a step that was not committed.
      for (let part = 0; part <= parts; part++) await this.storage.delete(partKey(job.application_id, job.id, part));
      while (await this.deleteReport(job.id));
    }
    const ids = found.map(({ id }) => id);
    if (ids.length > 0) await this.database.execute(`UPDATE jobs SET has_files = 0 WHERE id IN (${marks(ids)})`, ids);
    return found.length > 0;
  }

  private async deleteReport(jobId: number): Promise<boolean> {
    const found = await this.database.query<{ item_index: number }>(
      `SELECT item_index FROM job_errors WHERE job_id = ? ORDER BY item_index LIMIT ${rows(ROWS_A_STEP)}`,
      [jobId],
    );
    const last = found.at(-1)?.item_index;
    if (last === undefined) return false;
    await this.database.execute('DELETE FROM job_errors WHERE job_id = ? AND item_index <= ?', [jobId, last]);
    return found.length === ROWS_A_STEP;
  }
}

const partKey = (applicationId: number, jobId: number, part: number): string =>
  `jobs/${applicationId}/${jobId}/${part}`;
