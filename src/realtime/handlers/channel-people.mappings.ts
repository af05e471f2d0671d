import { Injectable } from '@nestjs/common';
import type { DomainEvent, DomainEventType } from '../../events/domain-event.js';
import { ResourceClass } from '../../resource/registry.js';
import { ChatUserProperties } from '../../users/user.resource.js';
import type { Publication } from '../connections/topics.js';
import type { EventView } from '../delivery/event-view.js';
import { On } from '../delivery/mapping.js';
import { ChannelBlockRecordResource } from '../resources/block-records.resource.js';
import { ChannelTopic, channelTopic } from '../resources/topics.js';

/** How it is told. */
const TOLD: Partial<Record<DomainEventType, { topic: ChannelTopic; type: string }>> = {
  'channel.member_added': { topic: 'members', type: 'channel.member.joined' },
  'channel.member_removed': { topic: 'members', type: 'channel.member.left' },
  'channel.moderator_added': { topic: 'moderators', type: 'channel.moderator.added' },
  'channel.moderator_removed': { topic: 'moderators', type: 'channel.moderator.deleted' },
  'channel.member_blocked': { topic: 'blockRecords', type: 'channel.block_record.created' },
  'channel.member_unblocked': { topic: 'blockRecords', type: 'channel.block_record.deleted' },
};

/** What those who are in a channel are told of its people. */
@Injectable()
export class ChannelPeopleMappings {
  @On('channel.member_added', 'channel.member_removed', 'channel.moderator_added', 'channel.moderator_removed')
  async changed(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const user = await this.user(event, view);
    return user ? this.told(event, view, ChatUserProperties, user) : [];
  }

  @On('channel.member_blocked', 'channel.member_unblocked')
  async blocked(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const user = await this.user(event, view);
    const record = { id: event.payload.blockId, user, createdTime: event.createdTime };
    return user ? this.told(event, view, ChannelBlockRecordResource, record) : [];
  }

  private async user(event: DomainEvent, view: EventView): Promise<ChatUserProperties | undefined> {
    return this.topics(event, view).length > 0 ? view.user(event, event.subjectId) : undefined;
  }

  private told(event: DomainEvent, view: EventView, resource: ResourceClass, value: unknown): Publication[] {
    return [view.publication(event, this.topics(event, view), TOLD[event.type]!.type, resource, value)];
  }

  private topics({ channelId, type }: DomainEvent, view: EventView): string[] {
    return view.wanted(channelTopic(channelId!, TOLD[type]!.topic));
  }
}
