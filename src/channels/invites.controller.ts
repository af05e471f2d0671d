import { Get, Post } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { page, resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { PageQuery } from '../pagination/page-query.js';
import { Page } from '../pagination/page.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { Body, Query } from '../resource/input.decorators.js';
import { ChannelInviteResource, CreateChannelInviteResource, toInviteResource } from './invite.resource.js';
import { InvitesService } from './invites.service.js';

@PlatformController('channels/:id/invites')
export class InvitesController {
  constructor(private readonly invites: InvitesService) {}

  @Get()
  @Operation({
    id: 'list-channel-invites',
    summary: 'List channel invites',
    description: 'Returns a page of invites sent to join this channel',
    tag: 'channels',
    scopes: ['read:channel_invite'],
    answer: page(ChannelInviteResource, 'invites'),
  })
  async list(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Query() query: PageQuery,
  ): Promise<Page<ChannelInviteResource>> {
    return (await this.invites.list(applicationId, id, query)).map(toInviteResource);
  }

  @Post()
  @Operation({
    id: 'send-channel-invite',
    summary: 'Send a channel invite',
    description: 'Sends a channel invite to a user who is no member yet',
    tag: 'channels',
    scopes: ['read:channel', 'read:user', 'create:channel_invite'],
    body: CreateChannelInviteResource,
    answer: resource(ChannelInviteResource),
  })
  async send(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Body() { user }: CreateChannelInviteResource,
  ): Promise<ChannelInviteResource> {
    return toInviteResource(await this.invites.send(applicationId, id, user));
  }
}
