import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Statement } from '../database/sql.js';

/**
 * Direct channels that members do not want to see for now. With the next message they are to be seen again, whether the
 * row has gone by then or not: it tells up to which message it holds. Whoever writes here holds the channel.
 */
@Injectable()
export class HiddenChannelsRepository {
  constructor(private readonly database: Database) {}

  /** Of the channel `c` and the row `h`, of a LEFT JOIN: it is hidden now. */
  static readonly IS_HIDDEN = '(h.channel_id IS NOT NULL AND h.message_id >= COALESCE(c.last_message_id, 0))';

  async hide(
    applicationId: number,
    channelId: number,
    userId: number,
    { messageId, createdTime }: { messageId: number; createdTime: number },
  ): Promise<void> {
    await this.unhide(applicationId, channelId, userId);
    await this.database.execute(
      'INSERT INTO hidden_channels (channel_id, user_id, application_id, message_id, created_time) VALUES (?, ?, ?, ?, ?)',
      [channelId, userId, applicationId, messageId, createdTime],
    );
  }

  /** True if it was hidden. */
  async unhide(applicationId: number, channelId: number, userId: number): Promise<boolean> {
    const { affectedRows } = await this.database.execute(
      'DELETE FROM hidden_channels WHERE channel_id = ? AND user_id = ? AND application_id = ?',
      [channelId, userId, applicationId],
    );
    return affectedRows > 0;
  }

  /** For a batch that says something in a channel that somebody has hidden: it reappears, and they are told. */
  reappearing(channelId: number, createdTime: number): Statement[] {
    return [
      {
        sql: "INSERT INTO events (application_id, channel_id, type, subject_id, payload, created_time) SELECT application_id, channel_id, 'channel.unhidden', user_id, '{}', ? FROM hidden_channels WHERE channel_id = ? ORDER BY user_id",
        parameters: [createdTime, channelId],
      },
      { sql: 'DELETE FROM hidden_channels WHERE channel_id = ?', parameters: [channelId] },
    ];
  }
}
