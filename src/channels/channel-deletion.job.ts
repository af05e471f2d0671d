import { Injectable, OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { FileRemoval } from '../files/file-removal.js';
import { FilesRepository } from '../files/files.repository.js';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobRunner } from '../jobs/job-runner.js';
import { marks, rows } from '../database/sql.js';

export const CHANNEL_DELETION = 'CHANNEL_DELETION';
const ROWS_A_STEP = 500;

/** Deletes what a deleted channel held, and at last the channel. The counts of its people go down with each step. */
@Injectable()
export class ChannelDeletionJob implements JobHandler, OnModuleInit {
  readonly type = CHANNEL_DELETION;

  constructor(
    private readonly runner: JobRunner,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly files: FilesRepository,
    private readonly fileRemoval: FileRemoval,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  step({ applicationId, payload }: JobContext): Promise<boolean> {
    const channelId = Number(payload.channelId);
    return this.unitOfWork.run(async () => {
      if (await this.deleteMessages(applicationId, channelId)) return false;
      if (await this.deleteMemberships(channelId)) return false;
      await this.database.execute('DELETE FROM threads WHERE channel_id = ?', [channelId]);
      await this.database.execute('DELETE FROM channels WHERE id = ? AND deleted_time IS NOT NULL', [channelId]);
      return true;
    });
  }

  /** Answers how many. */
  private async deleteMessages(applicationId: number, channelId: number): Promise<number> {
    const found = await this.database.query<{ id: number; user_id: number | null; has_file: number }>(
      `SELECT id, user_id, file IS NOT NULL AS has_file FROM messages WHERE channel_id = ? ORDER BY id LIMIT ${rows(ROWS_A_STEP)}`,
      [channelId],
    );
    if (found.length === 0) return 0;
    const ids = found.map(({ id }) => id);
    await this.database.execute(`DELETE FROM messages WHERE id IN (${marks(ids)})`, ids);
    await this.releaseFiles(
      applicationId,
      found.filter(({ has_file }) => has_file === 1).map(({ id }) => id),
    );
    const sent = new Map<number, number>();
    for (const { user_id } of found) if (user_id !== null) sent.set(user_id, (sent.get(user_id) ?? 0) + 1);
    // In the order of ids, as everybody who locks several users does.
    for (const [userId, count] of [...sent].sort(([a], [b]) => a - b))
      await this.database.execute('UPDATE users SET message_count = message_count - ? WHERE id = ?', [count, userId]);
    return found.length;
  }

  private async releaseFiles(applicationId: number, messageIds: readonly number[]): Promise<void> {
    if (messageIds.length === 0) return;
    const { sql, parameters } = this.files.release(applicationId, 'MESSAGE', messageIds);
    await this.database.execute(sql, parameters);
    this.unitOfWork.afterCommit(() => this.fileRemoval.wake());
  }

  private async deleteMemberships(channelId: number): Promise<number> {
    // Held first: the deletion of a user ends memberships at the same time.
    await this.database.query(`SELECT id FROM channels WHERE id = ? ${this.database.dialect.forUpdate}`, [channelId]);
    const found = await this.database.query<{ user_id: number }>(
      `SELECT user_id FROM memberships WHERE channel_id = ? ORDER BY user_id LIMIT ${rows(ROWS_A_STEP)}`,
      [channelId],
    );
    if (found.length === 0) return 0;
    const ids = found.map(({ user_id }) => user_id);
    await this.database.execute(`DELETE FROM memberships WHERE channel_id = ? AND user_id IN (${marks(ids)})`, [
      channelId,
      ...ids,
    ]);
    await this.database.execute(`UPDATE users SET channel_count = channel_count - 1 WHERE id IN (${marks(ids)})`, ids);
    return found.length;
  }
}
