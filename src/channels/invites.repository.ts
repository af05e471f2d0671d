import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader } from '../pagination/page-reader.js';

export interface InviteRow {
  id: number;
  channel_id: number;
  user_id: number;
  /** Null when the system invited. */
  inviter_id: number | null;
  created_time: number;
}

const COLUMNS = 'i.id, i.channel_id, i.user_id, i.inviter_id, i.created_time';

/** Who is invited to a channel. Whoever writes here holds the channel. */
@Injectable()
export class InvitesRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  async find(applicationId: number, channelId: number, userId: number): Promise<InviteRow | undefined> {
    const [row] = await this.database.query<InviteRow>(
      `SELECT ${COLUMNS} FROM channel_invites i WHERE i.user_id = ? AND i.channel_id = ? AND i.application_id = ?`,
      [userId, channelId, applicationId],
    );
    return row;
  }

  async insert(applicationId: number, invite: Omit<InviteRow, 'id'>): Promise<InviteRow> {
    const { channel_id, user_id, inviter_id, created_time } = invite;
    const { insertId } = await this.database.execute(
      'INSERT INTO channel_invites (application_id, channel_id, user_id, inviter_id, created_time) VALUES (?, ?, ?, ?, ?)',
      [applicationId, channel_id, user_id, inviter_id, created_time],
    );
    await this.database.execute('UPDATE channels SET invite_count = invite_count + 1 WHERE id = ?', [channel_id]);
    return { id: insertId, ...invite };
  }

  async delete(applicationId: number, channelId: number, userId: number): Promise<void> {
    const { affectedRows } = await this.database.execute(
      'DELETE FROM channel_invites WHERE user_id = ? AND channel_id = ? AND application_id = ?',
      [userId, channelId, applicationId],
    );
    if (affectedRows > 0)
      await this.database.execute('UPDATE channels SET invite_count = invite_count - 1 WHERE id = ?', [channelId]);
  }

  /** The oldest first. */
  list(applicationId: number, channelId: number, total: number, query: PageQuery): Promise<Page<InviteRow>> {
    return this.pages.read<InviteRow>(
      {
        columns: COLUMNS,
        from: `channel_invites i ${this.database.dialect.readBy('channel_invites_channel')} LEFT JOIN users u ON u.id = i.user_id`,
        where: [
          {
            sql: 'i.channel_id = ? AND i.application_id = ? AND u.deleted_time IS NULL',
            parameters: [channelId, applicationId],
          },
        ],
        sortable: { id: { column: 'i.id' }, createdTime: { column: 'i.id' } },
        key: 'i.id',
        total: () => Promise.resolve(total),
      },
      query,
    );
  }
}
