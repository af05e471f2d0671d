import { Delete, Get, Patch, Post } from '@nestjs/common';
import { ApplicationResource, toApplicationResource } from '../applications/application.resource.js';
import { ApplicationsService } from '../applications/applications.service.js';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { page, resource } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PATCH_BODY_TYPES } from '../http/media-types.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { Page } from '../pagination/page.js';
import { IdParam } from '../resource/id-param.decorator.js';
import { Body, Query } from '../resource/input.decorators.js';
import { parseTime } from '../resource/time.js';
import { propertiesFilter } from '../resource/properties-filter.js';
import { ChannelLists } from './channel-lists.js';
import { ChannelPropertiesPatch, ChannelResource, CreateChannelResource } from './channel.resource.js';
import { ChannelsService } from './channels.service.js';
import { ListChannelsQuery } from './list-channels.query.js';

@PlatformController('channels')
export class ChannelsController {
  constructor(
    private readonly channels: ChannelsService,
    private readonly lists: ChannelLists,
    private readonly applications: ApplicationsService,
  ) {}

  @Get()
  @Operation({
    id: 'list-channels',
    summary: 'List channels',
    description: 'Returns a page of channels belonging to this application',
    tag: 'channels',
    scopes: ['read:channel'],
    answer: page(ChannelResource, 'channels'),
  })
  list(@Caller() { applicationId }: Principal, @Query() query: ListChannelsQuery): Promise<Page<ChannelResource>> {
    const { type, members = [], startTime, endTime } = query;
    const properties = propertiesFilter('Channel', query.properties);
    const filter = {
      ...(type && { type }),
      ...(startTime !== undefined && { startTime: parseTime(startTime) }),
      ...(endTime !== undefined && { endTime: parseTime(endTime) }),
      ...(properties && { properties }),
    };
    return this.lists.list(applicationId, filter, members, query);
  }

  @Post()
  @Operation({
    id: 'create-channel',
    summary: 'Create a channel',
    description: 'Creates a new channel or returns an equivalent existing channel',
    tag: 'channels',
    scopes: ['create:channel'],
    body: CreateChannelResource,
    answer: resource(ChannelResource),
  })
  create(@Caller() { applicationId }: Principal, @Body() channel: CreateChannelResource): Promise<ChannelResource> {
    return this.channels.create(applicationId, channel);
  }

  @Get(':id')
  @Operation({
    id: 'retrieve-channel',
    summary: 'Retrieve a channel',
    description: 'Returns a channel',
    tag: 'channels',
    scopes: ['read:channel'],
    answer: resource(ChannelResource),
  })
  retrieve(@Caller() { applicationId }: Principal, @IdParam('Channel') id: number): Promise<ChannelResource> {
    return this.channels.retrieve(applicationId, id);
  }

  @Patch(':id')
  @Operation({
    id: 'update-channel',
    summary: 'Update a channel',
    description: 'Updates the properties of a channel',
    tag: 'channels',
    scopes: ['read:channel', 'update:channel'],
    body: ChannelPropertiesPatch,
    bodyTypes: PATCH_BODY_TYPES,
    bodyOptional: true,
    answer: resource(ChannelResource),
  })
  update(
    @Caller() { applicationId }: Principal,
    @IdParam('Channel') id: number,
    @Body() patch: ChannelPropertiesPatch,
  ): Promise<ChannelResource> {
    return this.channels.update(applicationId, id, patch);
  }

  @Delete(':id')
  @Operation({
    id: 'delete-channel',
    summary: 'Delete a channel',
    description: 'Deletes a channel with its messages and memberships. Returns the application',
    tag: 'channels',
    scopes: ['read:channel', 'delete:channel'],
    answer: resource(ApplicationResource),
  })
  async delete(@Caller() { applicationId }: Principal, @IdParam('Channel') id: number): Promise<ApplicationResource> {
    await this.channels.delete(applicationId, id);
    return toApplicationResource(await this.applications.retrieve(applicationId));
  }
}
