import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader } from '../pagination/page-reader.js';
import { JoinedUserRow, joinedUserColumns } from '../users/user.rows.js';
import { removalOfReaction } from './reaction-counting.js';

/** A row of `reactions` with the user who reacted. */
export interface ReactionRow extends JoinedUserRow {
  id: number;
  message_id: number;
  channel_id: number;
  emoji: string;
  created_time: number;
}

const COLUMNS = `r.id, r.message_id, r.channel_id, r.emoji, r.created_time, ${joinedUserColumns('u')}`;

/** Reactions to messages. Whoever writes here holds the channel. */
@Injectable()
export class ReactionsRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  async find(
    applicationId: number,
    messageId: number,
    userId: number,
    emoji: string,
  ): Promise<ReactionRow | undefined> {
    const [row] = await this.database.query<ReactionRow>(
      `SELECT ${COLUMNS} FROM reactions r JOIN users u ON u.id = r.user_id WHERE r.message_id = ? AND r.user_id = ? AND r.emoji = ? AND r.application_id = ?`,
      [messageId, userId, emoji, applicationId],
    );
    return row;
  }

  async insert(
    applicationId: number,
    channelId: number,
    messageId: number,
    userId: number,
    { emoji, createdTime }: { emoji: string; createdTime: number },
  ): Promise<number> {
    const { insertId } = await this.database.execute(
      'INSERT INTO reactions (application_id, channel_id, message_id, user_id, emoji, created_time) VALUES (?, ?, ?, ?, ?, ?)',
      [applicationId, channelId, messageId, userId, emoji, createdTime],
    );
    await this.database.execute(
      `INSERT INTO reaction_counts (message_id, emoji, application_id, first_reaction_id, reaction_count) VALUES (?, ?, ?, ?, 1) ${this.database.dialect.addingTo('message_id, emoji', ['reaction_count'])}`,
      [messageId, emoji, applicationId, insertId],
    );
    await this.database.execute('UPDATE messages SET reaction_count = reaction_count + 1 WHERE id = ?', [messageId]);
    return insertId;
  }

  async delete({ id, message_id, emoji }: ReactionRow): Promise<void> {
    for (const { sql, parameters } of removalOfReaction(id, message_id, emoji))
      await this.database.execute(sql, parameters);
  }

  /** By emoji, of each the first first. */
  list(applicationId: number, messageId: number, total: number, query: PageQuery): Promise<Page<ReactionRow>> {
    return this.pages.read<ReactionRow>(
      {
        columns: COLUMNS,
        from: `reactions r ${this.database.dialect.readBy('reactions_emoji')} JOIN users u ON u.id = r.user_id`,
        where: [
          {
            sql: 'r.message_id = ? AND r.application_id = ? AND u.deleted_time IS NULL',
            parameters: [messageId, applicationId],
          },
        ],
        sortable: { emoji: { column: 'r.emoji' }, id: { column: 'r.id' }, createdTime: { column: 'r.id' } },
        key: 'r.id',
        total: () => Promise.resolve(total),
      },
      query,
    );
  }
}
