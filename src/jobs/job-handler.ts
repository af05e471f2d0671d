/** How far a job has got, in whatever form its handler needs. */
export type Checkpoint = Record<string, unknown>;

/** What a job is about, as it was scheduled, and how far it has got. */
export interface JobContext {
  readonly id: number;
  readonly applicationId: number;
  readonly payload: Record<string, unknown>;
  /** What this work is signed with, each time a job is taken up another: also of the same process there is one only. */
  readonly lease: string;
  /** What the last committed step stored with {@link JobProgress.advance}; undefined before the first. */
  checkpoint: Checkpoint | undefined;
  /** The step has extended the lease together with what it wrote. */
  isExtended?: boolean;
}

/**
 * Does one kind of job, in steps. A step is short and repeatable: after a crash the job goes on with the step that had
 * not been committed. Large deletes need no checkpoint, since what is left to delete is the state; others store theirs
 * in the unit of work that makes it true.
 */
export interface JobHandler {
  readonly type: string;
  /** Does the next step in a unit of work of its own; true when nothing is left. */
  step(job: JobContext): Promise<boolean>;
  /** This process works on the job no more: it has ended, failed, or was given back. Closes what steps kept open. */
  release?(job: JobContext): Promise<void>;
}

/** Ends a job as FAILED at once: trying again would not help. The message is for the operator's log. */
export class JobFailure extends Error {}

/** Another process has taken the job over: what this one was about to commit is the other's to do. */
export class JobLost extends Error {
  constructor(id: number) {
    super(`Job ${id} is worked on by another process`);
  }
}
