import { Injectable } from '@nestjs/common';
import { MessageReader } from '../messages/message-reader.js';
import { toUserProperties } from '../users/user.resource.js';
import { UsersRepository } from '../users/users.repository.js';
import { ChannelResource } from './channel.resource.js';
import { ChannelRow } from './channel.rows.js';
import { ChannelsRepository } from './channels.repository.js';
import { MembershipsRepository } from './memberships.repository.js';

/** Turns stored channels into resources, a page at a time: three look-ups, however many channels. */
@Injectable()
export class ChannelReader {
  constructor(
    private readonly channels: ChannelsRepository,
    private readonly users: UsersRepository,
    private readonly memberships: MembershipsRepository,
    private readonly messages: MessageReader,
  ) {}

  async resources(applicationId: number, channels: readonly ChannelRow[]): Promise<ChannelResource[]> {
    const creatorIds = distinct(channels.map((channel) => channel.creator_id));
    const messageIds = distinct(channels.map((channel) => channel.last_message_id));
    const directIds = channels.filter((channel) => channel.type === 'DIRECT').map((channel) => channel.id);
    const [creators, messages, members] = await Promise.all([
      this.users.findAnyByIds(applicationId, creatorIds),
      this.messages.byIds(applicationId, messageIds),
      this.memberships.membersOf(directIds),
    ]);
    const creatorById = new Map(creators.map((user) => [user.id, user]));
    return channels.map((channel) => {
      const { id, type, name, display_name, creator_id, last_message_id } = channel;
      const creator = creator_id === null ? undefined : creatorById.get(creator_id);
      const lastReceivedMessage = last_message_id === null ? undefined : messages.get(last_message_id);
      return {
        id,
        type,
        createdTime: channel.created_time,
        ...(creator && { creator: toUserProperties(creator) }),
        ...(lastReceivedMessage && { lastReceivedMessage }),
        ...(name !== null && { name }),
        ...(display_name !== null && { displayName: display_name }),
        ...(type === 'DIRECT' && { members: members.get(id)!.map(toUserProperties) }),
        properties: channel.properties,
        mainThreadId: channel.main_thread_id,
      };
    });
  }

  async resource(applicationId: number, channel: ChannelRow): Promise<ChannelResource> {
    const [resource] = await this.resources(applicationId, [channel]);
    return resource!;
  }

  /** The channels with these ids, by id. */
  async byIds(applicationId: number, ids: readonly number[]): Promise<Map<number, ChannelResource>> {
    const channels = await this.resources(applicationId, await this.channels.findByIds(applicationId, ids));
    return new Map(channels.map((channel) => [channel.id, channel]));
  }
}

const distinct = (ids: readonly (number | null)[]): number[] => [
  ...new Set(ids.filter((id): id is number => id !== null)),
];
