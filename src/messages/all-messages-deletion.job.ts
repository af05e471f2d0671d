import { Injectable, OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, rows } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { FileRemoval } from '../files/file-removal.js';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobRunner } from '../jobs/job-runner.js';
import { deletion } from '../search/search-index.js';
import { withoutMessages } from './message-remains.js';

export const ALL_MESSAGES_DELETION = 'ALL_MESSAGES_DELETION';
const ROWS_A_STEP = 500;

/**
 * Deletes the rows of messages that have been cleared away, with their threads and what is known about their reading.
 * Nobody sees or counts them any more, except that threads which were started by name count what is still in them.
 */
@Injectable()
export class AllMessagesDeletionJob implements JobHandler, OnModuleInit {
  readonly type = ALL_MESSAGES_DELETION;

  constructor(
    private readonly runner: JobRunner,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly fileRemoval: FileRemoval,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  step({ applicationId, payload }: JobContext): Promise<boolean> {
    const upTo = Number(payload.upToMessageId);
    return this.unitOfWork.run(
      async () =>
        !(await this.deleteMessages(applicationId, upTo)) && !(await this.deleteReadMarks(applicationId, upTo)),
    );
  }

  /** In the order of their ids, so that no message is left without the one that it replies to. */
  private async deleteMessages(applicationId: number, upTo: number): Promise<boolean> {
    const found = await this.database.query<{ id: number; thread_id: number; has_file: number }>(
      `SELECT id, thread_id, file IS NOT NULL AS has_file FROM messages ${this.database.dialect.readBy('messages_application')} WHERE application_id = ? AND id <= ? ORDER BY id LIMIT ${rows(ROWS_A_STEP)}`,
      [applicationId, upTo],
    );
    if (found.length === 0) return false;
    const ids = found.map(({ id }) => id);
    for (const { sql, parameters } of withoutMessages(ids)) await this.database.execute(sql, parameters);
    await this.database.execute(`DELETE FROM messages WHERE id IN (${marks(ids)})`, ids);
    const unindexing = deletion(ids);
    await this.database.execute(unindexing.sql, unindexing.parameters);
    await this.fileRemoval.release(
      applicationId,
      'MESSAGE',
      found.filter(({ has_file }) => has_file === 1).map(({ id }) => id),
    );
    const inThread = new Map<number, number>();
    for (const { thread_id } of found) inThread.set(thread_id, (inThread.get(thread_id) ?? 0) + 1);
    await this.countInNamedThreads(inThread);
    await this.deleteThreads([...ids, ...inThread.keys()]);
    return true;
  }

  private async countInNamedThreads(inThread: ReadonlyMap<number, number>): Promise<void> {
    const ids = [...inThread.keys()];
    const named = await this.database.query<{ id: number }>(
      `SELECT id FROM threads WHERE id IN (${marks(ids)}) AND type = 'STANDALONE' ORDER BY id`,
      ids,
    );
    for (const { id } of named)
      await this.database.execute('UPDATE threads SET message_count = message_count - ? WHERE id = ?', [
        inThread.get(id)!,
        id,
      ]);
  }

  /** Those of messages; a message that was deleted by itself has left its own behind. */
  private async deleteThreads(ids: readonly number[]): Promise<void> {
    await this.database.execute(`DELETE FROM threads WHERE id IN (${marks(ids)}) AND type = 'MESSAGE'`, ids);
  }

  /** Those that end with the same message as the last of a portion go with it. */
  private async deleteReadMarks(applicationId: number, upTo: number): Promise<boolean> {
    const found = await this.database.query<{ to_message_id: number }>(
      `SELECT to_message_id FROM read_marks ${this.database.dialect.readBy('read_marks_application')} WHERE application_id = ? AND to_message_id <= ? ORDER BY to_message_id LIMIT ${rows(ROWS_A_STEP)}`,
      [applicationId, upTo],
    );
    if (found.length === 0) return false;
    await this.database.execute('DELETE FROM read_marks WHERE application_id = ? AND to_message_id <= ?', [
      applicationId,
      found.at(-1)!.to_message_id,
    ]);
    return true;
  }
}
