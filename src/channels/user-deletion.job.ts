import { Injectable, OnModuleInit } from '@nestjs/common';
import { countInApplication } from '../applications/application-counters.js';
import { Database } from '../database/database.js';
import { marks, rows } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobRunner } from '../jobs/job-runner.js';
import { removalOfReaction } from '../reactions/reaction-counting.js';
import { USER_DELETION } from '../users/users.service.js';

const ROWS_A_STEP = 200;

/** What a user has at most once in a channel, and the count that the channel keeps of it. */
const IN_CHANNELS = [
  { table: 'moderators', counter: 'moderator_count' },
  { table: 'memberships', counter: 'member_count' },
  { table: 'channel_invites', counter: 'invite_count' },
  { table: 'channel_blocks', counter: 'block_count' },
] as const;

/** What has no counts: the blocks of a user and those of others, and what the user did not want to see. */
const OF_USER = [
  { table: 'user_blocks', column: 'user_id', key: 'id' },
  { table: 'user_blocks', column: 'blocked_user_id', key: 'id' },
  { table: 'hidden_channels', column: 'user_id', key: 'channel_id' },
  { table: 'hidden_messages', column: 'user_id', key: 'message_id' },
] as const;

/** Ends the memberships of a deleted user, and forgets what is of no use without them. */
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
      for (const place of IN_CHANNELS) if (await this.leaveChannels(userId, place)) return false;
      if (await this.deleteReports(userId)) return false;
      if (await this.deleteReactions(userId)) return false;
      for (const condition of OF_USER) if (await this.deletePortion(condition, userId)) return false;
      if (await this.deleteSessions(applicationId, userId, 'chat')) return false;
      if (await this.deleteSessions(applicationId, userId, 'user')) return false;
      return true;
    });
  }

  /** False when there is nothing left in this table. */
  private async leaveChannels(userId: number, { table, counter }: (typeof IN_CHANNELS)[number]): Promise<boolean> {
    const found = await this.database.query<{ channel_id: number }>(
      `SELECT channel_id FROM ${table} WHERE user_id = ? ORDER BY channel_id LIMIT ${rows(ROWS_A_STEP)}`,
      [userId],
    );
    if (found.length === 0) return false;
    await this.lockChannels(found.map(({ channel_id }) => channel_id));
    const ids = await this.stillIn(
      table,
      userId,
      found.map(({ channel_id }) => channel_id),
    );
    if (ids.length === 0) return true;
    // Channels first, then users: the order in which everybody locks them.
    await this.database.execute(`UPDATE channels SET ${counter} = ${counter} - 1 WHERE id IN (${marks(ids)})`, ids);
    await this.database.execute(`DELETE FROM ${table} WHERE user_id = ? AND channel_id IN (${marks(ids)})`, [
      userId,
      ...ids,
    ]);
    if (table === 'memberships')
      await this.database.execute('UPDATE users SET channel_count = channel_count - ? WHERE id = ?', [
        ids.length,
        userId,
      ]);
    return true;
  }

  private async lockChannels(channelIds: readonly number[]): Promise<void> {
    await this.database.query(
      `SELECT id FROM channels WHERE id IN (${marks(channelIds)}) ORDER BY id ${this.database.dialect.forUpdate}`,
      channelIds,
    );
  }

  /** The user may have left meanwhile: others end memberships at the same time. */
  private async stillIn(table: string, userId: number, channelIds: readonly number[]): Promise<number[]> {
    const found = await this.database.query<{ channel_id: number }>(
      `SELECT channel_id FROM ${table} WHERE user_id = ? AND channel_id IN (${marks(channelIds)})`,
      [userId, ...channelIds],
    );
    return found.map(({ channel_id }) => channel_id);
  }

  private async deleteReports(userId: number): Promise<boolean> {
    const select = 'SELECT id, channel_id, message_id FROM message_reports WHERE user_id = ?';
    type Report = { id: number; channel_id: number; message_id: number };
    const found = await this.database.query<Report>(`${select} ORDER BY id LIMIT ${rows(ROWS_A_STEP)}`, [userId]);
    if (found.length === 0) return false;
    await this.lockChannels([...new Set(found.map(({ channel_id }) => channel_id))]);
    const reports = await this.database.query<Report>(`${select} AND id IN (${marks(found)})`, [
      userId,
      ...found.map(({ id }) => id),
    ]);
    if (reports.length === 0) return true;
    const ids = reports.map(({ id }) => id);
    const messageIds = reports.map(({ message_id }) => message_id);
    await this.database.execute(`DELETE FROM message_reports WHERE id IN (${marks(ids)})`, ids);
    await this.database.execute(
      `UPDATE messages SET report_count = report_count - 1 WHERE id IN (${marks(messageIds)})`,
      messageIds,
    );
    const cleared = await this.database.query<{ channel_id: number; n: number }>(
      `SELECT channel_id, COUNT(*) AS n FROM messages WHERE id IN (${marks(messageIds)}) AND report_count = 0 GROUP BY channel_id`,
      messageIds,
    );
    for (const { channel_id, n } of cleared)
      await this.database.execute(
        'UPDATE channels SET reported_message_count = reported_message_count - ? WHERE id = ?',
        [Number(n), channel_id],
      );
    return true;
  }

  /** Takes the user out of what is counted of the reactions to messages. */
  private async deleteReactions(userId: number): Promise<boolean> {
    const select = 'SELECT id, channel_id, message_id, emoji FROM reactions WHERE user_id = ?';
    type Reaction = { id: number; channel_id: number; message_id: number; emoji: string };
    const found = await this.database.query<Reaction>(`${select} ORDER BY id LIMIT ${rows(ROWS_A_STEP)}`, [userId]);
    if (found.length === 0) return false;
    await this.lockChannels([...new Set(found.map(({ channel_id }) => channel_id))]);
    const reactions = await this.database.query<Reaction>(`${select} AND id IN (${marks(found)})`, [
      userId,
      ...found.map(({ id }) => id),
    ]);
    for (const { id, message_id, emoji } of reactions)
      for (const { sql, parameters } of removalOfReaction(id, message_id, emoji))
        await this.database.execute(sql, parameters);
    return true;
  }

  private async deletePortion({ table, column, key }: (typeof OF_USER)[number], userId: number): Promise<boolean> {
    const found = await this.database.query<Record<string, number>>(
      `SELECT ${key} FROM ${table} WHERE ${column} = ? LIMIT ${rows(ROWS_A_STEP)}`,
      [userId],
    );
    if (found.length === 0) return false;
    await this.database.execute(`DELETE FROM ${table} WHERE ${column} = ? AND ${key} IN (${marks(found)})`, [
      userId,
      ...found.map((row) => row[key]!),
    ]);
    return true;
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
}
