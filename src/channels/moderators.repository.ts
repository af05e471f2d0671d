import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader } from '../pagination/page-reader.js';
import { UserRow, userColumns } from '../users/user.rows.js';

/** Who moderates a channel. Whoever writes here holds the channel. */
@Injectable()
export class ModeratorsRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  async exists(applicationId: number, channelId: number, userId: number): Promise<boolean> {
    const found = await this.database.query(
      'SELECT 1 FROM moderators WHERE channel_id = ? AND user_id = ? AND application_id = ?',
      [channelId, userId, applicationId],
    );
    return found.length > 0;
  }

  async insert(applicationId: number, channelId: number, userId: number, createdTime: number): Promise<void> {
    await this.database.execute(
      'INSERT INTO moderators (channel_id, user_id, application_id, created_time) VALUES (?, ?, ?, ?)',
      [channelId, userId, applicationId, createdTime],
    );
    await this.count(channelId, 1);
  }

  /** True if the user was a moderator. */
  async delete(applicationId: number, channelId: number, userId: number): Promise<boolean> {
    const { affectedRows } = await this.database.execute(
      'DELETE FROM moderators WHERE channel_id = ? AND user_id = ? AND application_id = ?',
      [channelId, userId, applicationId],
    );
    if (affectedRows > 0) await this.count(channelId, -1);
    return affectedRows > 0;
  }

  /** In the order in which they were created as users; those whose display name contains a text. */
  list(
    applicationId: number,
    channelId: number,
    total: number,
    query: PageQuery,
    displayName?: string,
  ): Promise<Page<UserRow>> {
    return this.pages.read<UserRow>(
      {
        columns: userColumns('u'),
        from: `moderators md ${this.database.dialect.readBy('PRIMARY')} JOIN users u ON u.id = md.user_id`,
        where: [
          {
            sql: 'md.channel_id = ? AND md.application_id = ? AND u.deleted_time IS NULL',
            parameters: [channelId, applicationId],
          },
          ...(displayName === undefined ? [] : [this.database.dialect.containsText('u.display_name', displayName)]),
        ],
        sortable: {
          id: { column: 'md.user_id' },
          name: { column: 'u.name' },
          displayName: { column: 'u.display_name' },
          createdTime: { column: 'md.user_id' },
        },
        key: 'md.user_id',
        ...(displayName === undefined && { total: () => Promise.resolve(total) }),
      },
      query,
    );
  }

  private async count(channelId: number, change: number): Promise<void> {
    await this.database.execute('UPDATE channels SET moderator_count = moderator_count + ? WHERE id = ?', [
      change,
      channelId,
    ]);
  }
}
