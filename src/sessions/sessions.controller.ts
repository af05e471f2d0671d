import { Get } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { page, resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { PageQuery } from '../pagination/page-query.js';
import { Page } from '../pagination/page.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { Query } from '../resource/input.decorators.js';
import { ChatUserResource, toUserResource } from '../users/user.resource.js';
import {
  ChatSessionResource,
  ChatUserSessionResource,
  ListSessionsQuery,
  toChatSessionResource,
  toUserSessionResource,
} from './session.resource.js';
import { SessionsService } from './sessions.service.js';

/** Who is connected, and where they are. */
@PlatformController('')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get('user-sessions')
  @Operation({
    id: 'list-user-sessions',
    summary: 'List user sessions',
    description: 'Returns a page of user sessions belonging to this application, oldest first',
    tag: 'user-sessions',
    scopes: ['read:user_session'],
    answer: page(ChatUserSessionResource, 'sessions'),
  })
  async listUserSessions(
    @Caller() { applicationId }: Principal,
    @Query() query: ListSessionsQuery,
  ): Promise<Page<ChatUserSessionResource>> {
    return (await this.sessions.listUserSessions(applicationId, query.state, query)).map(toUserSessionResource);
  }

  @Get('user-sessions/:id')
  @Operation({
    id: 'retrieve-user-session',
    summary: 'Retrieve a user session',
    description: 'Returns a user session',
    tag: 'user-sessions',
    scopes: ['read:user_session'],
    answer: resource(ChatUserSessionResource),
  })
  async retrieveUserSession(
    @Caller() { applicationId }: Principal,
    @IdParam('UserSession') id: number,
  ): Promise<ChatUserSessionResource> {
    return toUserSessionResource(await this.sessions.retrieveUserSession(applicationId, id));
  }

  @Get('chat-sessions')
  @Operation({
    id: 'list-chat-sessions',
    summary: 'List chat sessions',
    description: 'Returns a page of chat sessions belonging to this application, oldest first',
    tag: 'chat-sessions',
    scopes: ['read:chat_session'],
    answer: page(ChatSessionResource, 'sessions'),
  })
  async listChatSessions(
    @Caller() { applicationId }: Principal,
    @Query() query: ListSessionsQuery,
  ): Promise<Page<ChatSessionResource>> {
    return (await this.sessions.listChatSessions(applicationId, query.state, query)).map(toChatSessionResource);
  }

  @Get('channels/:id/participants')
  @Operation({
    id: 'list-channel-participants',
    summary: 'List channel participants',
    description: 'Returns a page of channel active participants: members that are currently online in it',
    tag: 'channels',
    scopes: ['read:channel', 'read:chat_session'],
    answer: page(ChatUserResource, 'users'),
  })
  async listParticipants(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Query() query: PageQuery,
  ): Promise<Page<ChatUserResource>> {
    return (await this.sessions.listParticipants(applicationId, id, query)).map(toUserResource);
  }
}
