import { Injectable } from '@nestjs/common';
import { ChannelResource } from '../../channels/channel.resource.js';
import type { DomainEvent, DomainEventType } from '../../events/domain-event.js';
import type { Publication } from '../connections/topics.js';
import type { EventView } from '../delivery/event-view.js';
import { On } from '../delivery/mapping.js';
import { channelTopic, userTopic } from '../resources/topics.js';

/** What becomes of a channel for one of its members. */
const OF_MEMBER: Partial<Record<DomainEventType, string>> = {
  'channel.muted': 'user.channel.updated',
  'channel.unmuted': 'user.channel.updated',
  'channel.history_cleared': 'user.channel.updated',
  'channel.hidden': 'user.channel.hidden',
  'channel.unhidden': 'user.channel.unhidden',
};

/** What people are told of channels. */
@Injectable()
export class ChannelsMappings {
  /** To whoever is a member now, on all their devices. */
  @On('channel.created')
  created(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const memberIds = event.payload.memberIds as number[];
    return this.toldOfChannel(event, view, memberIds, 'user.channel.joined');
  }

  @On('channel.member_added')
  memberAdded(event: DomainEvent, view: EventView): Promise<Publication[]> {
    return this.toldOfChannel(event, view, [event.subjectId], 'user.channel.joined');
  }

  /** Newer clients know it by another name. */
  @On('channel.member_removed')
  async memberRemoved(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = view.wanted(userTopic(event.subjectId, 'channels'));
    const channel = topics.length > 0 ? await view.channel(event, event.channelId!) : undefined;
    if (!channel) return [];
    return ['user.channel.left', 'me.channel.left'].map((type) =>
      view.publication(event, topics, type, ChannelResource, channel, 'NONE'),
    );
  }

  @On('channel.updated')
  async updated(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const inside = view.wanted(channelTopic(event.channelId!, 'self'));
    const channel = inside.length > 0 ? await view.channel(event, event.channelId!) : undefined;
    const members = await view.connectedMembers(event, event.channelId!);
    return [
      ...(channel ? [view.publication(event, inside, 'channel.self.updated', ChannelResource, channel)] : []),
      ...(await this.toldOfChannel(event, view, members, 'user.channel.updated')),
    ];
  }

  /** It cannot be looked up any more. */
  @On('channel.deleted')
  deleted(event: DomainEvent, view: EventView): Publication[] {
    const { memberIds, type, name, displayName, createdTime } = event.payload as unknown as DeletedChannel;
    const named = type === 'DIRECT' ? { members: [] } : { name, displayName };
    const remains = { id: event.subjectId, type, createdTime, properties: '{}', ...named };
    const told: [string, string[]][] = [
      ['channel.self.deleted', view.wanted(channelTopic(event.subjectId, 'self'))],
      ['user.channel.deleted', view.wanted(...memberIds.map((id) => userTopic(id, 'channels')))],
    ];
    return told
      .filter(([, topics]) => topics.length > 0)
      .map(([told, topics]) => view.publication(event, topics, told, ChannelResource, remains, 'NONE'));
  }

  @On('channel.muted', 'channel.unmuted', 'channel.history_cleared', 'channel.hidden', 'channel.unhidden')
  async changedForMember(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = view.wanted(userTopic(event.subjectId, 'channels'));
    const channel = topics.length > 0 ? await view.channelOf(event, event.subjectId, event.channelId!) : undefined;
    return channel ? [view.publication(event, topics, OF_MEMBER[event.type]!, ChannelResource, channel)] : [];
  }

  private async toldOfChannel(
    event: DomainEvent,
    view: EventView,
    userIds: readonly number[],
    type: string,
  ): Promise<Publication[]> {
    const topics = view.wanted(...userIds.map((id) => userTopic(id, 'channels')));
    const channel = topics.length > 0 ? await view.channel(event, event.channelId!) : undefined;
    return channel ? [view.publication(event, topics, type, ChannelResource, channel)] : [];
  }
}

/** What the event still knows of it. */
type DeletedChannel = Pick<ChannelResource, 'type' | 'name' | 'displayName' | 'createdTime'> & { memberIds: number[] };
