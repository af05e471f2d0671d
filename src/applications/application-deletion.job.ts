import { Injectable, OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, rows, Statement } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobFiles } from '../jobs/job-files.js';
import { FileRemoval } from '../files/file-removal.js';
import { FilesRepository } from '../files/files.repository.js';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobRunner } from '../jobs/job-runner.js';
import { FileStorage } from '../storage/file-storage.js';
import { deletion } from '../search/search-index.js';
import { APPLICATION_DELETION } from './applications.service.js';

const ROWS_A_STEP = 1_000;
const CHANNELS_A_STEP = 100;
/** Events and notifications have no index by application: every write would pay for it. They are gone through by id. */
const IDS_A_STEP = 20_000;

/** Deletes what an application had. The application itself stays as a mark that its id is used up. */
@Injectable()
export class ApplicationDeletionJob implements JobHandler, OnModuleInit {
  readonly type = APPLICATION_DELETION;
  /** Up to which id of a table a job has gone. A new process begins again, which harms nothing. */
  private readonly done = new Map<string, number>();

  constructor(
    private readonly runner: JobRunner,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly jobFiles: JobFiles,
    private readonly files: FilesRepository,
    private readonly fileRemoval: FileRemoval,
    private readonly storage: FileStorage,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  async step({ id, applicationId }: JobContext): Promise<boolean> {
    await this.database.execute(
      "UPDATE jobs SET state = 'FAILED', ended_time = ?, lease_owner = NULL WHERE application_id = ? AND is_published = 1 AND state IN ('PENDING', 'RUNNING')",
      [Date.now(), applicationId],
    );
    // Not in the unit: files are elsewhere.
    if (await this.jobFiles.deleteOfApplication(applicationId)) return false;
    await this.deleteSegments(applicationId);
    return this.unitOfWork.run(async () => {
      const isBusy =
        (await this.deleteWebhooks(applicationId)) ||
        (await this.releaseFiles(applicationId)) ||
        (await this.deletePortion('messages', 'id', applicationId, deletion)) ||
        (await this.deletePortion('message_reports', 'id', applicationId)) ||
        (await this.deletePortion('reactions', 'id', applicationId)) ||
        (await this.deletePortion('reaction_counts', 'message_id', applicationId)) ||
        (await this.deletePortion('hidden_messages', 'message_id', applicationId)) ||
        (await this.deletePortion('user_blocks', 'id', applicationId)) ||
        (await this.deleteReadMarks(applicationId)) ||
        (await this.deleteChannels(applicationId)) ||
        (await this.deletePortion('search_edits', 'message_id', applicationId)) ||
        (await this.deletePortion('preview_tasks', 'message_id', applicationId)) ||
        (await this.deleteUsers(applicationId)) ||
        (await this.deletePortion('user_sessions', 'id', applicationId)) ||
        (await this.deletePortion('chat_sessions', 'id', applicationId)) ||
        (await this.deletePortion('user_secrets', 'id', applicationId)) ||
        (await this.deletePortion('message_usage', 'month', applicationId)) ||
        (await this.deletePortion('application_limits', 'application_id', applicationId)) ||
        (await this.deletePortion('access_tokens', 'token_hash', applicationId)) ||
        (await this.deletePortion('idempotency_keys', 'idempotency_key', applicationId)) ||
        (await this.deletePortion('import_keys', 'import_key', applicationId)) ||
        (await this.deletePortion('moved_replies', 'remote_id', applicationId)) ||
        (await this.deletePortion('moved_channels', 'remote_id', applicationId)) ||
        (await this.deletePortion('move_failures', 'remote_id', applicationId)) ||
        (await this.deletePortion('moves', 'id', applicationId)) ||
        (await this.deleteByWalk(id, 'notifications', applicationId)) ||
        // The event of the deletion itself stays, for those who have not read it yet.
        (await this.deleteByWalk(id, 'events', applicationId, "AND type <> 'application.deleted'"));
      if (isBusy) return false;
      await this.database.execute(
        "UPDATE applications SET properties = '{}', user_count = 0, channel_count = 0, message_count = 0, user_session_count = 0, active_user_session_count = 0, chat_session_count = 0, active_chat_session_count = 0 WHERE id = ?",
        [applicationId],
      );
      for (const table of ['notifications', 'events']) this.done.delete(`${id} ${table}`);
      return true;
    });
  }

  /** What a copy from another server has left in storage that was not finished. */
  private async deleteSegments(applicationId: number): Promise<void> {
    const moves = await this.database.query('SELECT 1 FROM moves WHERE application_id = ? LIMIT 1', [applicationId]);
    if (moves.length === 0) return;
    for await (const { key } of this.storage.list(`moves/${applicationId}`)) await this.storage.delete(key);
  }

  /** Files are in storage too, so that they go by a way of their own. */
  private async releaseFiles(applicationId: number): Promise<boolean> {
    if ((await this.files.releaseSome(applicationId, ROWS_A_STEP)) === 0) return false;
    this.unitOfWork.afterCommit(() => this.fileRemoval.wake());
    return true;
  }

  /** Deletes some rows of a table that has an index by application, and what `also` says; false when there are none. */
  private async deletePortion(
    table: string,
    key: string,
    applicationId: number,
    also?: (keys: number[]) => Statement,
  ): Promise<boolean> {
    const found = await this.database.query<Record<string, string | number>>(
      `SELECT ${key} FROM ${table} WHERE application_id = ? LIMIT ${rows(ROWS_A_STEP)}`,
      [applicationId],
    );
    if (found.length === 0) return false;
    const keys = found.map((row) => row[key]!);
    await this.database.execute(`DELETE FROM ${table} WHERE application_id = ? AND ${key} IN (${marks(keys)})`, [
      applicationId,
      ...keys,
    ]);
    if (also) await this.database.execute(also(keys as number[]).sql, also(keys as number[]).parameters);
    return true;
  }

  /** Memberships, invites and threads are found by their channel. */
  /** Nobody is told anything more. What was told is found by the webhook, which goes last: while it is there more may come. */
  private async deleteWebhooks(applicationId: number): Promise<boolean> {
    const [webhook] = await this.database.query<{ id: number }>(
      `SELECT id FROM webhooks WHERE application_id = ? ORDER BY id LIMIT 1 ${this.database.dialect.forUpdate}`,
      [applicationId],
    );
    if (!webhook) return false;
    for (const [table, key] of [
      ['webhook_deliveries', 'event_id'],
      ['webhook_lanes', 'lane'],
    ] as const) {
      const found = await this.database.query<Record<string, number>>(
        `SELECT ${key} FROM ${table} WHERE webhook_id = ? LIMIT ${rows(ROWS_A_STEP)}`,
        [webhook.id],
      );
      const keys = found.map((row) => row[key]!);
      if (keys.length > 0)
        await this.database.execute(`DELETE FROM ${table} WHERE webhook_id = ? AND ${key} IN (${marks(keys)})`, [
          webhook.id,
          ...keys,
        ]);
      if (keys.length === ROWS_A_STEP) return true;
    }
    await this.database.execute('DELETE FROM webhooks WHERE id = ?', [webhook.id]);
    return true;
  }

  /** They have no key of one column: those that end with the same message go together. */
  private async deleteReadMarks(applicationId: number): Promise<boolean> {
    const found = await this.database.query<{ to_message_id: number }>(
      `SELECT to_message_id FROM read_marks WHERE application_id = ? ORDER BY to_message_id LIMIT ${rows(ROWS_A_STEP)}`,
      [applicationId],
    );
    if (found.length === 0) return false;
    await this.database.execute('DELETE FROM read_marks WHERE application_id = ? AND to_message_id <= ?', [
      applicationId,
      found.at(-1)!.to_message_id,
    ]);
    return true;
  }

  /** Memberships and threads are found by their channel. */
  private async deleteChannels(applicationId: number): Promise<boolean> {
    const channels = await this.database.query<{ id: number }>(
      `SELECT id FROM channels WHERE application_id = ? LIMIT ${rows(CHANNELS_A_STEP)}`,
      [applicationId],
    );
    if (channels.length === 0) return false;
    const ids = channels.map(({ id }) => id);
    for (const id of ids) if (await this.deleteMemberships(id)) return true;
    if (await this.deleteInvites(ids)) return true;
    // Of these there are few.
    for (const table of ['channel_blocks', 'hidden_channels'])
      await this.database.execute(`DELETE FROM ${table} WHERE channel_id IN (${marks(ids)})`, ids);
    await this.database.execute(`DELETE FROM threads WHERE channel_id IN (${marks(ids)})`, ids);
    await this.database.execute(`DELETE FROM channels WHERE id IN (${marks(ids)})`, ids);
    return true;
  }

  /** True when a channel has so many that the rest is left to the next step. */
  private async deleteMemberships(channelId: number): Promise<boolean> {
    const found = await this.database.query<{ user_id: number }>(
      `SELECT user_id FROM memberships WHERE channel_id = ? LIMIT ${rows(ROWS_A_STEP)}`,
      [channelId],
    );
    if (found.length === 0) return false;
    const userIds = found.map(({ user_id }) => user_id);
    // Whoever moderates is a member.
    await this.database.execute(`DELETE FROM moderators WHERE channel_id = ? AND user_id IN (${marks(userIds)})`, [
      channelId,
      ...userIds,
    ]);
    await this.database.execute(`DELETE FROM memberships WHERE channel_id = ? AND user_id IN (${marks(userIds)})`, [
      channelId,
      ...userIds,
    ]);
    return found.length === ROWS_A_STEP;
  }

  private async deleteInvites(channelIds: readonly number[]): Promise<boolean> {
    const found = await this.database.query<{ id: number }>(
      `SELECT id FROM channel_invites WHERE channel_id IN (${marks(channelIds)}) LIMIT ${rows(ROWS_A_STEP)}`,
      channelIds,
    );
    if (found.length === 0) return false;
    const ids = found.map(({ id }) => id);
    await this.database.execute(`DELETE FROM channel_invites WHERE id IN (${marks(ids)})`, ids);
    return found.length === ROWS_A_STEP;
  }

  /** With what is kept for each of them. */
  private async deleteUsers(applicationId: number): Promise<boolean> {
    const users = await this.database.query<{ id: number }>(
      `SELECT id FROM users WHERE application_id = ? LIMIT ${rows(ROWS_A_STEP)}`,
      [applicationId],
    );
    if (users.length === 0) return false;
    const ids = users.map(({ id }) => id);
    await this.database.execute(`DELETE FROM notification_counts WHERE user_id IN (${marks(ids)})`, ids);
    await this.database.execute(`DELETE FROM users WHERE id IN (${marks(ids)})`, ids);
    return true;
  }

  private async deleteByWalk(
    jobId: number,
    table: 'notifications' | 'events',
    applicationId: number,
    which = '',
  ): Promise<boolean> {
    const from = this.done.get(`${jobId} ${table}`) ?? 0;
    const [next] = await this.database.query<{ id: number | null }>(`SELECT MIN(id) AS id FROM ${table} WHERE id > ?`, [
      from,
    ]);
    if (!next?.id) return false;
    const upTo = next.id + IDS_A_STEP;
    await this.database.execute(`DELETE FROM ${table} WHERE id > ? AND id <= ? AND application_id = ? ${which}`, [
      from,
      upTo,
      applicationId,
    ]);
    this.done.set(`${jobId} ${table}`, upTo);
    return true;
  }
}
