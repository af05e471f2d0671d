import { randomUUID } from 'node:crypto';
import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobContext, JobFailure, JobHandler, JobLost } from './job-handler.js';

/** Another process takes a job over this long after its runner was last heard of. */
const LEASE_MS = 30_000;
export const leaseEnd = (): number => Date.now() + LEASE_MS;
/** How often to look for jobs that other processes scheduled or left behind. */
const POLL_MS = 2_000;
/** A failing job is tried again after 1, 2, 4, … seconds, and given up after this many failures. */
const MAX_FAILURES = 12;
const BACKOFF_MS = 1_000;

interface JobRow {
  lease: string;
  id: number;
  application_id: number;
  type: string;
  payload: string;
  is_published: number;
  checkpoint: string | null;
  failures: number;
}

/**
 * Works on jobs, a few at a time in each process, however many processes there are. Those that the API shows can be
 * long: one place is kept free of them, so that what the server has to do for itself goes on beside them.
 */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly handlers = new Map<string, JobHandler>();
  private readonly log = new Logger('Jobs');
  private readonly atOnce: number;
  private readonly working = new Set<Promise<void>>();
  private longOnes = 0;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isAwake = false;
  private isStarted = false;
  private isStopped = false;

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    { jobsAtOnce }: Config,
  ) {
    this.atOnce = jobsAtOnce;
  }

  register(handler: JobHandler): void {
    this.handlers.set(handler.type, handler);
  }

  onApplicationBootstrap(): void {
    this.isStarted = true;
    this.timer = setInterval(() => this.wake(), POLL_MS);
    this.timer.unref();
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.looking;
    await Promise.all(this.working);
  }

  /** There may be a job to do. */
  wake(): void {
    this.isAwake = true;
    if (this.looking || !this.isStarted || this.isStopped) return;
    this.looking = this.look().finally(() => {
      this.looking = undefined;
      if (this.isAwake && this.working.size < this.atOnce) this.wake();
    });
  }

  /** Takes up jobs until there are none, or all places are taken. */
  private async look(): Promise<void> {
    this.isAwake = false;
    try {
      while (!this.isStopped && this.working.size < this.atOnce) {
        const job = await this.claim();
        if (!job) return;
        this.begin(job);
      }
    } catch (error) {
      this.log.error(error instanceof Error ? error.stack : String(error));
    }
  }

  private begin(job: JobRow): void {
    const isLong = job.is_published === 1;
    if (isLong) this.longOnes++;
    const work = this.work(job)
      .catch((error: unknown) => this.log.error(error instanceof Error ? error.stack : String(error)))
      .finally(() => {
        if (isLong) this.longOnes--;
        this.working.delete(work);
        this.wake();
      });
    this.working.add(work);
  }

  private claim(): Promise<JobRow | undefined> {
    const mayBeLong = this.longOnes < Math.max(1, this.atOnce - 1);
    // A job that the API shows waits for those before it of the same application.
    const turn = mayBeLong
      ? "(j.is_published = 0 OR NOT EXISTS (SELECT 1 FROM jobs b WHERE b.application_id = j.application_id AND b.is_published = 1 AND b.id < j.id AND b.state IN ('PENDING', 'RUNNING')))"
      : 'j.is_published = 0';
    return this.unitOfWork.run(async () => {
      const now = Date.now();
      const [job] = await this.database.query<Omit<JobRow, 'lease'>>(
        `SELECT j.id, j.application_id, j.type, j.payload, j.is_published, j.checkpoint, j.failures FROM jobs j WHERE j.state IN ('PENDING', 'RUNNING') AND j.leased_until <= ? AND ${turn} ORDER BY j.state DESC, j.leased_until, j.id LIMIT 1 ${this.database.dialect.forUpdateSkipLocked}`,
        [now],
      );
      if (!job) return undefined;
      const lease = randomUUID();
      await this.database.execute("UPDATE jobs SET state = 'RUNNING', lease_owner = ?, leased_until = ? WHERE id = ?", [
        lease,
        now + LEASE_MS,
        job.id,
      ]);
      return { ...job, lease };
    });
  }

  private async work(row: JobRow): Promise<void> {
    const handler = this.handlers.get(row.type);
    const job: JobContext = {
      id: row.id,
      applicationId: row.application_id,
      lease: row.lease,
      payload: JSON.parse(row.payload) as Record<string, unknown>,
      checkpoint: row.checkpoint === null ? undefined : (JSON.parse(row.checkpoint) as Record<string, unknown>),
    };
    try {
      await this.stepByStep(row, job, handler);
    } finally {
      await handler?.release?.(job);
    }
  }

  private async stepByStep(row: JobRow, job: JobContext, handler: JobHandler | undefined): Promise<void> {
    let { failures } = row;
    try {
      if (!handler) throw new Error(`Nothing here does jobs of the type ${row.type}`);
      while (!(await handler.step(job))) {
        failures = 0;
        if (this.isStopped) return await this.giveBack(job);
        if (!job.isExtended && !(await this.extendLease(job))) return;
        delete job.isExtended;
      }
      await this.end(job, 'FINISHED');
    } catch (error) {
      if (error instanceof JobLost) return;
      this.log.error(`Job ${row.id} (${row.type}): ${error instanceof Error ? error.stack : String(error)}`);
      await this.fail(job, error instanceof JobFailure ? MAX_FAILURES : failures);
    }
  }

  /** False when another process has taken the job over. */
  private async extendLease({ id, lease }: JobContext): Promise<boolean> {
    const { affectedRows } = await this.database.execute(
      'UPDATE jobs SET leased_until = ?, failures = 0 WHERE id = ? AND lease_owner = ?',
      [leaseEnd(), id, lease],
    );
    return affectedRows === 1;
  }

  private async giveBack({ id, lease }: JobContext): Promise<void> {
    await this.database.execute(
      'UPDATE jobs SET lease_owner = NULL, leased_until = 0, failures = 0 WHERE id = ? AND lease_owner = ?',
      [id, lease],
    );
  }

  /** `failures` have gone before, one after the other. */
  private async fail(job: JobContext, failures: number): Promise<void> {
    if (failures + 1 >= MAX_FAILURES) return this.end(job, 'FAILED');
    await this.database.execute(
      'UPDATE jobs SET failures = ?, lease_owner = NULL, leased_until = ? WHERE id = ? AND lease_owner = ?',
      [failures + 1, Date.now() + BACKOFF_MS * 2 ** failures, job.id, job.lease],
    );
  }

  private async end({ id, lease }: JobContext, state: 'FINISHED' | 'FAILED'): Promise<void> {
    await this.database.execute(
      'UPDATE jobs SET state = ?, ended_time = ?, lease_owner = NULL WHERE id = ? AND lease_owner = ?',
      [state, Date.now(), id, lease],
    );
  }
}
