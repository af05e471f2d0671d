import { Body, Get, Post, Query } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { ResourceNotFoundError } from '../errors/api-error.js';
import { cursorPage, resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { CursorPage } from '../pagination/page.js';
import { JsonOrForm } from '../resource/input.pipe.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { ReplyThreadResource, toThreadResource } from '../threads/thread.resource.js';
import { ThreadsRepository } from '../threads/threads.repository.js';
import { MessageLists } from './message-lists.js';
import { MESSAGE_UPLOAD, toNewMessage } from './message-upload.js';
import { MessageSending } from './message-sending.js';
import { CreateFileMessageForm, CreateMessageResource, MessageResource } from './message.resource.js';

@PlatformController('threads')
export class ThreadsController {
  constructor(
    private readonly threads: ThreadsRepository,
    private readonly sending: MessageSending,
    private readonly lists: MessageLists,
  ) {}

  @Get(':id')
  @Operation({
    id: 'retrieve-thread',
    summary: 'Retrieve a thread',
    description: 'Returns a thread. The thread of the replies to a message has the id of that message',
    tag: 'threads',
    scopes: ['read:thread'],
    answer: resource(ReplyThreadResource),
  })
  async retrieve(@Caller() { applicationId }: Principal, @IdParam('Thread') id: number): Promise<ReplyThreadResource> {
    const thread = await this.threads.find(applicationId, id);
    if (!thread) throw new ResourceNotFoundError();
    return toThreadResource(thread);
  }

  @Get(':id/messages')
  @Operation({
    id: 'list-thread-messages',
    summary: 'List thread messages',
    description: 'Returns a page of the messages sent in this thread, newest first',
    tag: 'threads',
    scopes: ['read:thread', 'read:message'],
    answer: cursorPage(MessageResource, 'messages'),
  })
  listMessages(
    @Caller() { applicationId }: Principal,
    @IdParam('Thread') id: number,
    @Query() query: CursorQuery,
  ): Promise<CursorPage<MessageResource>> {
    return this.lists.listOfThread(applicationId, id, query);
  }

  @Post(':id/messages')
  @Operation({
    id: 'send-thread-message',
    summary: 'Send a thread message',
    description: 'Sends a message in this thread as the system or on behalf of a user',
    tag: 'threads',
    scopes: ['read:thread', 'read:user', 'create:message'],
    body: CreateMessageResource,
    upload: MESSAGE_UPLOAD,
    answer: resource(MessageResource),
  })
  sendMessage(
    @Caller() { applicationId }: Principal,
    @IdParam('Thread') id: number,
    @Body(new JsonOrForm(CreateMessageResource)) message: CreateMessageResource | CreateFileMessageForm,
  ): Promise<MessageResource> {
    return this.sending.sendToThread(applicationId, id, toNewMessage(message));
  }
}
