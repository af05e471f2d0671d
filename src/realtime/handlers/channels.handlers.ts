import { Injectable } from '@nestjs/common';
import { ChannelAccess } from '../../channels/channel-access.js';
import { cursorPage } from '../../hal/answer.js';
import { MessageLists } from '../../messages/message-lists.js';
import { MessageSending } from '../../messages/message-sending.js';
import { CreateMessageResource, MessageResource } from '../../messages/message.resource.js';
import { CursorQuery } from '../../pagination/cursor-query.js';
import { CursorPage } from '../../pagination/page.js';
import type { ActionCall, Call, RelayCall } from '../destinations/handlers.js';
import { Action, Relay, Topic } from '../destinations/handlers.js';
import { CHANNEL_TOPICS } from '../resources/topics.js';

/** What members read and do in a channel. */
@Injectable()
export class ChannelsHandlers {
  constructor(
    private readonly access: ChannelAccess,
    private readonly lists: MessageLists,
    private readonly sending: MessageSending,
  ) {}

  @Topic('channels/{id}', CHANNEL_TOPICS)
  async listen({ applicationId, userId, ids: [id] }: Call): Promise<void> {
    await this.access.retrieve(applicationId, id);
    await this.access.requireMember(id, userId, 'Channel');
  }

  @Relay('channels/{id}.messages', { query: CursorQuery, answer: cursorPage(MessageResource, 'messages') })
  async listMessages({
    applicationId,
    userId,
    ids: [id],
    query,
  }: RelayCall<CursorQuery>): Promise<CursorPage<MessageResource>> {
    await this.access.retrieveVisible(applicationId, id, userId);
    return this.lists.listOfChannel(applicationId, id, query);
  }

  @Action('channels/{id}.message', {
    body: CreateMessageResource,
    answer: { topic: 'messages', type: 'user.message.created', resource: MessageResource },
  })
  message({ applicationId, userId, ids: [id], body }: ActionCall<CreateMessageResource>): Promise<MessageResource> {
    return this.sending.sendToChannel(applicationId, id, { ...body, user: { id: userId } });
  }
}
