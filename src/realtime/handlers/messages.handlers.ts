import { Injectable } from '@nestjs/common';
import { ChannelAccess } from '../../channels/channel-access.js';
import { cursorPage } from '../../hal/answer.js';
import { MessageLists } from '../../messages/message-lists.js';
import { MessageSending } from '../../messages/message-sending.js';
import { CreateMessageResource, MessageResource } from '../../messages/message.resource.js';
import { CursorQuery } from '../../pagination/cursor-query.js';
import { CursorPage } from '../../pagination/page.js';
import type { ActionCall, RelayCall } from '../destinations/handlers.js';
import { Action, Relay } from '../destinations/handlers.js';

/** What is said. */
@Injectable()
export class MessagesHandlers {
  constructor(
    private readonly access: ChannelAccess,
    private readonly lists: MessageLists,
    private readonly sending: MessageSending,
  ) {}

  @Relay('channels/{id}.messages', { query: CursorQuery, answer: cursorPage(MessageResource, 'messages') })
  async listOfChannel({
    applicationId,
    ids: [id],
    query,
  }: RelayCall<CursorQuery>): Promise<CursorPage<MessageResource>> {
    return this.lists.listOfChannel(applicationId, id, query);
  }

  @Action('channels/{id}.message', {
    body: CreateMessageResource,
    answer: { topic: 'messages', type: 'user.message.created', resource: MessageResource },
  })
  sendToChannel({ applicationId, userId, ids: [id], body }: ActionCall<CreateMessageResource>): Promise<MessageResource> {
    return this.sending.sendToChannel(applicationId, id, { ...body, user: { id: userId } });
  }
}
