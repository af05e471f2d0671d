import { Injectable } from '@nestjs/common';
import { ChannelResource } from '../../channels/channel.resource.js';
import { UserChannel } from '../../channels/user-channel.js';
import { UserChannels } from '../../channels/user-channels.service.js';
import { page, resource } from '../../hal/answer.js';
import { Page } from '../../pagination/page.js';
import { CountResource } from '../../receipts/receipt.resource.js';
import type { RelayCall } from '../destinations/handlers.js';
import { Relay } from '../destinations/handlers.js';
import { UserChannelsQuery } from './queries.js';

const CHANNELS = page(ChannelResource, 'channels');

/** Which channels users have, and could have. */
@Injectable()
export class ChannelListsHandlers {
  constructor(private readonly channels: UserChannels) {}

  @Relay('user.channels', { query: UserChannelsQuery, answer: CHANNELS })
  async list({ applicationId, userId, query }: RelayCall<UserChannelsQuery>): Promise<Page<ChannelResource>> {
    return resources(await this.channels.list(applicationId, userId, query, query));
  }

  @Relay('user.joinable_channels', { query: UserChannelsQuery, answer: CHANNELS })
  async listJoinable({ applicationId, userId, query }: RelayCall<UserChannelsQuery>): Promise<Page<ChannelResource>> {
    return resources(await this.channels.listJoinable(applicationId, userId, query, query));
  }

  @Relay('user.unread_channels', { query: UserChannelsQuery, answer: CHANNELS })
  async listUnread({ applicationId, userId, query }: RelayCall<UserChannelsQuery>): Promise<Page<ChannelResource>> {
    return resources(await this.channels.list(applicationId, userId, { ...query, unread: true }, query));
  }

  @Relay('user.channels_count', { query: UserChannelsQuery, answer: resource(CountResource) })
  async count({ applicationId, userId, query }: RelayCall<UserChannelsQuery>): Promise<CountResource> {
    return { count: await this.channels.count(applicationId, userId, query) };
  }

  @Relay('user.unread_channels_count', { query: UserChannelsQuery, answer: resource(CountResource) })
  async countUnread({ applicationId, userId, query }: RelayCall<UserChannelsQuery>): Promise<CountResource> {
    return { count: await this.channels.count(applicationId, userId, { ...query, unread: true }) };
  }
}

const resources = (channels: Page<UserChannel>): Page<ChannelResource> => channels.map(({ channel }) => channel);
