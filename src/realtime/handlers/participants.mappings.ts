import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '../../events/domain-event.js';
import { ChatUserProperties } from '../../users/user.resource.js';
import type { Publication } from '../connections/topics.js';
import type { EventView } from '../delivery/event-view.js';
import { On } from '../delivery/mapping.js';
import { channelTopic } from '../resources/topics.js';

/** Who comes into channels, and leaves them. */
@Injectable()
export class ParticipantsMappings {
  @On('chat_session.started', 'chat_session.ended')
  async changed(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = view.wanted(channelTopic(event.channelId!, 'participants'));
    const user = topics.length > 0 ? await view.user(event, event.payload.userId as number) : undefined;
    const type = event.type === 'chat_session.started' ? 'channel.participant.active' : 'channel.participant.inactive';
    return user ? [view.publication(event, topics, type, ChatUserProperties, user)] : [];
  }
}
