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
  memberRemoved(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = [userTopic(event.subjectId, 'channels')];
    const find = () => view.channel(event, event.channelId!);
    return view.tell(event, topics, ['user.channel.left', 'me.channel.left'], ChannelResource, find, 'NONE');
  }

  @On('channel.updated')
  async updated(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const inside = [channelTopic(event.channelId!, 'self')];
    const members = await view.connectedMembers(event, event.channelId!);
    return [
      ...(await view.tell(event, inside, 'channel.self.updated', ChannelResource, () =>
        view.channel(event, event.channelId!),
      )),
      ...(await this.toldOfChannel(event, view, members, 'user.channel.updated')),
    ];
  }

  /** It cannot be looked up any more. */
  @On('channel.deleted')
  async deleted(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const { memberIds, type, name, displayName, createdTime } = event.payload as unknown as DeletedChannel;
    const named = type === 'DIRECT' ? { members: [] } : { name, displayName };
    const remains = { id: event.subjectId, type, createdTime, properties: '{}', ...named };
    const tell = (topics: string[], told: string) =>
      view.tell(event, topics, told, ChannelResource, () => remains, 'NONE');
    return [
      ...(await tell([channelTopic(event.subjectId, 'self')], 'channel.self.deleted')),
      ...(await tell(
        memberIds.map((id) => userTopic(id, 'channels')),
        'user.channel.deleted',
      )),
    ];
  }

  @On('channel.muted', 'channel.unmuted', 'channel.history_cleared', 'channel.hidden', 'channel.unhidden')
  changedForMember(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = [userTopic(event.subjectId, 'channels')];
    return view.tell(event, topics, OF_MEMBER[event.type]!, ChannelResource, () =>
      view.channelOf(event, event.subjectId, event.channelId!),
    );
  }

  private toldOfChannel(
    event: DomainEvent,
    view: EventView,
    userIds: readonly number[],
    type: string,
  ): Promise<Publication[]> {
    const topics = userIds.map((id) => userTopic(id, 'channels'));
    return view.tell(event, topics, type, ChannelResource, () => view.channel(event, event.channelId!));
  }
}

/** What the event still knows of it. */
type DeletedChannel = Pick<ChannelResource, 'type' | 'name' | 'displayName' | 'createdTime'> & { memberIds: number[] };
