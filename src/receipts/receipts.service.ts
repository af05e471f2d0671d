import { Injectable } from '@nestjs/common';
import { ChannelReader } from '../channels/channel-reader.js';
import { ChannelsRepository } from '../channels/channels.repository.js';
import { ResourceNotFoundError } from '../errors/api-error.js';
import { MessageReader } from '../messages/message-reader.js';
import { MessageResource } from '../messages/message.resource.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { PageQuery } from '../pagination/page-query.js';
import { CursorPage, Page } from '../pagination/page.js';
import { UsersService } from '../users/users.service.js';
import { toUserProperties } from '../users/user.resource.js';
import { joinedUser } from '../users/user.rows.js';
import { MessageReadReceiptResource, MessageReadReceiptSummaryResource } from './receipt.resource.js';
import { ReceiptsRepository } from './receipts.repository.js';
import { UnreadMessagesRepository } from './unread-messages.repository.js';

/** What has been read by whom, and what has not. */
@Injectable()
export class ReceiptsService {
  constructor(
    private readonly receipts: ReceiptsRepository,
    private readonly unread: UnreadMessagesRepository,
    private readonly messages: MessagesRepository,
    private readonly messageReader: MessageReader,
    private readonly channels: ChannelsRepository,
    private readonly channelReader: ChannelReader,
    private readonly users: UsersService,
  ) {}

  async listOfMessage(
    applicationId: number,
    messageId: number,
    query: PageQuery,
  ): Promise<Page<MessageReadReceiptResource>> {
    const message = await this.messages.find(applicationId, messageId);
    if (!message) throw new ResourceNotFoundError();
    const page = await this.receipts.listOfMessage(applicationId, message, query);
    return page.map((row) => ({
      user: toUserProperties(joinedUser(row)!),
      createdTime: row.created_time,
      userId: row.user_id,
      messageId,
    }));
  }

  async listSummaries(
    applicationId: number,
    unread: boolean | undefined,
    query: PageQuery,
  ): Promise<Page<MessageReadReceiptSummaryResource>> {
    const page = await this.receipts.listSummaries(applicationId, unread, query);
    const ids = [...new Set(page.items.map((row) => row.channel_id))];
    const channels = await this.channels.findByIds(applicationId, ids);
    const resources = await this.channelReader.resources(applicationId, channels);
    const channelById = new Map(resources.map((channel) => [channel.id, channel]));
    const items = page.items.flatMap((row) => {
      const channel = channelById.get(row.channel_id);
      // It may have been deleted in between.
      if (!channel) return [];
      const { user_id: userId, channel_id: channelId, unread_count } = row;
      return [{ channel, user: toUserProperties(joinedUser(row)!), count: Number(unread_count), channelId, userId }];
    });
    return page.with(items);
  }

  async countUnreadOfUser(applicationId: number, userId: number): Promise<number> {
    await this.users.retrieve(applicationId, userId);
    return this.unread.count(applicationId, userId);
  }

  async listUnreadOfUser(
    applicationId: number,
    userId: number,
    query: CursorQuery,
  ): Promise<CursorPage<MessageResource>> {
    await this.users.retrieve(applicationId, userId);
    const page = await this.unread.list(applicationId, userId, query);
    return page.with(await this.messageReader.resources(applicationId, page.items));
  }
}
