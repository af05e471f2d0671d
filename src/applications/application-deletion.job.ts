import { Injectable, OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, rows } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobFiles } from '../jobs/job-files.js';
import { FileRemoval } from '../files/file-removal.js';
import { FilesRepository } from '../files/files.repository.js';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobRunner } from '../jobs/job-runner.js';
import { APPLICATION_DELETION } from './applications.service.js';

const ROWS_A_STEP = 1_000;
const CHANNELS_A_STEP = 100;
/** Events have no index by application: every write would pay for it. They are gone through in their order. */
const EVENTS_A_STEP = 20_000;

/** Deletes what an application had. The application itself stays as a mark that its id is used up. */
@Injectable()
export class ApplicationDeletionJob implements JobHandler, OnModuleInit {
  readonly type = APPLICATION_DELETION;
  /** Up to which id the events of a job's application are gone. A new process begins again, which harms nothing. */
  private readonly eventsDone = new Map<number, number>();

  constructor(
    private readonly runner: JobRunner,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly jobFiles: JobFiles,
    private readonly files: FilesRepository,
    private readonly fileRemoval: FileRemoval,
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
    return this.unitOfWork.run(async () => {
      const isBusy =
        (await this.releaseFiles(applicationId)) ||
        (await this.deletePortion('messages', 'id', applicationId)) ||
        (await this.deleteChannels(applicationId)) ||
        (await this.deletePortion('users', 'id', applicationId)) ||
        (await this.deletePortion('access_tokens', 'token_hash', applicationId)) ||
        (await this.deletePortion('idempotency_keys', 'idempotency_key', applicationId)) ||
        (await this.deletePortion('import_keys', 'import_key', applicationId)) ||
        (await this.deleteEvents(id, applicationId));
      if (isBusy) return false;
      await this.database.execute(
        "UPDATE applications SET properties = '{}', user_count = 0, channel_count = 0, message_count = 0 WHERE id = ?",
        [applicationId],
      );
      this.eventsDone.delete(id);
      return true;
    });
  }

  /** Files are in storage too, so that they go by a way of their own. */
  private async releaseFiles(applicationId: number): Promise<boolean> {
    if ((await this.files.releaseSome(applicationId, ROWS_A_STEP)) === 0) return false;
    this.unitOfWork.afterCommit(() => this.fileRemoval.wake());
    return true;
  }

  /** Deletes some rows of a table that has an index by application; false when there are none. */
  private async deletePortion(table: string, key: string, applicationId: number): Promise<boolean> {
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
    await this.database.execute(`DELETE FROM memberships WHERE channel_id = ? AND user_id IN (${marks(userIds)})`, [
      channelId,
      ...userIds,
    ]);
    return found.length === ROWS_A_STEP;
  }

  /** The event of the deletion itself stays, for those who have not read it yet. */
  private async deleteEvents(jobId: number, applicationId: number): Promise<boolean> {
    const from = this.eventsDone.get(jobId) ?? 0;
    const [next] = await this.database.query<{ id: number | null }>('SELECT MIN(id) AS id FROM events WHERE id > ?', [
      from,
    ]);
    if (!next?.id) return false;
    const upTo = next.id + EVENTS_A_STEP;
    await this.database.execute(
      "DELETE FROM events WHERE id > ? AND id <= ? AND application_id = ? AND type <> 'application.deleted'",
      [from, upTo, applicationId],
    );
    this.eventsDone.set(jobId, upTo);
    return true;
  }
}
