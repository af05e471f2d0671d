import { Delete, Get, Post } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { page, resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { PageQuery } from '../pagination/page-query.js';
import { Page } from '../pagination/page.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { Body, Query } from '../resource/input.decorators.js';
import { ChatUserReference } from '../users/user-reference.js';
import { ChatUserResource, toUserResource } from '../users/user.resource.js';
import { ChannelResource } from './channel.resource.js';
import { ModeratorsService } from './moderators.service.js';

@PlatformController('channels/:id/moderators')
export class ModeratorsController {
  constructor(private readonly moderators: ModeratorsService) {}

  @Get()
  @Operation({
    id: 'list-channel-moderators',
    summary: "Lists a channel's moderators",
    description: 'Returns a page of channel moderators',
    tag: 'channels',
    scopes: ['read:channel', 'read:channel_moderator'],
    answer: page(ChatUserResource, 'users'),
  })
  async list(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Query() query: PageQuery,
  ): Promise<Page<ChatUserResource>> {
    return (await this.moderators.list(applicationId, id, query)).map(toUserResource);
  }

  @Post()
  @Operation({
    id: 'add-channel-moderator',
    summary: 'Add a channel moderator',
    description: 'Makes a member a group channel moderator. Returns the user',
    tag: 'channels',
    scopes: ['read:channel', 'read:user', 'read:channel_membership', 'create:channel_moderator'],
    body: ChatUserReference,
    answer: resource(ChatUserResource),
  })
  async add(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Body() user: ChatUserReference,
  ): Promise<ChatUserResource> {
    return toUserResource(await this.moderators.add(applicationId, id, user));
  }

  @Delete(':user_id')
  @Operation({
    id: 'remove-channel-moderator',
    summary: 'Remove a channel moderator',
    description: 'Removes a moderator from a group channel. Returns the channel',
    tag: 'channels',
    scopes: ['read:channel', 'read:user', 'delete:channel_moderator'],
    answer: resource(ChannelResource),
  })
  remove(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @IdParam('User', 'user_id') userId: number,
  ): Promise<ChannelResource> {
    return this.moderators.remove(applicationId, id, userId);
  }
}
