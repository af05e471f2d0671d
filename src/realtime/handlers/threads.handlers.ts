import { Injectable } from '@nestjs/common';
import { ChannelResource } from '../../channels/channel.resource.js';
import { UserChannelAccess } from '../../channels/user-channel-access.js';
import { UserChannels } from '../../channels/user-channels.service.js';
import { ResourceNotFoundError } from '../../errors/api-error.js';
import { cursorPage, page, resource } from '../../hal/answer.js';
import { MessageResource } from '../../messages/message.resource.js';
import { UserMessages } from '../../messages/user-messages.service.js';
import { UserSending } from '../../messages/user-sending.service.js';
import { CursorQuery } from '../../pagination/cursor-query.js';
import { CursorPage, Page } from '../../pagination/page.js';
import { ReplyThreadResource, toThreadResource } from '../../threads/thread.resource.js';
import { UserThreads } from '../../threads/user-threads.service.js';
import type { ActionCall, Call, RelayCall } from '../destinations/handlers.js';
import { Action, Relay, Topic } from '../destinations/handlers.js';
import { THREAD_TOPICS } from '../resources/topics.js';
import { toldOfMessage } from './messages.handlers.js';
import { UserThreadsQuery } from './queries.js';

/** Lines of conversation in channels. */
@Injectable()
export class ThreadsHandlers {
  constructor(
    private readonly access: UserChannelAccess,
    private readonly threads: UserThreads,
    private readonly messages: UserMessages,
    private readonly sending: UserSending,
    private readonly channels: UserChannels,
  ) {}

  @Topic('threads/{id}', THREAD_TOPICS)
  async listen({ applicationId, userId, ids: [id] }: Call): Promise<number> {
    const { channel_id } = await this.threads.retrieve(applicationId, userId, id);
    await this.access.retrieveOfMember(applicationId, userId, channel_id);
    return channel_id;
  }

  @Relay('channels/{id}.threads', { query: UserThreadsQuery, answer: page(ReplyThreadResource, 'threads') })
  async list({
    applicationId,
    userId,
    ids: [id],
    query,
  }: RelayCall<UserThreadsQuery>): Promise<Page<ReplyThreadResource>> {
    return (await this.threads.list(applicationId, userId, id, query, query)).map(toThreadResource);
  }

  @Relay('threads/{id}', { answer: resource(ReplyThreadResource) })
  async retrieve({ applicationId, userId, ids: [id] }: RelayCall): Promise<ReplyThreadResource> {
    return toThreadResource(await this.threads.retrieve(applicationId, userId, id));
  }

  @Relay('threads/{id}.channel', { answer: resource(ChannelResource) })
  async retrieveChannel({ applicationId, userId, ids: [id] }: RelayCall): Promise<ChannelResource> {
    const { channel_id } = await this.threads.retrieve(applicationId, userId, id);
    return (await this.channels.retrieve(applicationId, userId, channel_id)).channel;
  }

  /** Only the replies to a message have one. */
  @Relay('threads/{id}.message', { answer: resource(MessageResource) })
  async retrieveMessage({ applicationId, userId, ids: [id] }: RelayCall): Promise<MessageResource> {
    const { type } = await this.threads.retrieve(applicationId, userId, id);
    if (type !== 'MESSAGE') throw new ResourceNotFoundError();
    return this.messages.retrieve(applicationId, userId, id);
  }

  @Relay('threads/{id}.messages', { query: CursorQuery, answer: cursorPage(MessageResource, 'messages') })
  listMessages({
    applicationId,
    userId,
    ids: [id],
    query,
  }: RelayCall<CursorQuery>): Promise<CursorPage<MessageResource>> {
    return this.messages.listOfThread(applicationId, userId, id, query);
  }

  @Action('channels/{id}.create_thread', {
    answer: { topic: 'threads', type: 'user.thread.created', resource: ReplyThreadResource },
  })
  async create({ applicationId, userId, ids: [id], body }: ActionCall): Promise<ReplyThreadResource> {
    return toThreadResource(await this.threads.create(applicationId, userId, id, body));
  }

  @Action('threads/{id}.message', { answer: toldOfMessage('user.message.created') })
  send({ applicationId, userId, ids: [threadId], body }: ActionCall): Promise<MessageResource> {
    return this.sending.send(applicationId, userId, { threadId }, body);
  }
}
