import { Body, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { cursorPage, resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PATCH_BODY_TYPES } from '../http/media-types.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { CursorPage } from '../pagination/page.js';
import { JsonOrForm } from '../resource/input.pipe.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { ReplyThreadResource, toThreadResource } from '../threads/thread.resource.js';
import { ListMessagesQuery } from './list-messages.query.js';
import { MessageLists } from './message-lists.js';
import { MESSAGE_UPLOAD, toNewMessage } from './message-upload.js';
import { MessageSending } from './message-sending.js';
import {
  CreateFileMessageForm,
  CreateMessageResource,
  MessagePropertiesPatch,
  MessageResource,
} from './message.resource.js';
import { MessagesService } from './messages.service.js';

@PlatformController('')
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly sending: MessageSending,
    private readonly lists: MessageLists,
  ) {}

  @Get('channels/:id/messages')
  @Operation({
    id: 'list-channel-messages',
    summary: 'List channel messages',
    description: 'Returns a page of the messages sent in this channel, replies included, newest first',
    tag: 'channels',
    scopes: ['read:channel', 'read:message'],
    answer: cursorPage(MessageResource, 'messages'),
  })
  listOfChannel(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Query() query: ListMessagesQuery,
  ): Promise<CursorPage<MessageResource>> {
    return this.lists.listOfChannel(applicationId, id, query);
  }

  @Post('channels/:id/messages')
  @Operation({
    id: 'send-channel-message',
    summary: 'Send a channel message',
    description: 'Sends a message in this channel as the system or on behalf of a user',
    tag: 'channels',
    scopes: ['read:channel', 'read:user', 'create:message'],
    body: CreateMessageResource,
    upload: MESSAGE_UPLOAD,
    answer: resource(MessageResource),
  })
  sendToChannel(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Body(new JsonOrForm(CreateMessageResource)) message: CreateMessageResource | CreateFileMessageForm,
  ): Promise<MessageResource> {
    return this.sending.sendToChannel(applicationId, id, toNewMessage(message));
  }

  @Get('messages')
  @Operation({
    id: 'list-messages',
    summary: 'List messages',
    description: 'Returns a page of the messages sent in this application, newest first',
    tag: 'messages',
    scopes: ['read:message'],
    answer: cursorPage(MessageResource, 'messages'),
  })
  list(
    @Caller() { applicationId }: Principal,
    @Query() query: ListMessagesQuery,
  ): Promise<CursorPage<MessageResource>> {
    return this.lists.listAll(applicationId, query);
  }

  @Get('messages/:id')
  @Operation({
    id: 'retrieve-message',
    summary: 'Retrieve a message',
    description: 'Returns a message',
    tag: 'messages',
    scopes: ['read:message'],
    answer: resource(MessageResource),
  })
  retrieve(@Caller() { applicationId }: Principal, @IdParam('Message') id: number): Promise<MessageResource> {
    return this.messages.retrieve(applicationId, id);
  }

  @Patch('messages/:id')
  @Operation({
    id: 'update-message',
    summary: 'Update a message',
    description: 'Updates the body or the properties of a message',
    tag: 'messages',
    scopes: ['read:message', 'update:message'],
    body: MessagePropertiesPatch,
    bodyTypes: PATCH_BODY_TYPES,
    bodyOptional: true,
    answer: resource(MessageResource),
  })
  update(
    @Caller() { applicationId }: Principal,
    @IdParam('Message') id: number,
    @Body() patch: MessagePropertiesPatch,
  ): Promise<MessageResource> {
    return this.messages.update(applicationId, id, patch);
  }

  @Delete('messages/:id')
  @Operation({
    id: 'delete-message',
    summary: 'Delete a message',
    description: 'Deletes a message. Returns the thread it was in',
    tag: 'messages',
    scopes: ['read:message', 'delete:message'],
    answer: resource(ReplyThreadResource),
  })
  async delete(@Caller() { applicationId }: Principal, @IdParam('Message') id: number): Promise<ReplyThreadResource> {
    return toThreadResource(await this.messages.delete(applicationId, id));
  }

  @Get('users/:id/messages')
  @Operation({
    id: 'list-user-messages',
    summary: "List a user's messages",
    description: 'Returns a page of the messages sent by this user, newest first',
    tag: 'users',
    scopes: ['read:user', 'read:channels'],
    answer: cursorPage(MessageResource, 'messages'),
  })
  listOfUser(
    @Caller() { applicationId }: Principal,
    @IdParam('User') id: number,
    @Query() query: CursorQuery,
  ): Promise<CursorPage<MessageResource>> {
    return this.lists.listOfUser(applicationId, id, query);
  }
}
