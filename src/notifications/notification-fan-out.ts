import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, rows, Statement } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { counting, insertions } from './notification-counting.js';
import { NotificationFeed } from './notification-feed.js';
import { Addressees, kindFor, mentionedIn } from './notification-kind.js';

/** Notifications in one unit. */
export const PORTION = 1_000;

interface MessageRow {
  id: number;
  application_id: number;
  channel_id: number;
  user_id: number | null;
  mentions: string | null;
  created_time: number;
  member_count: number;
  parent_author_id: number | null;
}

interface RecipientRow {
  message_id: number;
  user_id: number;
  is_muted: number;
}

/** A member who is to be told of a message. */
interface Recipient extends RecipientRow {
  message: MessageRow;
}

interface ChatSessionRow {
  channel_id: number;
  user_id: number;
  created_time: number;
  ended_time: number | null;
}

/** Whether somebody had the channel of a message before their eyes when it was sent. */
type WasLooking = (userId: number, message: MessageRow) => boolean;

/**
 * Writes the notifications of messages, in portions. Who has one already gets no other, so that it can be repeated at
 * any time; should two processes be at it, the unique index takes back a portion of one of them, which then looks again.
 */
@Injectable()
export class NotificationFanOut {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly feed: NotificationFeed,
  ) {}

  /** In the order of the messages. Those that are gone already need none. */
  async notify(messageIds: readonly number[], stopping: AbortSignal): Promise<void> {
    const messages = await this.messages(messageIds);
    for (const group of grouped(messages)) {
      const wasLooking = await this.whoWasLooking(group);
      let after: number | undefined = 0;
      while (after !== undefined) {
        stopping.throwIfAborted();
        const members: Recipient[] = await this.members(group, after);
        await this.write(members.filter(({ user_id, message }) => !wasLooking(user_id, message)));
        after = group.length === 1 && members.length === PORTION ? members.at(-1)!.user_id : undefined;
      }
    }
  }

  private async messages(ids: readonly number[]): Promise<MessageRow[]> {
    if (ids.length === 0) return [];
    return this.database.query<MessageRow>(
      `SELECT m.id, m.application_id, m.channel_id, m.user_id, m.mentions, m.created_time, c.member_count, p.user_id AS parent_author_id FROM messages m JOIN channels c ON c.id = m.channel_id AND c.deleted_time IS NULL AND m.id > c.cleared_message_id LEFT JOIN messages p ON p.id = m.thread_id AND m.nested_level > 0 WHERE m.id IN (${marks(ids)}) ORDER BY m.id`,
      ids,
    );
  }

  /**
   * The members of the channel at that moment but for the sender, if they have not been told yet. What a message mentions
   * is said to members only, since others may not read it; nothing to those who have blocked the sender. Up to a portion of those whose id is above `after`; of
   * several messages all, since they have few.
   */
  private async members(messages: readonly MessageRow[], after: number): Promise<Recipient[]> {
    const { dialect } = this.database;
    const ids = messages.map(({ id }) => id);
    // Of one message in the order of the key of memberships, so that each portion begins where the last has ended.
    const [which, order] =
      ids.length === 1
        ? ['m.id = ?', `ms.user_id LIMIT ${rows(PORTION)}`]
        : [`m.id IN (${marks(ids)})`, 'm.id, ms.user_id'];
    const found = await this.database.query<RecipientRow>(
      `SELECT m.id AS message_id, ms.user_id, ms.is_muted FROM messages m
        JOIN memberships ms ${dialect.readBy('PRIMARY')} ON ms.channel_id = m.channel_id AND ms.created_time <= m.created_time
        JOIN users u ON u.id = ms.user_id AND u.deleted_time IS NULL
        LEFT JOIN notifications n ${dialect.readBy('notifications_message')} ON n.channel_id = m.channel_id AND n.message_id = m.id AND n.user_id = ms.user_id
        WHERE ${which} AND ms.user_id > ? AND (m.user_id IS NULL OR ms.user_id <> m.user_id) AND n.id IS NULL AND NOT EXISTS (SELECT 1 FROM user_blocks b WHERE b.user_id = ms.user_id AND b.blocked_user_id = m.user_id) ORDER BY ${order}`,
      [...ids, after],
    );
    const byId = new Map(messages.map((message) => [message.id, message]));
    return found.map((row) => ({ ...row, message: byId.get(row.message_id)! }));
  }

  private async whoWasLooking(messages: readonly MessageRow[]): Promise<WasLooking> {
    const channelIds = [...new Set(messages.map(({ channel_id }) => channel_id))];
    const earliest = Math.min(...messages.map(({ created_time }) => created_time));
    const select = `SELECT channel_id, user_id, created_time, ended_time FROM chat_sessions ${this.database.dialect.readBy('chat_sessions_channel')} WHERE channel_id IN (${marks(channelIds)})`;
    const found = await this.database.query<ChatSessionRow>(
      `${select} AND ended_time IS NULL UNION ALL ${select} AND ended_time > ?`,
      [...channelIds, ...channelIds, earliest],
    );
    if (found.length === 0) return () => false;
    const sessions = new Map<string, ChatSessionRow[]>();
    for (const session of found) {
      const key = `${session.channel_id} ${session.user_id}`;
      sessions.set(key, [...(sessions.get(key) ?? []), session]);
    }
    return (userId, { channel_id, created_time: at }) =>
      (sessions.get(`${channel_id} ${userId}`) ?? []).some(
        ({ created_time, ended_time }) => created_time <= at && (ended_time === null || ended_time > at),
      );
  }

  private async write(recipients: readonly Recipient[]): Promise<void> {
    if (recipients.length === 0) return;
    await this.unitOfWork.batch([
      this.feed.inOrder(),
      ...this.insertions(recipients, await this.kinds(recipients)),
      ...counting(
        recipients.map(({ message, user_id }) => ({
          applicationId: message.application_id,
          userId: user_id,
          total: 1,
          unread: 1,
        })),
        this.database.dialect,
      ),
    ]);
    this.feed.announce();
  }

  private insertions(recipients: readonly Recipient[], kinds: ReturnType<typeof kindFor>[]): Statement[] {
    const createdTime = Date.now();
    return insertions(
      'INSERT INTO notifications (application_id, user_id, channel_id, message_id, kind, mentioned_channel_id, is_muted, created_time)',
      recipients.map(({ message, user_id, is_muted }, index) => [
        message.application_id,
        user_id,
        message.channel_id,
        message.id,
        kinds[index]!.kind,
        kinds[index]!.mentionedChannelId,
        is_muted,
        createdTime,
      ]),
    );
  }

  private async kinds(recipients: readonly Recipient[]): Promise<ReturnType<typeof kindFor>[]> {
    const addressees = new Map<MessageRow, Addressees>();
    for (const { message } of recipients)
      if (!addressees.has(message))
        addressees.set(message, {
          senderId: message.user_id,
          parentAuthorId: message.parent_author_id,
          ...mentionedIn(message.mentions),
        });
    const channelIds = [...addressees.values()].flatMap(({ mentionedChannelIds }) => mentionedChannelIds);
    const members = await this.membersAmong([...new Set(channelIds)], recipients);
    return recipients.map(({ message, user_id }) =>
      kindFor(
        user_id,
        addressees.get(message)!,
        (channelId) => channelId === message.channel_id || members.has(`${channelId} ${user_id}`),
      ),
    );
  }

  /** Which of these people are members of which of these channels: `channel user`. */
  private async membersAmong(
    channelIds: readonly number[],
    recipients: readonly Recipient[],
  ): Promise<ReadonlySet<string>> {
    if (channelIds.length === 0) return new Set();
    const userIds = [...new Set(recipients.map(({ user_id }) => user_id))];
    const found = await this.database.query<{ channel_id: number; user_id: number }>(
      `SELECT channel_id, user_id FROM memberships WHERE channel_id IN (${marks(channelIds)}) AND user_id IN (${marks(userIds)})`,
      [...channelIds, ...userIds],
    );
    return new Set(found.map(({ channel_id, user_id }) => `${channel_id} ${user_id}`));
  }
}

/** Neighbours that have few recipients together, so that a small channel's message needs no unit of its own. */
function grouped(messages: readonly MessageRow[]): MessageRow[][] {
  const groups: MessageRow[][] = [];
  let size = Infinity;
  for (const message of messages) {
    size += message.member_count;
    if (size <= PORTION) groups.at(-1)!.push(message);
    else {
      groups.push([message]);
      size = message.member_count;
    }
  }
  return groups;
}
