import { Injectable, OnModuleInit } from '@nestjs/common';
import { countInApplication } from '../applications/application-counters.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobRunner } from '../jobs/job-runner.js';
import { USER_DELETION } from '../users/users.service.js';
import { marks, rows } from '../database/sql.js';

const ROWS_A_STEP = 200;

/** Ends the memberships of a deleted user, and forgets the sessions. */
@Injectable()
export class UserDeletionJob implements JobHandler, OnModuleInit {
  readonly type = USER_DELETION;

  constructor(
    private readonly runner: JobRunner,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.runner.register(this);
  }

  step({ applicationId, payload }: JobContext): Promise<boolean> {
    const userId = Number(payload.userId);
    return this.unitOfWork.run(async () => {
      const found = await this.database.query<{ channel_id: number }>(
        `SELECT channel_id FROM memberships WHERE user_id = ? ORDER BY channel_id LIMIT ${rows(ROWS_A_STEP)}`,
        [userId],
      );
      if (found.length === 0)
        return !(
          (await this.deleteSessions(applicationId, userId, 'chat')) ||
          (await this.deleteSessions(applicationId, userId, 'user'))
        );
      const ids = await this.lockMemberships(
        userId,
        found.map(({ channel_id }) => channel_id),
      );
      if (ids.length === 0) return false;
      // Channels first, then users: the order in which everybody locks them.
      await this.database.execute(
        `UPDATE channels SET member_count = member_count - 1 WHERE id IN (${marks(ids)})`,
        ids,
      );
      await this.database.execute(`DELETE FROM memberships WHERE user_id = ? AND channel_id IN (${marks(ids)})`, [
        userId,
        ...ids,
      ]);
      await this.database.execute('UPDATE users SET channel_count = channel_count - ? WHERE id = ?', [
        ids.length,
        userId,
      ]);
      return false;
    });
  }

  /** That the user is deleted says enough: they do not end one by one. */
  private async deleteSessions(applicationId: number, userId: number, kind: 'chat' | 'user'): Promise<boolean> {
    const found = await this.database.query<{ id: number; ended_time: number | null }>(
      `SELECT id, ended_time FROM ${kind}_sessions WHERE user_id = ? LIMIT ${rows(ROWS_A_STEP)} ${this.database.dialect.forUpdate}`,
      [userId],
    );
    if (found.length === 0) return false;
    const ids = found.map(({ id }) => id);
    await this.database.execute(`DELETE FROM ${kind}_sessions WHERE id IN (${marks(ids)})`, ids);
    const active = found.filter(({ ended_time }) => ended_time === null).length;
    for (const { sql, parameters } of [
      countInApplication(applicationId, `${kind}_session_count`, -ids.length),
      countInApplication(applicationId, `active_${kind}_session_count`, -active),
    ])
      await this.database.execute(sql, parameters);
    return true;
  }

  /** Holds the channels, and answers those that the user is still in: others end memberships at the same time. */
  private async lockMemberships(userId: number, channelIds: readonly number[]): Promise<number[]> {
    await this.database.query(
      `SELECT id FROM channels WHERE id IN (${marks(channelIds)}) ORDER BY id ${this.database.dialect.forUpdate}`,
      channelIds,
    );
    const found = await this.database.query<{ channel_id: number }>(
      `SELECT channel_id FROM memberships WHERE user_id = ? AND channel_id IN (${marks(channelIds)})`,
      [userId, ...channelIds],
    );
    return found.map(({ channel_id }) => channel_id);
  }
}
