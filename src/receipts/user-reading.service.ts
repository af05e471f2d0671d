import { Injectable } from '@nestjs/common';
import { UserChannelAccess } from '../channels/user-channel-access.js';
import { Database } from '../database/database.js';
import { rows } from '../database/sql.js';
import { MessageReader } from '../messages/message-reader.js';
import { MessageResource } from '../messages/message.resource.js';
import { isHiddenFrom } from '../messages/message.rows.js';
import { UserMessages } from '../messages/user-messages.service.js';
import { PageQuery, pageSize } from '../pagination/page-query.js';
import { Page } from '../pagination/page.js';
import { UserLookup } from '../users/user-lookup.js';
import { MessageReadReceiptResource } from './receipt.resource.js';
import { ReadPosition, ReadPositions } from './read-positions.service.js';
import { ReadPositionsRepository } from './read-positions.repository.js';
import { ReceiptsService } from './receipts.service.js';

/** A part of a channel, and who has read what of it. */
export interface ChannelContext {
  /** The newest message of the part, as a cursor. Empty where there is nothing. */
  startCursor: string;
  /** The oldest. */
  endCursor: string;
  /** The users who have read a message, by the id of the message. */
  readBy: Record<string, number[]>;
}

/** The members whose reading a context tells: those who have come furthest. */
const READERS_MAX = 100;

/** What users read, and see of the reading of others. */
@Injectable()
export class UserReading {
  constructor(
    private readonly access: UserChannelAccess,
    private readonly messages: UserMessages,
    private readonly positions: ReadPositions,
    private readonly rows: ReadPositionsRepository,
    private readonly receipts: ReceiptsService,
    private readonly reader: MessageReader,
    private readonly users: UserLookup,
    private readonly database: Database,
  ) {}

  readChannel(applicationId: number, userId: number, channelId: number): Promise<ReadPosition> {
    return this.positions.readChannel(applicationId, channelId, userId);
  }

  /** With what was said before it in its channel. */
  async readMessage(applicationId: number, userId: number, messageId: number): Promise<ReadPosition> {
    await this.messages.retrieveSeen(applicationId, userId, messageId);
    return this.positions.readMessage(applicationId, messageId, userId);
  }

  /** With what was said behind it. */
  async unreadMessage(applicationId: number, userId: number, messageId: number): Promise<ReadPosition> {
    await this.messages.retrieveSeen(applicationId, userId, messageId);
    return this.positions.unreadMessage(applicationId, messageId, userId);
  }

  /** Up to the last message of the thread, with what was said before that in its channel. */
  async readThread(applicationId: number, userId: number, threadId: number): Promise<void> {
    const { thread } = await this.messages.retrieveThread(applicationId, userId, threadId);
    const [last] = await this.database.query<{ id: number }>(
      'SELECT id FROM messages WHERE thread_id = ? AND id > ? ORDER BY id DESC LIMIT 1',
      [threadId, thread.cleared_message_id],
    );
    if (last) await this.positions.readChannel(applicationId, thread.channel_id, userId, last.id);
    else await this.access.retrieveOfMember(applicationId, userId, thread.channel_id);
  }

  /** The last message that a member has read, if it is there for this user. */
  async lastReadMessage(
    applicationId: number,
    userId: number,
    channelId: number,
    username: string,
  ): Promise<MessageResource | undefined> {
    const { channel, relation } = await this.access.retrieve(applicationId, userId, channelId);
    const member = await this.users.retrieve(applicationId, { username }, 'username');
    const position = await this.rows.find(applicationId, channelId, member.id);
    if (!position) return undefined;
    const above = Math.max(channel.cleared_message_id, relation.historyMessageId);
    const [last] = await this.seen(userId, channelId, above, position.read_message_id, 1);
    return last && (await this.reader.byIds(applicationId, [last.id])).get(last.id);
  }

  async listReceipts(
    applicationId: number,
    userId: number,
    messageId: number,
    query: PageQuery,
  ): Promise<Page<MessageReadReceiptResource>> {
    await this.messages.retrieveSeen(applicationId, userId, messageId);
    return this.receipts.listOfMessage(applicationId, messageId, query);
  }

  /** Of the messages from `startCursor` down to `endCursor`, or a page of the newest. */
  async context(
    applicationId: number,
    userId: number,
    channelId: number,
    { startCursor, endCursor }: { startCursor?: number; endCursor?: number } = {},
  ): Promise<ChannelContext> {
    const { channel, relation } = await this.access.retrieve(applicationId, userId, channelId);
    const above = Math.max(channel.cleared_message_id, relation.historyMessageId, (endCursor ?? 1) - 1);
    const size = pageSize(endCursor === undefined ? undefined : Number.MAX_SAFE_INTEGER);
    const messages = await this.seen(userId, channelId, above, startCursor ?? Number.MAX_SAFE_INTEGER, size);
    if (messages.length === 0) return { startCursor: '', endCursor: '', readBy: {} };
    const readers = await this.database.query<{ user_id: number; read_message_id: number }>(
      `SELECT ms.user_id, ms.read_message_id FROM memberships ms JOIN users u ON u.id = ms.user_id AND u.deleted_time IS NULL WHERE ms.channel_id = ? AND ms.application_id = ? AND ms.read_message_id >= ? ORDER BY ms.read_message_id DESC, ms.user_id LIMIT ${rows(READERS_MAX)}`,
      [channelId, applicationId, messages.at(-1)!.id],
    );
    const readersOf = (id: number, senderId: number | null) =>
      readers.filter((reader) => reader.read_message_id >= id && reader.user_id !== senderId).map((row) => row.user_id);
    return {
      startCursor: String(messages[0]!.id),
      endCursor: String(messages.at(-1)!.id),
      readBy: Object.fromEntries(messages.map(({ id, user_id }) => [id, readersOf(id, user_id)])),
    };
  }

  /** The newest messages of a part of a channel, without those that the user deleted for themselves. */
  private seen(
    userId: number,
    channelId: number,
    above: number,
    upTo: number,
    count: number,
  ): Promise<{ id: number; user_id: number | null }[]> {
    return this.database.query(
      `SELECT m.id, m.user_id FROM messages m WHERE m.channel_id = ? AND m.id > ? AND m.id <= ? AND NOT ${isHiddenFrom('?')} ORDER BY m.id DESC LIMIT ${rows(count)}`,
      [channelId, above, upTo, userId],
    );
  }
}
