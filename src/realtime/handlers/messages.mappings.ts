import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '../../events/domain-event.js';
import { MessageResource } from '../../messages/message.resource.js';
import type { Publication } from '../connections/topics.js';
import type { EventView } from '../delivery/event-view.js';
import { On } from '../delivery/mapping.js';
import { channelTopic } from '../resources/topics.js';

/** What members are told of messages. */
@Injectable()
export class MessagesMappings {
  @On('message.sent')
  async sent(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = view.wanted(channelTopic(event.channelId!, 'messages'));
    const message = topics.length > 0 ? await view.message(event, event.subjectId) : undefined;
    return message ? [view.publication(event, topics, 'channel.message.created', MessageResource, message)] : [];
  }
}
