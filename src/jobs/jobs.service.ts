import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobRunner } from './job-runner.js';

/** Schedules work that is too long for a request. */
@Injectable()
export class JobsService {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly runner: JobRunner,
  ) {}

  /** Writes the job in the unit of work that is open: it is done if, and only if, that is committed. */
  async schedule(applicationId: number, type: string, payload: Record<string, unknown>): Promise<void> {
    await this.database.execute(
      "INSERT INTO jobs (application_id, type, state, payload, failures, leased_until, created_time) VALUES (?, ?, 'PENDING', ?, 0, 0, ?)",
      [applicationId, type, JSON.stringify(payload), Date.now()],
    );
    this.unitOfWork.afterCommit(() => this.runner.wake());
  }
}
