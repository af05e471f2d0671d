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
  changed(event: DomainEvent, view: EventView): Promise<Publication[]> {
    return this.told(event, view, ChatUserProperties, () => view.user(event, event.subjectId));
  }

  @On('channel.member_blocked', 'channel.member_unblocked')
  blocked(event: DomainEvent, view: EventView): Promise<Publication[]> {
    return this.told(event, view, ChannelBlockRecordResource, async () => {
      const user = await view.user(event, event.subjectId);
      return user && { id: event.payload.blockId, user, createdTime: event.createdTime };
    });
  }

  private told(
    event: DomainEvent,
    view: EventView,
    resource: ResourceClass,
    find: () => unknown,
  ): Promise<Publication[]> {
    const { topic, type } = TOLD[event.type]!;
    return view.tell(event, [channelTopic(event.channelId!, topic)], type, resource, find);
  }
}
