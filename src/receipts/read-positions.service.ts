import { Injectable } from '@nestjs/common';
import { ChannelAccess } from '../channels/channel-access.js';
import { ChannelRow } from '../channels/channel.rows.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ResourceNotFoundError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { ReadPositionRow, ReadPositionsRepository } from './read-positions.repository.js';

/** Up to where a member has read, and what is left. */
export interface ReadPosition {
  channelId: number;
  userId: number;
  /** Undefined when there was no message yet. */
  messageId: number | undefined;
  unreadCount: number;
}

/** Who has read what. */
@Injectable()
export class ReadPositions {
  constructor(
    private readonly positions: ReadPositionsRepository,
    private readonly messages: MessagesRepository,
    private readonly access: ChannelAccess,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  async retrieve(applicationId: number, channelId: number, userId: number): Promise<ReadPosition> {
    const channel = await this.access.retrieve(applicationId, channelId);
    return toReadPosition(channel, userId, await this.retrieveRow(applicationId, channelId, userId));
  }

  /**
   * The member has read the channel up to a message, or all of it. A position never goes back: up to a message that has
   * been read already, nothing changes.
   */
  readChannel(applicationId: number, channelId: number, userId: number, messageId?: number): Promise<ReadPosition> {
    return this.unitOfWork.run(async () => {
      const channel = await this.access.retrieveForUpdate(applicationId, channelId);
      const before = await this.retrieveRow(applicationId, channelId, userId);
      if (messageId !== undefined && !(await this.positions.hasMessage(channel, messageId)))
        throw ResourceNotFoundError.referredTo('ReadPosition', 'messageId', 'is no message of this channel');
      const to = messageId ?? channel.last_message_id ?? 0;
      if (to <= before.read_message_id) return toReadPosition(channel, userId, before);
      const after = await this.moved(channel, userId, before, to);
      await this.positions.store(applicationId, channelId, userId, after);
      const count = unreadCount(channel, before) - unreadCount(channel, after);
      // Nothing that others sent was passed over, so there is nothing to tell.
      if (count > 0) await this.record(applicationId, channelId, userId, { from: before.read_message_id, to, count });
      return toReadPosition(channel, userId, after);
    });
  }

  /** The user has read a message, and with it what was said before in its channel. */
  async readMessage(applicationId: number, messageId: number, userId: number): Promise<ReadPosition> {
    const message = await this.messages.find(applicationId, messageId);
    if (!message) throw new ResourceNotFoundError();
    return this.readChannel(applicationId, message.channel_id, userId, messageId);
  }

  /**
   * The member takes back that they have read a message, and with it what was said behind it. A message that is not read
   * stays so.
   */
  async unreadMessage(applicationId: number, messageId: number, userId: number): Promise<ReadPosition> {
    const message = await this.messages.find(applicationId, messageId);
    if (!message) throw new ResourceNotFoundError();
    return this.unitOfWork.run(async () => {
      const channel = await this.access.retrieveForUpdate(applicationId, message.channel_id);
      const before = await this.retrieveRow(applicationId, channel.id, userId);
      const { history_message_id: history } = before;
      if (messageId <= history) throw new ResourceNotFoundError();
      if (messageId > before.read_message_id) return toReadPosition(channel, userId, before);
      const from = Math.max(channel.cleared_message_id, history);
      const to = (await this.positions.lastBetween(channel.id, from, messageId - 1)) ?? from;
      const { all, own } = await this.positions.countBetween(channel.id, userId, to, before.read_message_id);
      const after: ReadPositionRow = {
        ...before,
        read_message_id: to,
        read_count: before.read_count - all,
        sent_count: before.sent_count + own,
      };
      await this.positions.store(applicationId, channel.id, userId, after);
      await this.positions.unmark(channel.id, userId, to);
      await this.events.append({
        applicationId,
        channelId: channel.id,
        type: 'message.unread',
        subjectId: messageId,
        payload: { userId, fromMessageId: to, toMessageId: before.read_message_id, count: all - own },
        createdTime: Date.now(),
      });
      return toReadPosition(channel, userId, after);
    });
  }

  private async retrieveRow(applicationId: number, channelId: number, userId: number): Promise<ReadPositionRow> {
    const row = await this.positions.find(applicationId, channelId, userId);
    if (!row) throw new ResourceNotFoundError();
    return row;
  }

  /** The channel is locked. With all of it read there is nothing to count. */
  private async moved(
    channel: ChannelRow,
    userId: number,
    { read_message_id, read_count, sent_count, history_message_id }: ReadPositionRow,
    to: number,
  ): Promise<ReadPositionRow> {
    if (to === channel.last_message_id)
      return { read_message_id: to, read_count: channel.message_count, sent_count: 0, history_message_id };
    const { all, own } = await this.positions.countBetween(channel.id, userId, read_message_id, to);
    return { history_message_id, read_message_id: to, read_count: read_count + all, sent_count: sent_count - own };
  }

  /** For the receipts of the messages, and for whoever wants to know. */
  private async record(
    applicationId: number,
    channelId: number,
    userId: number,
    { from, to, count }: { from: number; to: number; count: number },
  ): Promise<void> {
    const createdTime = Date.now();
    await this.positions.mark(applicationId, channelId, userId, { from, to, createdTime });
    await this.events.append({
      applicationId,
      channelId,
      type: 'message.read',
      subjectId: to,
      payload: { userId, fromMessageId: from, toMessageId: to, count },
      createdTime,
    });
  }
}

const unreadCount = ({ message_count }: ChannelRow, { read_count, sent_count }: ReadPositionRow): number =>
  message_count - read_count - sent_count;

function toReadPosition(channel: ChannelRow, userId: number, row: ReadPositionRow): ReadPosition {
  const { read_message_id } = row;
  return {
    channelId: channel.id,
    userId,
    messageId: read_message_id > channel.cleared_message_id ? read_message_id : undefined,
    unreadCount: unreadCount(channel, row),
  };
}
