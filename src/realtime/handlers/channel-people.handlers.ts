import { Injectable } from '@nestjs/common';
import { ChannelModeration } from '../../channels/channel-moderation.service.js';
import { ChannelParticipation } from '../../channels/channel-participation.service.js';
import { ChannelResource } from '../../channels/channel.resource.js';
import { UserChannels } from '../../channels/user-channels.service.js';
import { page } from '../../hal/answer.js';
import { Page } from '../../pagination/page.js';
import { About } from '../../resource/registry.js';
import type { ChatUserReference as Reference } from '../../users/user-reference.js';
import { ChatUserReference, UserReferenceField } from '../../users/user-reference.js';
import { ChatUserProperties, toUserProperties } from '../../users/user.resource.js';
import type { ActionCall, RelayCall } from '../destinations/handlers.js';
import { Action, Relay } from '../destinations/handlers.js';
import { ChannelBlockRecordResource, toBlockRecord } from '../resources/block-records.resource.js';
import { toldOfChannel } from './channels.handlers.js';
import { ofUsers, UsersQuery } from './queries.js';

/** Whom it is about. */
@About('Channel')
export class SomebodyProperties {
  @UserReferenceField({ description: 'The user' })
  user!: Reference;
}

/** Whom it is about, if it is not the caller. */
@About('Channel')
export class LeavingProperties {
  @UserReferenceField({ description: 'The user who is to leave. The caller if absent', optional: true })
  user?: Reference;
}

/** Who is in a channel, who moderates it, and who may not come back. */
@Injectable()
export class ChannelPeopleHandlers {
  constructor(
    private readonly participation: ChannelParticipation,
    private readonly moderation: ChannelModeration,
    private readonly channels: UserChannels,
  ) {}

  @Relay('channels/{id}.members', { query: UsersQuery, answer: page(ChatUserProperties, 'users') })
  async listMembers({
    applicationId,
    userId,
    ids: [id],
    query,
  }: RelayCall<UsersQuery>): Promise<Page<ChatUserProperties>> {
    const { displayName } = query;
    return (await this.participation.listMembers(applicationId, userId, id, displayName, ofUsers(query))).map(
      toUserProperties,
    );
  }

  @Relay('channels/{id}.moderators', { query: UsersQuery, answer: page(ChatUserProperties, 'users') })
  async listModerators({
    applicationId,
    userId,
    ids: [id],
    query,
  }: RelayCall<UsersQuery>): Promise<Page<ChatUserProperties>> {
    const { displayName } = query;
    return (await this.participation.listModerators(applicationId, userId, id, displayName, ofUsers(query))).map(
      toUserProperties,
    );
  }

  @Relay('channels/{id}.block_records', { query: UsersQuery, answer: page(ChannelBlockRecordResource, 'records') })
  async listBlocks({
    applicationId,
    userId,
    ids: [id],
    query,
  }: RelayCall<UsersQuery>): Promise<Page<ChannelBlockRecordResource>> {
    return (await this.moderation.listBlocks(applicationId, userId, id, query.displayName, query)).map(toBlockRecord);
  }

  @Action('channels/{id}.invite', {
    body: SomebodyProperties,
    answer: { topic: 'users', type: 'channel.member.invited', resource: ChatUserProperties },
  })
  async invite({
    applicationId,
    userId,
    ids: [id],
    body,
  }: ActionCall<SomebodyProperties>): Promise<ChatUserProperties> {
    return toUserProperties(await this.participation.invite(applicationId, userId, id, body.user));
  }

  /** Whoever names somebody else puts them out. */
  @Action('channels/{id}.leave', { body: LeavingProperties, answer: toldOfChannel('user.channel.left') })
  async leave({
    applicationId,
    userId,
    username,
    ids: [id],
    body: { user },
  }: ActionCall<LeavingProperties>): Promise<ChannelResource> {
    const { channel } = await this.channels.retrieve(applicationId, userId, id);
    const isOneself = !user || user.id === userId || (user.id === undefined && user.username === username);
    if (isOneself) await this.participation.leave(applicationId, userId, id);
    else await this.moderation.removeMember(applicationId, userId, id, user);
    return channel;
  }

  @Action('channels/{id}.add_moderator', { body: ChatUserReference, answer: toldOfChannel('user.channel.updated') })
  async addModerator({
    applicationId,
    userId,
    ids: [id],
    body,
  }: ActionCall<ChatUserReference>): Promise<ChannelResource> {
    await this.moderation.addModerator(applicationId, userId, id, body);
    return (await this.channels.retrieve(applicationId, userId, id)).channel;
  }

  @Action('channels/{id}.delete_moderator', { body: ChatUserReference, answer: toldOfChannel('user.channel.updated') })
  async deleteModerator({
    applicationId,
    userId,
    ids: [id],
    body,
  }: ActionCall<ChatUserReference>): Promise<ChannelResource> {
    await this.moderation.deleteModerator(applicationId, userId, id, body);
    return (await this.channels.retrieve(applicationId, userId, id)).channel;
  }

  @Action('channels/{id}.block', {
    body: ChatUserReference,
    answer: { topic: 'channels', type: 'user.channel.block_record_created', resource: ChannelBlockRecordResource },
  })
  async block({
    applicationId,
    userId,
    ids: [id],
    body,
  }: ActionCall<ChatUserReference>): Promise<ChannelBlockRecordResource> {
    return toBlockRecord(await this.moderation.block(applicationId, userId, id, body));
  }

  @Action('channel_block_records/{id}.delete', {
    answer: { topic: 'channels', type: 'user.channel.block_record_deleted', resource: ChannelBlockRecordResource },
  })
  async unblock({ applicationId, userId, ids: [id] }: ActionCall): Promise<ChannelBlockRecordResource> {
    return toBlockRecord(await this.moderation.unblock(applicationId, userId, id));
  }
}
