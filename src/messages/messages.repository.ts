import { Injectable } from '@nestjs/common';
import { countInApplication } from '../applications/application-counters.js';
import { ChannelRow } from '../channels/channel.rows.js';
import { countDeleted, countHiddenDeleted, countSent, membershipsOfUser } from '../channels/read-counters.js';
import { Database } from '../database/database.js';
import { Dialect } from '../database/dialect.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { CursorReader, CursorSource } from '../pagination/cursor-reader.js';
import { CursorPage } from '../pagination/page.js';
import { ThreadRow, ThreadsRepository } from '../threads/threads.repository.js';
import { isHiddenFrom, MESSAGE_COLUMNS, MessageRow, SENDER_JOIN } from './message.rows.js';
import { FilesRepository } from '../files/files.repository.js';
import { withoutMessages } from './message-remains.js';
import { NewMessageContent } from './message-composer.js';
import { MessageType } from './message.resource.js';
import { Condition, counting, marks, Statement } from '../database/sql.js';

export interface NewMessage extends NewMessageContent {
  applicationId: number;
  channelId: number;
  threadId: number;
  userId: number | null;
  type: MessageType;
  groupTag: string | null;
  nestedLevel: number;
  properties: string;
  createdTime: number;
}

export interface MessageFilter {
  /** Sent by this user. */
  senderId?: number;
}

/** What of a channel a user is to see. */
export interface SeenMessages {
  userId: number;
  channelId: number;
  /** Of this thread only. */
  threadId?: number;
  /** Behind this message: what was before is cleared away. */
  above: number;
  onlyFiles?: boolean;
}

// Of channels that are being deleted nothing is seen any more, nor what was cleared away.
const visible = (dialect: Dialect) =>
  `JOIN channels c ${dialect.readBy('PRIMARY')} ON c.id = m.channel_id AND c.deleted_time IS NULL AND m.id > c.cleared_message_id ${SENDER_JOIN}`;
/** Of an application; spares lists from going through what was cleared away and still has rows. */
const NOT_CLEARED = 'm.application_id = ? AND m.id > (SELECT a.cleared_message_id FROM applications a WHERE a.id = ?)';

@Injectable()
export class MessagesRepository {
  private readonly visible: string;

  constructor(
    private readonly database: Database,
    private readonly cursors: CursorReader,
    private readonly threads: ThreadsRepository,
    private readonly files: FilesRepository,
  ) {
    this.visible = visible(database.dialect);
  }

  /**
   * The statements that send a message, `events` among them, and which of them inserts it. The channel is locked first,
   * by the insert itself before it is given an id: ids and events of a channel are given in the order in which they
   * become visible. If the channel, or the thread, has gone meanwhile, the message gets none and the whole unit fails; so
   * it does if `clearedMessageId` is given and the channel was cleared since.
   */
  sending(
    message: NewMessage,
    events: readonly Statement[],
    clearedMessageId?: number,
  ): { statements: Statement[]; insertion: number } {
    const { applicationId, channelId, threadId, userId, nestedLevel } = message;
    const isReply = nestedLevel > 0;
    const { dialect } = this.database;
    const thread = isReply ? this.threads.openThread : '?';
    const lastId = dialect.greatest('COALESCE(last_message_id, 0)', dialect.lastInsertId);
    const before = isReply ? [...dialect.lockRow('channels', channelId), this.threads.startIfNew(threadId)] : [];
    const isAsSeen = clearedMessageId === undefined ? '' : 'AND cleared_message_id = ?';
    const statements = [
      ...before,
      {
        sql: `INSERT INTO messages (application_id, channel_id, thread_id, user_id, type, body, file, links, mentions, group_tag, nested_level, properties, created_time) VALUES (?, (SELECT id FROM channels WHERE id = ? AND deleted_time IS NULL ${isAsSeen} ${dialect.forUpdate}), ${thread}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        parameters: [
          applicationId,
          channelId,
          ...(clearedMessageId === undefined ? [] : [clearedMessageId]),
          threadId,
          userId,
          message.type,
          message.body,
          message.file,
          message.links,
          message.mentions,
          message.groupTag,
          nestedLevel,
          message.properties,
          message.createdTime,
        ],
        lock: channelId,
      },
      {
        sql: `UPDATE channels SET message_count = message_count + 1, reply_count = reply_count + ?, last_message_id = ${lastId} WHERE id = ?`,
        parameters: [isReply ? 1 : 0, channelId],
      },
      ...(userId === null ? [] : [countSent(dialect, channelId, userId, clearedMessageId)]),
      ...events,
      ...this.keepingFile(message),
      ...(isReply ? this.threads.countReplies(threadId, 1) : []),
      ...(userId === null ? [] : [countOfUser(userId, 1)]),
      countInApplication(applicationId, 'message_count', 1),
    ];
    return { statements, insertion: before.length };
  }

  async find(applicationId: number, id: number): Promise<MessageRow | undefined> {
    const [row] = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m ${this.visible} WHERE m.id = ? AND m.application_id = ?`,
      [id, applicationId],
    );
    return row;
  }

  async updateContent(
    applicationId: number,
    id: number,
    { body, links, mentions, properties, last_edited_time }: MessageRow,
  ): Promise<void> {
    await this.database.execute(
      'UPDATE messages SET body = ?, links = ?, mentions = ?, properties = ?, last_edited_time = ? WHERE id = ? AND application_id = ?',
      [body, links, mentions, properties, last_edited_time, id, applicationId],
    );
  }

  /** Deletes a message whose channel is locked, and takes it out of every count. Replies to it stay. */
  async delete(applicationId: number, message: MessageRow): Promise<void> {
    const { id, channel_id, thread_id, user_id, nested_level, report_count, reaction_count } = message;
    const isReply = nested_level > 0;
    const statements: Statement[] = [
      { sql: 'DELETE FROM messages WHERE id = ? AND application_id = ?', parameters: [id, applicationId] },
      {
        sql: 'UPDATE channels SET message_count = message_count - 1, reply_count = reply_count - ?, last_message_id = CASE WHEN last_message_id = ? THEN (SELECT MAX(m.id) FROM messages m WHERE m.channel_id = channels.id AND m.id > channels.cleared_message_id) ELSE last_message_id END WHERE id = ?',
        parameters: [isReply ? 1 : 0, id, channel_id],
      },
      ...(report_count > 0 ? [countReported(channel_id, -1), ...withoutMessages([id], ['reports'])] : []),
      ...(reaction_count > 0 ? withoutMessages([id], ['reactions']) : []),
      countHiddenDeleted(channel_id, id, user_id),
      ...withoutMessages([id], ['hidden']),
      countDeleted(channel_id, id, user_id),
      ...(isReply ? this.threads.countReplies(thread_id, -1) : []),
      ...(user_id === null ? [] : [countOfUser(user_id, -1)]),
      countInApplication(applicationId, 'message_count', -1),
      ...(message.file === null ? [] : [this.files.release(applicationId, 'MESSAGE', [id])]),
    ];
    for (const { sql, parameters } of statements) await this.database.execute(sql, parameters);
  }

  listOfApplication(
    applicationId: number,
    filter: MessageFilter,
    total: number | undefined,
    query: CursorQuery,
  ): Promise<CursorPage<MessageRow>> {
    const where = [{ sql: NOT_CLEARED, parameters: [applicationId, applicationId] }, ...this.conditions(filter)];
    const index = filter.senderId === undefined ? 'messages_application' : 'messages_user';
    return this.list(`${this.by(index)} ${this.visible}`, where, total, query);
  }

  /** The channel is looked up with its messages; `whenEmpty` is asked for their number when there are none. */
  listOfChannel(
    applicationId: number,
    channelId: number,
    whenEmpty: () => Promise<number>,
    query: CursorQuery,
  ): Promise<CursorPage<MessageRow>> {
    const where = [
      {
        sql: 'c.id = ? AND c.application_id = ? AND c.deleted_time IS NULL AND m.id > c.cleared_message_id',
        parameters: [channelId, applicationId],
      },
    ];
    const total = { column: 'c.message_count', whenEmpty };
    const from = `channels c JOIN ${this.by('messages_channel')} ON m.channel_id = c.id ${SENDER_JOIN}`;
    return this.list(from, where, total, query);
  }

  /** Of a channel that has been found to be there. */
  filterInChannel(
    { id, cleared_message_id }: ChannelRow,
    filter: MessageFilter,
    query: CursorQuery,
  ): Promise<CursorPage<MessageRow>> {
    const where = [
      { sql: 'm.channel_id = ? AND m.id > ?', parameters: [id, cleared_message_id] },
      ...this.conditions(filter),
    ];
    return this.list(`${this.by('messages_channel')} ${SENDER_JOIN}`, where, undefined, query);
  }

  /** Of a thread that has been found to be there. */
  listOfThread(thread: ThreadRow, query: CursorQuery): Promise<CursorPage<MessageRow>> {
    const { id, cleared_message_id, message_count } = thread;
    const where = [{ sql: 'm.thread_id = ? AND m.id > ?', parameters: [id, cleared_message_id] }];
    return this.list(`${this.by('messages_thread')} ${SENDER_JOIN}`, where, message_count, query);
  }

  /** Of a channel, or of one of its threads, what a user sees; `total` if it is known. */
  listForUser(
    { userId, channelId, threadId, above, onlyFiles = false }: SeenMessages,
    total: number | undefined,
    query: CursorQuery,
  ): Promise<CursorPage<MessageRow>> {
    const index = threadId === undefined ? 'messages_channel' : 'messages_thread';
    const place = threadId === undefined ? 'm.channel_id' : 'm.thread_id';
    const where = [
      {
        sql: `${place} = ? AND m.id > ? AND NOT ${isHiddenFrom('?')}`,
        parameters: [threadId ?? channelId, above, userId],
      },
      ...(onlyFiles ? [{ sql: 'm.file IS NOT NULL', parameters: [] }] : []),
    ];
    return this.list(`${this.by(index)} ${SENDER_JOIN}`, where, total, query);
  }

  /** The files in all channels of a user. */
  listFilesForUser(applicationId: number, userId: number, query: CursorQuery): Promise<CursorPage<MessageRow>> {
    const where = [
      {
        sql: `ms.user_id = ? AND m.application_id = ? AND c.deleted_time IS NULL AND m.file IS NOT NULL AND m.id > ms.history_message_id AND m.id > c.cleared_message_id AND NOT ${isHiddenFrom('ms.user_id')}`,
        parameters: [userId, applicationId],
      },
    ];
    const from = `${membershipsOfUser(this.database.dialect)} JOIN ${this.by('messages_channel')} ON m.channel_id = ms.channel_id ${SENDER_JOIN}`;
    return this.list(from, where, undefined, query);
  }

  async isHiddenFrom(userId: number, { id, channel_id }: MessageRow): Promise<boolean> {
    const found = await this.database.query(
      'SELECT 1 FROM hidden_messages WHERE user_id = ? AND channel_id = ? AND message_id = ?',
      [userId, channel_id, id],
    );
    return found.length > 0;
  }

  /** Which of these are there. */
  async existing(applicationId: number, ids: readonly number[]): Promise<Set<number>> {
    if (ids.length === 0) return new Set();
    const found = await this.database.query<{ id: number }>(
      `SELECT m.id FROM messages m ${this.visible} WHERE m.application_id = ? AND m.id IN (${marks(ids)})`,
      [applicationId, ...ids],
    );
    return new Set(found.map(({ id }) => id));
  }

  async countOfApplication(applicationId: number): Promise<number> {
    const [row] = await this.database.query<{ message_count: number }>(
      'SELECT message_count FROM applications WHERE id = ?',
      [applicationId],
    );
    return row?.message_count ?? 0;
  }

  async countOfUser(applicationId: number, userId: number): Promise<number> {
    const [row] = await this.database.query<{ message_count: number }>(
      'SELECT message_count FROM users WHERE id = ? AND application_id = ?',
      [userId, applicationId],
    );
    return row?.message_count ?? 0;
  }

  /** The last message of the channel, which is locked, is the one that has just been inserted. */
  private keepingFile({ applicationId, channelId, hosted, createdTime }: NewMessage): Statement[] {
    if (!hosted) return [];
    const id = { sql: 'SELECT last_message_id FROM channels WHERE id = ?', parameters: [channelId] };
    return [this.files.insertion(applicationId, hosted, { type: 'MESSAGE', id }, createdTime)];
  }

  /** The messages in the order of this index. */
  private by(index: string): string {
    return `messages m ${this.database.dialect.readBy(index)}`;
  }

  private list(
    from: string,
    where: Condition[],
    total: CursorSource['total'],
    query: CursorQuery,
  ): Promise<CursorPage<MessageRow>> {
    return this.cursors.read<MessageRow>(
      { columns: MESSAGE_COLUMNS, from, where, id: 'm.id', ...(total !== undefined && { total }) },
      query,
    );
  }

  private conditions({ senderId }: MessageFilter): Condition[] {
    return senderId === undefined ? [] : [{ sql: 'm.user_id = ?', parameters: [senderId] }];
  }
}

const countOfUser = (userId: number, change: number): Statement => counting('users', 'message_count', userId, change);

const countReported = (channelId: number, change: number): Statement => ({
  sql: 'UPDATE channels SET reported_message_count = reported_message_count + ? WHERE id = ?',
  parameters: [change, channelId],
});
