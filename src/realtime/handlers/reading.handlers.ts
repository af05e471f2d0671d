import { Injectable } from '@nestjs/common';
import { UserChannelAccess } from '../../channels/user-channel-access.js';
import { ResourceNotFoundError } from '../../errors/api-error.js';
import { page, resource } from '../../hal/answer.js';
import { MessageResource } from '../../messages/message.resource.js';
import { UserMessages } from '../../messages/user-messages.service.js';
import { PageQuery } from '../../pagination/page-query.js';
import { Page } from '../../pagination/page.js';
import { CountResource, MessageReadReceiptResource } from '../../receipts/receipt.resource.js';
import { ReceiptsService } from '../../receipts/receipts.service.js';
import { UserReading } from '../../receipts/user-reading.service.js';
import { BooleanField, IdField, NameField } from '../../resource/fields.js';
import { About } from '../../resource/registry.js';
import type { ActionCall, RelayCall } from '../destinations/handlers.js';
import { Action, Relay } from '../destinations/handlers.js';
import { ChannelContextResource } from '../resources/channel-context.resource.js';
import { ExistsResource } from '../resources/exists.resource.js';

/** Clients that take null for no answer. */
const WAITS_FOR_EVER = /^ChatKitty-ChatUI\//;

/** Whose reading is asked for. */
@About('Channel')
export class LastReadMessageQuery {
  @NameField({ description: 'The name of a member' })
  username!: string;
}

/** Which messages are counted. */
@About('Message')
export class CountMessagesQuery {
  @BooleanField({ description: 'Only those that are not read', optional: true })
  unread?: boolean;
}

/** Which part of a channel is asked for. */
@About('Channel')
export class ChannelContextQuery {
  @IdField({ description: 'The newest message of the part', optional: true })
  startCursor?: number;

  @IdField({ description: 'The oldest message of the part', optional: true })
  endCursor?: number;
}

/** What is read, and what is not. */
@Injectable()
export class ReadingHandlers {
  constructor(
    private readonly reading: UserReading,
    private readonly receipts: ReceiptsService,
    private readonly access: UserChannelAccess,
    private readonly messages: UserMessages,
  ) {}

  @Action('channels/{id}.read')
  async readChannel({ applicationId, userId, ids: [id] }: ActionCall): Promise<void> {
    await this.reading.readChannel(applicationId, userId, id);
  }

  @Action('threads/{id}.read')
  async readThread({ applicationId, userId, ids: [id] }: ActionCall): Promise<void> {
    await this.reading.readThread(applicationId, userId, id);
  }

  @Action('messages/{id}.read')
  async readMessage({ applicationId, userId, ids: [id] }: ActionCall): Promise<void> {
    await this.reading.readMessage(applicationId, userId, id);
  }

  @Action('messages/{id}.unread')
  async unreadMessage({ applicationId, userId, ids: [id] }: ActionCall): Promise<void> {
    await this.reading.unreadMessage(applicationId, userId, id);
  }

  @Relay('channels/{id}.unread', { answer: resource(ExistsResource) })
  async isUnread({ applicationId, userId, ids: [id] }: RelayCall): Promise<ExistsResource> {
    const { relation } = await this.access.retrieve(applicationId, userId, id);
    return { exists: relation.unreadCount > 0 };
  }

  @Relay('channels/{id}.messages_count', { query: CountMessagesQuery, answer: resource(CountResource) })
  async countOfChannel({
    applicationId,
    userId,
    ids: [id],
    query,
  }: RelayCall<CountMessagesQuery>): Promise<CountResource> {
    const { relation } = await this.access.retrieve(applicationId, userId, id);
    return { count: query.unread ? relation.unreadCount : relation.messageCount };
  }

  @Relay('user.unread_messages_count', { answer: resource(CountResource) })
  async countUnread({ applicationId, userId }: RelayCall): Promise<CountResource> {
    return { count: await this.receipts.countUnreadOfUser(applicationId, userId) };
  }

  @Relay('channels/{id}.last_received_message', { answer: resource(MessageResource) })
  async lastReceivedMessage({ applicationId, userId, ids: [id] }: RelayCall): Promise<MessageResource | undefined> {
    const { relation } = await this.access.retrieve(applicationId, userId, id);
    const { lastMessageId } = relation;
    return lastMessageId === null ? undefined : this.messages.retrieve(applicationId, userId, lastMessageId);
  }

  @Relay('channels/{id}.last_read_message', { query: LastReadMessageQuery, answer: resource(MessageResource) })
  async lastReadMessage({
    applicationId,
    userId,
    userAgent = '',
    ids: [id],
    query,
  }: RelayCall<LastReadMessageQuery>): Promise<MessageResource | undefined> {
    const message = await this.reading.lastReadMessage(applicationId, userId, id, query.username);
    if (!message && WAITS_FOR_EVER.test(userAgent)) throw new ResourceNotFoundError();
    return message;
  }

  @Relay('messages/{id}.read_receipts', { query: PageQuery, answer: page(MessageReadReceiptResource, 'receipts') })
  listReceipts({
    applicationId,
    userId,
    ids: [id],
    query,
  }: RelayCall<PageQuery>): Promise<Page<MessageReadReceiptResource>> {
    return this.reading.listReceipts(applicationId, userId, id, query);
  }

  @Relay('channels/{id}.context', { query: ChannelContextQuery, answer: resource(ChannelContextResource) })
  async context({
    applicationId,
    userId,
    ids: [id],
    query,
  }: RelayCall<ChannelContextQuery>): Promise<ChannelContextResource> {
    const { readBy, ...part } = await this.reading.context(applicationId, userId, id, query);
    return { ...part, readBy: JSON.stringify(readBy) };
  }
}
