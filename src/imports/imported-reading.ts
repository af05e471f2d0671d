import { Injectable } from '@nestjs/common';
import { countSent } from '../channels/read-counters.js';
import { Bulk } from '../database/bulk.js';
import { Database } from '../database/database.js';

/** A message that was imported on behalf of a member, or of somebody who has left. */
export interface ImportedMessage {
  id: number;
  channelId: number;
  senderId: number | null;
}

/** What imports mean for who has read what: history is nothing new to those who had read everything before. */
@Injectable()
export class ImportedReading {
  constructor(
    private readonly database: Database,
    private readonly bulk: Bulk,
  ) {}

  /** New members of a channel that is held have nothing to read; who was invited has joined. */
  async join(channelId: number, userIds: readonly number[]): Promise<void> {
    const newest = this.database.dialect.greatest('COALESCE(c.last_message_id, 0)', 'c.cleared_message_id');
    const ofChannel = (value: string) => `(SELECT ${value} FROM channels c WHERE c.id = ?)`;
    await this.bulk.execute(
      `UPDATE memberships SET read_message_id = ${ofChannel(newest)}, read_count = ${ofChannel('c.message_count')} WHERE channel_id = ? AND user_id IN (:list)`,
      [channelId, channelId, channelId],
      userIds,
    );
    const invited = await this.bulk.select<{ id: number }>(
      'SELECT id FROM channel_invites WHERE channel_id = ? AND user_id IN (:list)',
      [channelId],
      userIds,
    );
    await this.bulk.delete(
      'channel_invites',
      'id',
      invited.map(({ id }) => id),
    );
    if (invited.length > 0) await this.bulk.add('channels', 'invite_count', new Map([[channelId, -invited.length]]));
  }

  /**
   * Before the messages are counted in their channels, which are held: who had read everything has read these as well,
   * for others they are new, but for their own.
   */
  async receive(messages: readonly ImportedMessage[]): Promise<void> {
    for (const channelId of new Set(messages.map((message) => message.channelId))) {
      const own = messages.filter((message) => message.channelId === channelId);
      const last = Math.max(...own.map(({ id }) => id));
      const before = '(SELECT COALESCE(c.last_message_id, 0) FROM channels c WHERE c.id = ?)';
      await this.database.execute(
        `UPDATE memberships SET read_message_id = ?, sent_count = 0, read_count = ? + (SELECT c.message_count FROM channels c WHERE c.id = ?) WHERE channel_id = ? AND read_message_id >= ${before}`,
        [last, own.length, channelId, channelId, channelId],
      );
      await this.countOwn(channelId, own, last);
    }
  }

  private async countOwn(channelId: number, messages: readonly ImportedMessage[], last: number): Promise<void> {
    const senders = messages.flatMap(({ senderId }) => senderId ?? []);
    const behind = await this.bulk.select<{ user_id: number }>(
      'SELECT user_id FROM memberships WHERE channel_id = ? AND read_message_id < ? AND user_id IN (:list)',
      [channelId, last],
      [...new Set(senders)],
    );
    const isBehind = new Set(behind.map(({ user_id }) => user_id));
    for (const senderId of senders.filter((id) => isBehind.has(id))) {
      const { sql, parameters } = countSent(this.database.dialect, channelId, senderId);
      await this.database.execute(sql, parameters);
    }
  }
}
