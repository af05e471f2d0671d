import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { ClientError } from '../errors/api-error.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader } from '../pagination/page-reader.js';
import { JoinedUserRow, joinedUserColumns } from '../users/user.rows.js';

/** A row of `channel_blocks` with the user who is blocked. */
export interface ChannelBlockRow extends JoinedUserRow {
  id: number;
  channel_id: number;
  created_time: number;
}

const COLUMNS = `cb.id, cb.channel_id, cb.created_time, ${joinedUserColumns('u')}`;
const FROM = 'channel_blocks cb';
const USER = 'LEFT JOIN users u ON u.id = cb.user_id';

/** Who may not come back into a channel. Whoever writes here holds the channel. */
@Injectable()
export class ChannelBlocksRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  async find(applicationId: number, id: number): Promise<ChannelBlockRow | undefined> {
    const [row] = await this.database.query<ChannelBlockRow>(
      `SELECT ${COLUMNS} FROM ${FROM} ${USER} WHERE cb.id = ? AND cb.application_id = ? AND u.deleted_time IS NULL`,
      [id, applicationId],
    );
    return row;
  }

  async findOfUser(applicationId: number, channelId: number, userId: number): Promise<ChannelBlockRow | undefined> {
    const [row] = await this.database.query<ChannelBlockRow>(
      `SELECT ${COLUMNS} FROM ${FROM} ${USER} WHERE cb.user_id = ? AND cb.channel_id = ? AND cb.application_id = ?`,
      [userId, channelId, applicationId],
    );
    return row;
  }

  async requireNone(applicationId: number, channelId: number, userId: number, resource: string): Promise<void> {
    if (await this.findOfUser(applicationId, channelId, userId))
      throw ClientError.of(resource, 'user', 'unprocessable', 'is blocked from this channel');
  }

  async insert(applicationId: number, channelId: number, userId: number, createdTime: number): Promise<number> {
    const { insertId } = await this.database.execute(
      'INSERT INTO channel_blocks (application_id, channel_id, user_id, created_time) VALUES (?, ?, ?, ?)',
      [applicationId, channelId, userId, createdTime],
    );
    await this.count(channelId, 1);
    return insertId;
  }

  /** True if it was there. */
  async delete(applicationId: number, { id, channel_id }: ChannelBlockRow): Promise<boolean> {
    const { affectedRows } = await this.database.execute(
      'DELETE FROM channel_blocks WHERE id = ? AND application_id = ?',
      [id, applicationId],
    );
    if (affectedRows > 0) await this.count(channel_id, -1);
    return affectedRows > 0;
  }

  /** The oldest first; `displayName`: of users whose display name contains it. */
  list(
    applicationId: number,
    channelId: number,
    total: number,
    query: PageQuery,
    displayName?: string,
  ): Promise<Page<ChannelBlockRow>> {
    return this.pages.read<ChannelBlockRow>(
      {
        columns: COLUMNS,
        from: `${FROM} ${this.database.dialect.readBy('channel_blocks_channel')} ${USER}`,
        where: [
          {
            sql: 'cb.channel_id = ? AND cb.application_id = ? AND u.deleted_time IS NULL',
            parameters: [channelId, applicationId],
          },
          ...(displayName === undefined ? [] : [this.database.dialect.containsText('u.display_name', displayName)]),
        ],
        sortable: { id: { column: 'cb.id' }, createdTime: { column: 'cb.id' } },
        key: 'cb.id',
        ...(displayName === undefined && { total: () => Promise.resolve(total) }),
      },
      query,
    );
  }

  private async count(channelId: number, change: number): Promise<void> {
    await this.database.execute('UPDATE channels SET block_count = block_count + ? WHERE id = ?', [change, channelId]);
  }
}
