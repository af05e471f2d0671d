import { Injectable } from '@nestjs/common';
import { ChannelModeration } from '../../channels/channel-moderation.service.js';
import { ChannelParticipation } from '../../channels/channel-participation.service.js';
import { ChannelResource } from '../../channels/channel.resource.js';
import { UserChannelAccess } from '../../channels/user-channel-access.js';
import { UserChannels } from '../../channels/user-channels.service.js';
import { resource } from '../../hal/answer.js';
import { EnumField } from '../../resource/fields.js';
import { About } from '../../resource/registry.js';
import type { ActionCall, Call, RelayCall } from '../destinations/handlers.js';
import { Action, Relay, Topic, Typed } from '../destinations/handlers.js';
import { CHANNEL_TOPICS } from '../resources/topics.js';

/** Whether what happens in a channel is not to alert its member. */
@About('Channel')
export class MuteProperties {
  @EnumField({ description: 'ON mutes', values: ['ON', 'OFF'] })
  state!: 'ON' | 'OFF';
}

/** How the caller is told that a channel of theirs is not what it was. */
export const toldOfChannel = (type: string) => ({ topic: 'channels', type, resource: ChannelResource });

/** What members do with channels. */
@Injectable()
export class ChannelsHandlers {
  constructor(
    private readonly access: UserChannelAccess,
    private readonly channels: UserChannels,
    private readonly participation: ChannelParticipation,
    private readonly moderation: ChannelModeration,
  ) {}

  @Topic('channels/{id}', CHANNEL_TOPICS)
  async listen({ applicationId, userId, ids: [id] }: Call): Promise<void> {
    await this.access.retrieveOfMember(applicationId, userId, id);
  }

  @Relay('channels/{id}', { answer: resource(ChannelResource) })
  retrieve({ applicationId, userId, ids: [id] }: RelayCall): Promise<ChannelResource> {
    return this.resource(applicationId, userId, id);
  }

  @Action('user.create_channel', { answer: toldOfChannel('user.channel.created') })
  async create({ applicationId, userId, body }: ActionCall): Promise<Typed> {
    const { channel, isNew } = await this.channels.create(applicationId, userId, body);
    return new Typed(isNew ? 'user.channel.created' : 'user.channel.upserted', channel);
  }

  @Action('channels/{id}.update', { answer: toldOfChannel('user.channel.updated') })
  async update({ applicationId, userId, ids: [id], body }: ActionCall): Promise<ChannelResource> {
    await this.moderation.update(applicationId, userId, id, body);
    return this.resource(applicationId, userId, id);
  }

  @Action('channels/{id}.delete', { answer: toldOfChannel('user.channel.deleted') })
  async delete({ applicationId, userId, ids: [id] }: ActionCall): Promise<ChannelResource> {
    const channel = await this.resource(applicationId, userId, id);
    await this.moderation.delete(applicationId, userId, id);
    return channel;
  }

  @Action('channels/{id}.join', { answer: toldOfChannel('user.channel.joined') })
  async join({ applicationId, userId, ids: [id] }: ActionCall): Promise<ChannelResource> {
    await this.participation.join(applicationId, userId, id);
    return this.resource(applicationId, userId, id);
  }

  @Action('channels/{id}.mute', { body: MuteProperties, answer: toldOfChannel('user.channel.updated') })
  async mute({ applicationId, userId, ids: [id], body }: ActionCall<MuteProperties>): Promise<ChannelResource> {
    await this.participation.setMuted(applicationId, userId, id, body.state === 'ON');
    return this.resource(applicationId, userId, id);
  }

  @Action('channels/{id}.hide', { answer: toldOfChannel('user.channel.hidden') })
  async hide({ applicationId, userId, ids: [id] }: ActionCall): Promise<ChannelResource> {
    await this.participation.hide(applicationId, userId, id);
    return this.resource(applicationId, userId, id);
  }

  private async resource(applicationId: number, userId: number, id: number): Promise<ChannelResource> {
    return (await this.channels.retrieve(applicationId, userId, id)).channel;
  }
}
