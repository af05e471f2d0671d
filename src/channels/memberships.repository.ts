import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader } from '../pagination/page-reader.js';
import { joinedUser, JoinedUserRow, joinedUserColumns, UserRow, userColumns } from '../users/user.rows.js';
import { Condition, marks, rows } from '../database/sql.js';

/** Rows in one statement. */
const ROWS_MAX = 500;

export interface MembershipRow {
  channel_id: number;
  user_id: number;
  created_time: number;
}

/** What somebody is in a channel. */
export type Standing = 'NONE' | 'MEMBER' | 'MODERATOR';

/** Members who are told that their channel has gone. */
const ONLINE_MAX = 1_000;

@Injectable()
export class MembershipsRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  /** Holds the users until the open unit ends, and answers which of them still exist. */
  async lockUsers(applicationId: number, userIds: readonly number[]): Promise<Set<number>> {
    const living = new Set<number>();
    // By the key, in its order: another index would be locked as well, in its own order, and writers meet there.
    const { dialect } = this.database;
    for (const some of portions(userIds)) {
      const found = await this.database.query<{ id: number }>(
        `SELECT id FROM users ${dialect.readBy('PRIMARY')} WHERE application_id = ? AND id IN (${marks(some)}) AND deleted_time IS NULL ORDER BY id ${dialect.forUpdate}`,
        [applicationId, ...some],
      );
      for (const { id } of found) living.add(id);
    }
    return living;
  }

  /**
   * Into a channel that is locked, or that nobody else knows yet. What was said before is nothing to be read. Whoever
   * was invited has joined, so the invite is gone; a new channel has none yet.
   */
  async insert(
    applicationId: number,
    channelId: number,
    userIds: readonly number[],
    createdTime: number,
    invites: 'perhaps invited' | 'nobody invited' = 'perhaps invited',
  ): Promise<void> {
    const newest = this.database.dialect.greatest('COALESCE(c.last_message_id, 0)', 'c.cleared_message_id');
    for (const some of portions(userIds)) {
      await this.database.execute(
        `INSERT INTO memberships (channel_id, user_id, application_id, created_time, read_message_id, read_count) SELECT c.id, u.id, ?, ?, ${newest}, c.message_count FROM channels c JOIN users u ON u.id IN (${marks(some)}) WHERE c.id = ?`,
        [applicationId, createdTime, ...some, channelId],
      );
      await this.database.execute(
        `UPDATE users SET channel_count = channel_count + 1 WHERE id IN (${marks(some)})`,
        some,
      );
      if (invites === 'perhaps invited') await this.endInvites(channelId, some);
    }
  }

  private async endInvites(channelId: number, userIds: readonly number[]): Promise<void> {
    const { affectedRows } = await this.database.execute(
      `DELETE FROM channel_invites WHERE channel_id = ? AND user_id IN (${marks(userIds)})`,
      [channelId, ...userIds],
    );
    if (affectedRows > 0)
      await this.database.execute('UPDATE channels SET invite_count = invite_count - ? WHERE id = ?', [
        affectedRows,
        channelId,
      ]);
  }

  async exists(channelId: number, userId: number): Promise<boolean> {
    const found = await this.database.query('SELECT 1 FROM memberships WHERE channel_id = ? AND user_id = ?', [
      channelId,
      userId,
    ]);
    return found.length > 0;
  }

  async delete(channelId: number, userId: number): Promise<void> {
    await this.database.execute('DELETE FROM memberships WHERE channel_id = ? AND user_id = ?', [channelId, userId]);
    // Whoever comes back begins anew.
    await this.database.execute('DELETE FROM hidden_messages WHERE user_id = ? AND channel_id = ?', [
      userId,
      channelId,
    ]);
    await this.database.execute('UPDATE users SET channel_count = channel_count - 1 WHERE id = ?', [userId]);
  }

  /** What a user is in these channels, by channel: in those that are missing, nothing. */
  async standings(
    applicationId: number,
    userId: number,
    channelIds: readonly number[],
  ): Promise<Map<number, Standing>> {
    const standings = new Map<number, Standing>();
    for (const some of portions(channelIds)) {
      const found = await this.database.query<{ channel_id: number; moderator_id: number | null }>(
        `SELECT ms.channel_id, mo.user_id AS moderator_id FROM memberships ms LEFT JOIN moderators mo ON mo.channel_id = ms.channel_id AND mo.user_id = ms.user_id WHERE ms.user_id = ? AND ms.application_id = ? AND ms.channel_id IN (${marks(some)})`,
        [userId, applicationId, ...some],
      );
      for (const row of found) standings.set(row.channel_id, row.moderator_id === null ? 'MEMBER' : 'MODERATOR');
    }
    return standings;
  }

  /** Of very many not all. */
  async onlineMembers(channelId: number): Promise<number[]> {
    const found = await this.database.query<{ user_id: number }>(
      `SELECT ms.user_id FROM memberships ms JOIN users u ON u.id = ms.user_id WHERE ms.channel_id = ? AND u.presence_online = 1 LIMIT ${rows(ONLINE_MAX)}`,
      [channelId],
    );
    return found.map(({ user_id }) => user_id);
  }

  /** Which of these users are members. */
  async membersAmong(channelId: number, userIds: readonly number[]): Promise<number[]> {
    const members: number[] = [];
    for (const some of portions(userIds)) {
      const found = await this.database.query<{ user_id: number }>(
        `SELECT user_id FROM memberships WHERE channel_id = ? AND user_id IN (${marks(some)})`,
        [channelId, ...some],
      );
      members.push(...found.map(({ user_id }) => user_id));
    }
    return members;
  }

  /** Answers whether that is a change. */
  async setMuted(applicationId: number, channelId: number, userId: number, isMuted: boolean): Promise<boolean> {
    const { affectedRows } = await this.database.execute(
      'UPDATE memberships SET is_muted = ? WHERE channel_id = ? AND user_id = ? AND application_id = ? AND is_muted = ?',
      [Number(isMuted), channelId, userId, applicationId, Number(!isMuted)],
    );
    return affectedRows > 0;
  }

  list(applicationId: number, channelId: number, total: number, query: PageQuery): Promise<Page<MembershipRow>> {
    return this.pages.read<MembershipRow>(
      {
        columns: 'ms.channel_id, ms.user_id, ms.created_time',
        from: this.members(),
        where: [ofChannel(applicationId, channelId)],
        sortable: { id: { column: 'ms.user_id' }, createdTime: { column: 'ms.created_time' } },
        key: 'ms.user_id',
        total: () => Promise.resolve(total),
      },
      query,
    );
  }

  /** The members in the order in which they were created as users; those whose display name contains a text. */
  listMembers(
    applicationId: number,
    channelId: number,
    total: number,
    query: PageQuery,
    displayName?: string,
  ): Promise<Page<UserRow>> {
    const where = [ofChannel(applicationId, channelId)];
    if (displayName !== undefined) where.push(this.database.dialect.containsText('u.display_name', displayName));
    return this.pages.read<UserRow>(
      {
        columns: userColumns('u'),
        from: this.members(),
        where,
        sortable: {
          id: { column: 'ms.user_id' },
          name: { column: 'u.name' },
          displayName: { column: 'u.display_name' },
          createdTime: { column: 'ms.user_id' },
        },
        key: 'ms.user_id',
        ...(displayName === undefined && { total: () => Promise.resolve(total) }),
      },
      query,
    );
  }

  /** Memberships in the order of their key, with the users. */
  private members(): string {
    return `memberships ms ${this.database.dialect.readBy('PRIMARY')} JOIN users u ON u.id = ms.user_id`;
  }

  /** The members of small channels, by channel. */
  async membersOf(channelIds: readonly number[]): Promise<Map<number, UserRow[]>> {
    const members = new Map<number, UserRow[]>(channelIds.map((id) => [id, []]));
    if (channelIds.length === 0) return members;
    const rows = await this.database.query<JoinedUserRow & { channel_id: number }>(
      `SELECT ms.channel_id, ${joinedUserColumns('u')} FROM memberships ms JOIN users u ON u.id = ms.user_id WHERE ms.channel_id IN (${marks(channelIds)}) AND u.deleted_time IS NULL ORDER BY ms.channel_id, ms.user_id`,
      channelIds,
    );
    for (const row of rows) members.get(row.channel_id)!.push(joinedUser(row)!);
    return members;
  }
}

/** A user who has been deleted is no member any more, though the row may still be there. */
const ofChannel = (applicationId: number, channelId: number): Condition => ({
  sql: 'ms.channel_id = ? AND ms.application_id = ? AND u.deleted_time IS NULL',
  parameters: [channelId, applicationId],
});

function portions<T>(values: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < values.length; from += ROWS_MAX) parts.push(values.slice(from, from + ROWS_MAX));
  return parts;
}
