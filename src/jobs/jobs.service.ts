import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobRunner } from './job-runner.js';

export interface ScheduleOptions {
  /** The API shows the job, and does those of an application one after the other. */
  isPublished?: boolean;
  /** How many items there are to do, where that is known. */
  total?: number;
}

/** Schedules work that is too long for a request. */
@Injectable()
export class JobsService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly runner: JobRunner,
  ) {}

  /**
   * Writes the job in the unit of work that is open: it is done if, and only if, that is committed. Answers its id.
   */
  async schedule(
    applicationId: number,
    type: string,
    payload: Record<string, unknown>,
    { isPublished = false, total = 0 }: ScheduleOptions = {},
  ): Promise<number> {
    const { insertId } = await this.database.execute(
      "INSERT INTO jobs (application_id, type, state, payload, is_published, has_files, total, failures, leased_until, created_time) VALUES (?, ?, 'PENDING', ?, ?, ?, ?, 0, 0, ?)",
      [applicationId, type, JSON.stringify(payload), isPublished ? 1 : 0, isPublished ? 1 : 0, total, Date.now()],
    );
    this.unitOfWork.afterCommit(() => this.runner.wake());
    return insertId;
  }
}
