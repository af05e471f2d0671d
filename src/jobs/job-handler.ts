/** What a job is about, as it was scheduled. */
export interface JobContext {
  id: number;
  applicationId: number;
  payload: Record<string, unknown>;
}

/**
 * Does one kind of job, in steps. A step is short and repeatable: after a crash the job goes on with the step that had
 * not been committed. Large deletes need no checkpoint, since what is left to delete is the state.
 */
export interface JobHandler {
  readonly type: string;
  /** Does the next step in a unit of work of its own; true when nothing is left. */
  step(job: JobContext): Promise<boolean>;
}
