import { Get } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { cursorPage, page, resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { MessageLists } from '../messages/message-lists.js';
import { MessageResource } from '../messages/message.resource.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { PageQuery } from '../pagination/page-query.js';
import { CursorPage, Page } from '../pagination/page.js';
import { BooleanField } from '../resource/fields.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { Query } from '../resource/input.decorators.js';
import { About } from '../resource/registry.js';
import { CountResource, MessageReadReceiptResource, MessageReadReceiptSummaryResource } from './receipt.resource.js';
import { ReceiptsService } from './receipts.service.js';

@About('Message')
export class ListUserMessagesQuery extends CursorQuery {
  @BooleanField({
    description: 'True: messages of others in the channels of this user that the user has not read',
    optional: true,
  })
  unread?: boolean;
}

@About('MessageReadReceiptSummary')
export class ListSummariesQuery extends PageQuery {
  @BooleanField({
    description: 'True: members who have messages that they have not read. False: those who have none',
    optional: true,
  })
  unread?: boolean;
}

/** What has been read, and what has not. */
@PlatformController('')
export class ReceiptsController {
  constructor(
    private readonly receipts: ReceiptsService,
    private readonly lists: MessageLists,
  ) {}

  @Get('application/message-read-receipt-summaries')
  @Operation({
    id: 'retrieve-application-message-read-receipt-summaries',
    summary: 'Retrieve message read receipt summaries',
    description: 'Returns a page with the number of unread messages of each member of each channel',
    tag: 'application',
    scopes: ['read:channel', 'read:user', 'read:read_receipt'],
    answer: page(MessageReadReceiptSummaryResource, 'summaries'),
  })
  listSummaries(
    @Caller() { applicationId }: Principal,
    @Query() query: ListSummariesQuery,
  ): Promise<Page<MessageReadReceiptSummaryResource>> {
    return this.receipts.listSummaries(applicationId, query.unread, query);
  }

  @Get('messages/:id/read-receipts')
  @Operation({
    id: 'list-message-read-receipts',
    summary: 'List message read receipts',
    description: 'Returns a page of the receipts of those who have read this message, but for its sender',
    tag: 'messages',
    scopes: ['read:message', 'read:read_receipt'],
    answer: page(MessageReadReceiptResource, 'receipts'),
  })
  listOfMessage(
    @Caller() { applicationId }: Principal,
    @IdParam('Message') id: number,
    @Query() query: PageQuery,
  ): Promise<Page<MessageReadReceiptResource>> {
    return this.receipts.listOfMessage(applicationId, id, query);
  }

  @Get('users/:id/messages')
  @Operation({
    id: 'list-user-messages',
    summary: "List a user's messages",
    description: 'Returns a page of the messages sent by this user, or of those not read by this user, newest first',
    tag: 'users',
    scopes: ['read:user', 'read:channels'],
    answer: cursorPage(MessageResource, 'messages'),
  })
  listOfUser(
    @Caller() { applicationId }: Principal,
    @IdParam('User') id: number,
    @Query() query: ListUserMessagesQuery,
  ): Promise<CursorPage<MessageResource>> {
    return query.unread
      ? this.receipts.listUnreadOfUser(applicationId, id, query)
      : this.lists.listOfUser(applicationId, id, query);
  }

  @Get('users/:id/messages/unread/count')
  @Operation({
    id: 'count-user-unread-messages',
    summary: "Count a user's unread messages",
    description: 'Returns how many messages of others in the channels of this user the user has not read',
    tag: 'users',
    scopes: ['read:user', 'read:channels'],
    answer: resource(CountResource),
  })
  async countUnreadOfUser(@Caller() { applicationId }: Principal, @IdParam('User') id: number): Promise<CountResource> {
    return { count: await this.receipts.countUnreadOfUser(applicationId, id) };
  }
}
