import { Injectable, OnModuleInit } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, rows } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobRunner } from '../jobs/job-runner.js';
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
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  step({ id, applicationId }: JobContext): Promise<boolean> {
    return this.unitOfWork.run(async () => {
      const isBusy =
        (await this.deletePortion('messages', 'id', applicationId)) ||
        (await this.deleteChannels(applicationId)) ||
        (await this.deleteUsers(applicationId)) ||
        (await this.deletePortion('user_sessions', 'id', applicationId)) ||
        (await this.deletePortion('chat_sessions', 'id', applicationId)) ||
        (await this.deletePortion('access_tokens', 'token_hash', applicationId)) ||
        (await this.deletePortion('idempotency_keys', 'idempotency_key', applicationId)) ||
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
