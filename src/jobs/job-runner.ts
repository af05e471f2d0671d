import { randomUUID } from 'node:crypto';
import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobContext, JobHandler } from './job-handler.js';

/** Another process takes a job over this long after its runner was last heard of. */
const LEASE_MS = 30_000;
/** How often to look for jobs that other processes scheduled or left behind. */
const POLL_MS = 2_000;
/** A failing job is tried again after 1, 2, 4, … seconds, and given up after this many failures. */
const MAX_FAILURES = 12;
const BACKOFF_MS = 1_000;

interface JobRow {
  id: number;
  application_id: number;
  type: string;
  payload: string;
  failures: number;
}

/** Works on jobs, one at a time in each process, however many processes there are. */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly handlers = new Map<string, JobHandler>();
  private readonly owner = randomUUID();
  private readonly log = new Logger('Jobs');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isAwake = false;
  private isStarted = false;
  private isStopped = false;

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

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
    await this.running;
  }

  /** There may be a job to do. */
  wake(): void {
    this.isAwake = true;
    if (this.running || !this.isStarted || this.isStopped) return;
    this.running = this.run().finally(() => {
      this.running = undefined;
      if (this.isAwake) this.wake();
    });
  }

  private async run(): Promise<void> {
    this.isAwake = false;
    try {
      while (!this.isStopped) {
        const job = await this.claim();
        if (!job) return;
        await this.work(job);
      }
    } catch (error) {
      this.log.error(error instanceof Error ? error.stack : String(error));
    }
  }

  private claim(): Promise<JobRow | undefined> {
    return this.unitOfWork.run(async () => {
      const now = Date.now();
      const [job] = await this.database.query<JobRow>(
        `SELECT id, application_id, type, payload, failures FROM jobs WHERE state IN ('PENDING', 'RUNNING') AND leased_until <= ? ORDER BY state DESC, leased_until, id LIMIT 1 ${this.database.dialect.forUpdateSkipLocked}`,
        [now],
      );
      if (!job) return undefined;
      await this.database.execute("UPDATE jobs SET state = 'RUNNING', lease_owner = ?, leased_until = ? WHERE id = ?", [
        this.owner,
        now + LEASE_MS,
        job.id,
      ]);
      return job;
    });
  }

  private async work(row: JobRow): Promise<void> {
    const handler = this.handlers.get(row.type);
    const job: JobContext = {
      id: row.id,
      applicationId: row.application_id,
      payload: JSON.parse(row.payload) as Record<string, unknown>,
    };
    let { failures } = row;
    try {
      if (!handler) throw new Error(`Nothing here does jobs of the type ${row.type}`);
      while (!(await handler.step(job))) {
        failures = 0;
        if (this.isStopped) return await this.giveBack(job.id);
        if (!(await this.extendLease(job.id))) return;
      }
      await this.end(job.id, 'FINISHED');
    } catch (error) {
      this.log.error(`Job ${row.id} (${row.type}): ${error instanceof Error ? error.stack : String(error)}`);
      await this.fail(job.id, failures);
    }
  }

  /** False when another process has taken the job over. */
  private async extendLease(id: number): Promise<boolean> {
    const { affectedRows } = await this.database.execute(
      'UPDATE jobs SET leased_until = ?, failures = 0 WHERE id = ? AND lease_owner = ?',
      [Date.now() + LEASE_MS, id, this.owner],
    );
    return affectedRows === 1;
  }

  private async giveBack(id: number): Promise<void> {
    await this.database.execute(
      'UPDATE jobs SET lease_owner = NULL, leased_until = 0, failures = 0 WHERE id = ? AND lease_owner = ?',
      [id, this.owner],
    );
  }

  /** `failures` have gone before, one after the other. */
  private async fail(id: number, failures: number): Promise<void> {
    if (failures + 1 >= MAX_FAILURES) return this.end(id, 'FAILED');
    await this.database.execute(
      'UPDATE jobs SET failures = ?, lease_owner = NULL, leased_until = ? WHERE id = ? AND lease_owner = ?',
      [failures + 1, Date.now() + BACKOFF_MS * 2 ** failures, id, this.owner],
    );
  }

  private async end(id: number, state: 'FINISHED' | 'FAILED'): Promise<void> {
    await this.database.execute(
      'UPDATE jobs SET state = ?, ended_time = ?, lease_owner = NULL WHERE id = ? AND lease_owner = ?',
      [state, Date.now(), id, this.owner],
    );
  }
}
