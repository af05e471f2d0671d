import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Checkpoint, JobContext, JobLost } from './job-handler.js';
import { leaseEnd } from './job-runner.js';

/** What a step has done, for those who watch. */
export interface JobCounts {
  processed: number;
  created?: number;
  skipped?: number;
  failed?: number;
}

/** Stores how far a job has got. */
@Injectable()
export class JobProgress {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Stores the checkpoint in the open unit of work, with what the step counts: whatever else the unit writes is there
   * if, and only if, the next step goes on behind it. Fails, and the unit with it, when another process has taken the
   * job over. The context shows the new checkpoint once the unit is committed and {@link JobContext.checkpoint} is set.
   */
  async advance(job: JobContext, checkpoint: Checkpoint, counts: JobCounts): Promise<void> {
    const { processed, created = 0, skipped = 0, failed = 0 } = counts;
    const { affectedRows } = await this.database.execute(
      'UPDATE jobs SET checkpoint = ?, processed = processed + ?, created = created + ?, skipped = skipped + ?, failed = failed + ?, leased_until = ?, failures = 0 WHERE id = ? AND lease_owner = ?',
      [JSON.stringify(checkpoint), processed, created, skipped, failed, leaseEnd(), job.id, job.lease],
    );
    if (affectedRows !== 1) throw new JobLost(job.id);
    // One commit less for each step.
    this.unitOfWork.afterCommit(() => (job.isExtended = true));
  }

  /** How many items there are to do. */
  async expect(job: JobContext, total: number): Promise<void> {
    await this.database.execute('UPDATE jobs SET total = ? WHERE id = ? AND lease_owner = ?', [
      total,
      job.id,
      job.lease,
    ]);
  }
}
