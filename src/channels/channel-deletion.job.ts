import { Injectable, OnModuleInit } from '@nestjs/common';
import { countInApplication } from '../applications/application-counters.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { FileRemoval } from '../files/file-removal.js';
import { JobContext, JobHandler } from '../jobs/job-handler.js';
import { JobRunner } from '../jobs/job-runner.js';
import { marks, rows } from '../database/sql.js';
import { withoutMessages } from '../messages/message-remains.js';
import { deletion } from '../search/search-index.js';

export const CHANNEL_DELETION = 'CHANNEL_DELETION';
const ROWS_A_STEP = 500;
/** What is kept of single people in a channel, besides their memberships. */
const OF_MEMBERS = ['channel_blocks', 'hidden_channels'] as const;

/** Deletes what a deleted channel held, and at last the channel. The counts of its people go down with each step. */
@Injectable()
export class ChannelDeletionJob implements JobHandler, OnModuleInit {
  readonly type = CHANNEL_DELETION;

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
    const channelId = Number(payload.channelId);
    return this.unitOfWork.run(async () => {
      // Held first: clearing its messages, or the deletion of a user, may go on at the same time.
      const [channel] = await this.database.query<{ cleared_message_id: number }>(
        `SELECT cleared_message_id FROM channels WHERE id = ? ${this.database.dialect.forUpdate}`,
        [channelId],
      );
      if (!channel) return true;
      if (await this.deleteMessages(applicationId, channelId, channel.cleared_message_id)) return false;
      if (await this.deleteMemberships(channelId)) return false;
      if (await this.deleteInvites(channelId)) return false;
      if (await this.deleteChatSessions(applicationId, channelId)) return false;
      if (await this.deleteReadMarks(channelId)) return false;
      for (const table of OF_MEMBERS) if (await this.deleteOfMembers(table, channelId)) return false;
      await this.database.execute('DELETE FROM threads WHERE channel_id = ?', [channelId]);
      await this.database.execute('DELETE FROM channels WHERE id = ? AND deleted_time IS NOT NULL', [channelId]);
      return true;
    });
  }

  /** Answers how many. Those that were cleared away count for nobody any more. */
  private async deleteMessages(applicationId: number, channelId: number, clearedId: number): Promise<number> {
    const found = await this.database.query<{ id: number; user_id: number | null; has_file: number }>(
      `SELECT id, user_id, file IS NOT NULL AS has_file FROM messages WHERE channel_id = ? ORDER BY id LIMIT ${rows(ROWS_A_STEP)}`,
      [channelId],
    );
    if (found.length === 0) return 0;
    const ids = found.map(({ id }) => id);
    for (const { sql, parameters } of withoutMessages(ids)) await this.database.execute(sql, parameters);
    await this.database.execute(`DELETE FROM messages WHERE id IN (${marks(ids)})`, ids);
    const { sql, parameters } = deletion(ids);
    await this.database.execute(sql, parameters);
    await this.fileRemoval.release(
      applicationId,
      'MESSAGE',
      found.filter(({ has_file }) => has_file === 1).map(({ id }) => id),
    );
    const sent = new Map<number, number>();
    for (const { id, user_id } of found)
      if (user_id !== null && id > clearedId) sent.set(user_id, (sent.get(user_id) ?? 0) + 1);
    // In the order of ids, as everybody who locks several users does.
    for (const [userId, count] of [...sent].sort(([a], [b]) => a - b))
      await this.database.execute('UPDATE users SET message_count = message_count - ? WHERE id = ?', [count, userId]);
    return found.length;
  }

  private async deleteInvites(channelId: number): Promise<number> {
    const found = await this.database.query<{ id: number }>(
      `SELECT id FROM channel_invites WHERE channel_id = ? ORDER BY id LIMIT ${rows(ROWS_A_STEP)}`,
      [channelId],
    );
    if (found.length === 0) return 0;
    const ids = found.map(({ id }) => id);
    await this.database.execute(`DELETE FROM channel_invites WHERE id IN (${marks(ids)})`, ids);
    return found.length;
  }

  /** That the channel is deleted says enough: they do not end one by one. */
  private async deleteChatSessions(applicationId: number, channelId: number): Promise<number> {
    const found = await this.database.query<{ id: number; ended_time: number | null }>(
      `SELECT id, ended_time FROM chat_sessions WHERE channel_id = ? LIMIT ${rows(ROWS_A_STEP)} ${this.database.dialect.forUpdate}`,
      [channelId],
    );
    if (found.length === 0) return 0;
    const ids = found.map(({ id }) => id);
    await this.database.execute(`DELETE FROM chat_sessions WHERE id IN (${marks(ids)})`, ids);
    const active = found.filter(({ ended_time }) => ended_time === null).length;
    for (const { sql, parameters } of [
      countInApplication(applicationId, 'chat_session_count', -ids.length),
      countInApplication(applicationId, 'active_chat_session_count', -active),
    ])
      await this.database.execute(sql, parameters);
    return found.length;
  }

  private async deleteMemberships(channelId: number): Promise<number> {
    const found = await this.database.query<{ user_id: number }>(
      `SELECT user_id FROM memberships WHERE channel_id = ? ORDER BY user_id LIMIT ${rows(ROWS_A_STEP)}`,
      [channelId],
    );
    if (found.length === 0) return 0;
    const ids = found.map(({ user_id }) => user_id);
    // Whoever moderates is a member.
    await this.database.execute(`DELETE FROM moderators WHERE channel_id = ? AND user_id IN (${marks(ids)})`, [
      channelId,
      ...ids,
    ]);
    await this.database.execute(`DELETE FROM memberships WHERE channel_id = ? AND user_id IN (${marks(ids)})`, [
      channelId,
      ...ids,
    ]);
    await this.database.execute(`UPDATE users SET channel_count = channel_count - 1 WHERE id IN (${marks(ids)})`, ids);
    return found.length;
  }

  private async deleteOfMembers(table: (typeof OF_MEMBERS)[number], channelId: number): Promise<number> {
    const found = await this.database.query<{ user_id: number }>(
      `SELECT user_id FROM ${table} WHERE channel_id = ? LIMIT ${rows(ROWS_A_STEP)}`,
      [channelId],
    );
    if (found.length === 0) return 0;
    await this.database.execute(`DELETE FROM ${table} WHERE channel_id = ? AND user_id IN (${marks(found)})`, [
      channelId,
      ...found.map(({ user_id }) => user_id),
    ]);
    return found.length;
  }

  /** Answers how many were found; those that end with the same message as the last of them go as well. */
  private async deleteReadMarks(channelId: number): Promise<number> {
    const found = await this.database.query<{ node: number; to_message_id: number }>(
      `SELECT node, to_message_id FROM read_marks WHERE channel_id = ? ORDER BY node, to_message_id LIMIT ${rows(ROWS_A_STEP)}`,
      [channelId],
    );
    const last = found.at(-1);
    if (last)
      await this.database.execute(
        'DELETE FROM read_marks WHERE channel_id = ? AND (node < ? OR (node = ? AND to_message_id <= ?))',
        [channelId, last.node, last.node, last.to_message_id],
      );
    return found.length;
  }
}
