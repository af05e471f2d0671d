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
import { ChannelLists } from './channel-lists.js';
import { ChannelResource } from './channel.resource.js';
import { MembersService } from './members.service.js';
import { ChannelMembershipResource } from './membership.resource.js';

/** Who is in which channel. */
@PlatformController('')
export class MembersController {
  constructor(
    private readonly members: MembersService,
    private readonly lists: ChannelLists,
  ) {}

  @Get('channels/:id/members')
  @Operation({
    id: 'list-channel-members',
    summary: 'List channel members',
    description: 'Returns a page of the users who are members of this channel',
    tag: 'channels',
    scopes: ['read:channel', 'read:channel_membership'],
    answer: page(ChatUserResource, 'users'),
  })
  async list(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Query() query: PageQuery,
  ): Promise<Page<ChatUserResource>> {
    return (await this.members.list(applicationId, id, query)).map(toUserResource);
  }

  @Post('channels/:id/members')
  @Operation({
    id: 'add-channel-member',
    summary: 'Add a channel member',
    description: 'Adds a user to this channel. One who is a member already stays as they are',
    tag: 'channels',
    scopes: ['read:channel', 'read:user', 'create:channel_membership'],
    body: ChatUserReference,
    answer: resource(ChannelResource),
  })
  add(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Body() user: ChatUserReference,
  ): Promise<ChannelResource> {
    return this.members.add(applicationId, id, user);
  }

  @Delete('channels/:id/members/:user_id')
  @Operation({
    id: 'remove-channel-member',
    summary: 'Remove a channel member',
    description: 'Removes a user from this channel',
    tag: 'channels',
    scopes: ['read:channel', 'read:user', 'delete:channel_membership'],
    answer: resource(ChannelResource),
  })
  remove(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @IdParam('User', 'user_id') userId: number,
  ): Promise<ChannelResource> {
    return this.members.remove(applicationId, id, userId);
  }

  @Get('channels/:id/memberships')
  @Operation({
    id: 'list-channel-memberships',
    summary: 'List channel memberships',
    description: 'Returns a page of the memberships of this channel',
    tag: 'channels',
    scopes: ['read:channel', 'read:channel_membership'],
    answer: page(ChannelMembershipResource, 'memberships'),
  })
  async listMemberships(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Query() query: PageQuery,
  ): Promise<Page<ChannelMembershipResource>> {
    const memberships = await this.members.listMemberships(applicationId, id, query);
    return memberships.map(({ channel_id, user_id, created_time }) => ({
      createdTime: created_time,
      channelId: channel_id,
      userId: user_id,
    }));
  }

  @Get('users/:id/channels')
  @Operation({
    id: 'list-user-channels',
    summary: "List a user's channels",
    description: 'Returns a page of the channels that this user is a member of',
    tag: 'users',
    scopes: ['read:user', 'read:channels'],
    answer: page(ChannelResource, 'channels'),
  })
  listOfUser(
    @Caller() { applicationId }: Principal,
    @IdParam('User') id: number,
    @Query() query: PageQuery,
  ): Promise<Page<ChannelResource>> {
    return this.lists.listOfUser(applicationId, id, query);
  }
}
