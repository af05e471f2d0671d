import { Injectable } from '@nestjs/common';
import { ChannelParticipation } from '../../channels/channel-participation.service.js';
import { page, resource } from '../../hal/answer.js';
import { Page } from '../../pagination/page.js';
import { CountResource } from '../../receipts/receipt.resource.js';
import { IdField } from '../../resource/fields.js';
import { About } from '../../resource/registry.js';
import { UserBlocks } from '../../user-blocks/user-blocks.service.js';
import { Contacts } from '../../users/contacts.service.js';
import { ChatUserProperties, toUserProperties } from '../../users/user.resource.js';
import { UsersService } from '../../users/users.service.js';
import type { ActionCall, RelayCall } from '../destinations/handlers.js';
import { Action, Relay } from '../destinations/handlers.js';
import { AccessDeniedError } from '../errors.js';
import { toBlockRecord, UserBlockListItemResource } from '../resources/block-records.resource.js';
import { ExistsResource } from '../resources/exists.resource.js';
import { UsersQuery } from './queries.js';

/** In which channel. */
@About('User')
export class ChannelMemberQuery {
  @IdField({ description: 'The id of the channel' })
  channelId!: number;
}

const toldOfUser = (topic: string, type: string) => ({ topic, type, resource: ChatUserProperties });

/** What users see of others, and whom they do not want to hear of. */
@Injectable()
export class UsersHandlers {
  constructor(
    private readonly users: UsersService,
    private readonly contacts: Contacts,
    private readonly participation: ChannelParticipation,
    private readonly blocks: UserBlocks,
  ) {}

  @Relay('users/{id}', { answer: resource(ChatUserProperties) })
  async retrieve({ applicationId, ids: [id] }: RelayCall): Promise<ChatUserProperties> {
    return toUserProperties(await this.users.retrieve(applicationId, id));
  }

  @Relay('users/{id}.channel_member', { query: ChannelMemberQuery, answer: resource(ExistsResource) })
  async isMember({ applicationId, userId, ids: [id], query }: RelayCall<ChannelMemberQuery>): Promise<ExistsResource> {
    return { exists: await this.participation.isMember(applicationId, userId, query.channelId, id) };
  }

  @Relay('user.contacts', { query: UsersQuery, answer: page(ChatUserProperties, 'users') })
  async listContacts({ applicationId, userId, query }: RelayCall<UsersQuery>): Promise<Page<ChatUserProperties>> {
    return (await this.contacts.list(applicationId, userId, filterOf(query), query)).map(toUserProperties);
  }

  @Relay('user.contacts_count', { query: UsersQuery, answer: resource(CountResource) })
  async countContacts({ applicationId, userId, query }: RelayCall<UsersQuery>): Promise<CountResource> {
    return { count: await this.contacts.count(applicationId, userId, filterOf(query)) };
  }

  @Action('users/{id}.block', { answer: toldOfUser('users', 'user.user.blocked') })
  async block({ applicationId, userId, ids: [id] }: ActionCall): Promise<ChatUserProperties> {
    return toBlockRecord(await this.blocks.block(applicationId, userId, id)).user;
  }

  @Relay('user.user_block_list_items', { query: UsersQuery, answer: page(UserBlockListItemResource, 'items') })
  async listBlocks({ applicationId, userId, query }: RelayCall<UsersQuery>): Promise<Page<UserBlockListItemResource>> {
    return (await this.blocks.list(applicationId, userId, query, query)).map(toBlockRecord);
  }

  @Action('user_block_list_items/{id}.delete', { answer: toldOfUser('users', 'user.user.unblocked') })
  async unblock({ applicationId, userId, ids: [id] }: ActionCall): Promise<ChatUserProperties> {
    return toBlockRecord(await this.blocks.unblock(applicationId, userId, id)).user;
  }

  /** Nobody deletes anybody but themselves. */
  @Action('users/{id}.delete', { answer: toldOfUser('self', 'user.self.deleted') })
  async delete({ applicationId, userId, ids: [id] }: ActionCall): Promise<ChatUserProperties> {
    if (id !== userId) throw new AccessDeniedError('Users may delete nobody but themselves');
    const user = toUserProperties(await this.users.retrieve(applicationId, id));
    await this.users.delete(applicationId, id);
    return user;
  }
}

const filterOf = ({ name, displayName, online }: UsersQuery) => ({ name, displayName, online });
