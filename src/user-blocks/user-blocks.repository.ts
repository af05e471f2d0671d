import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { beginsWith, marks } from '../database/sql.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader } from '../pagination/page-reader.js';
import { JoinedUserRow, joinedUserColumns } from '../users/user.rows.js';

/** A row of `user_blocks` with the user who is blocked. */
export interface UserBlockRow extends JoinedUserRow {
  id: number;
  /** Who blocks. */
  owner_id: number;
  created_time: number;
}

export interface UserBlockFilter {
  /** The name begins so. */
  name?: string;
  /** The display name contains this, whatever its case. */
  displayName?: string;
}

const COLUMNS = `b.id, b.user_id AS owner_id, b.created_time, ${joinedUserColumns('u')}`;
const USER = 'JOIN users u ON u.id = b.blocked_user_id AND u.deleted_time IS NULL';

@Injectable()
export class UserBlocksRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  async find(applicationId: number, userId: number, id: number): Promise<UserBlockRow | undefined> {
    const [row] = await this.database.query<UserBlockRow>(
      `SELECT ${COLUMNS} FROM user_blocks b ${USER} WHERE b.id = ? AND b.user_id = ? AND b.application_id = ?`,
      [id, userId, applicationId],
    );
    return row;
  }

  async findOf(applicationId: number, userId: number, blockedUserId: number): Promise<UserBlockRow | undefined> {
    const [row] = await this.database.query<UserBlockRow>(
      `SELECT ${COLUMNS} FROM user_blocks b ${USER} WHERE b.user_id = ? AND b.blocked_user_id = ? AND b.application_id = ?`,
      [userId, blockedUserId, applicationId],
    );
    return row;
  }

  async insert(applicationId: number, userId: number, blockedUserId: number, createdTime: number): Promise<number> {
    const { insertId } = await this.database.execute(
      'INSERT INTO user_blocks (application_id, user_id, blocked_user_id, created_time) VALUES (?, ?, ?, ?)',
      [applicationId, userId, blockedUserId, createdTime],
    );
    return insertId;
  }

  /** True if it was there. */
  async delete(applicationId: number, id: number): Promise<boolean> {
    const { affectedRows } = await this.database.execute(
      'DELETE FROM user_blocks WHERE id = ? AND application_id = ?',
      [id, applicationId],
    );
    return affectedRows > 0;
  }

  /** Whether one of these people has blocked the user. */
  async isBlockedByAny(applicationId: number, userId: number, others: readonly number[]): Promise<boolean> {
    if (others.length === 0) return false;
    const found = await this.database.query(
      `SELECT 1 FROM user_blocks WHERE blocked_user_id = ? AND user_id IN (${marks(others)}) AND application_id = ? LIMIT 1`,
      [userId, ...others, applicationId],
    );
    return found.length > 0;
  }

  /** Whom a user has blocked, the first first. */
  list(
    applicationId: number,
    userId: number,
    { name, displayName }: UserBlockFilter,
    query: PageQuery,
  ): Promise<Page<UserBlockRow>> {
    const { dialect } = this.database;
    return this.pages.read<UserBlockRow>(
      {
        columns: COLUMNS,
        from: `user_blocks b ${dialect.readBy('user_blocks_list')} ${USER}`,
        where: [
          { sql: 'b.user_id = ? AND b.application_id = ?', parameters: [userId, applicationId] },
          ...(name === undefined ? [] : [beginsWith('u.name', name)]),
          ...(displayName === undefined ? [] : [dialect.containsText('u.display_name', displayName)]),
        ],
        sortable: { id: { column: 'b.id' }, createdTime: { column: 'b.id' } },
        key: 'b.id',
      },
      query,
    );
  }
}
