import { Injectable } from '@nestjs/common';
import { MembershipsRepository } from '../../channels/memberships.repository.js';
import type { DomainEvent } from '../../events/domain-event.js';
import { ChatUserProperties } from '../../users/user.resource.js';
import type { Publication } from '../connections/topics.js';
import type { EventView } from '../delivery/event-view.js';
import { On } from '../delivery/mapping.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { ChatSessions } from '../connections/chat-sessions.js';
import { channelTopic } from '../resources/topics.js';

/** Who is there, and who is in which channel. */
@Injectable()
export class PresenceMappings {
  constructor(
    private readonly memberships: MembershipsRepository,
    private readonly chatSessions: ChatSessions,
    private readonly sessions: SessionsService,
  ) {}

  @On('user.presence_changed')
  ofContact(event: DomainEvent, view: EventView): Promise<Publication[]> {
    return this.told(event, view, view.contactTopics(event), event.subjectId, 'contact.presence.changed');
  }

  @On('user.presence_changed')
  async ofParticipant(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const { applicationId, subjectId } = event;
    const channelIds = this.chatSessions.openChannels(applicationId);
    const standings = await this.memberships.standings(applicationId, subjectId, channelIds);
    const topics = [...standings.keys()].map((id) => channelTopic(id, 'participants'));
    return this.told(event, view, topics, subjectId, 'participant.presence.changed');
  }

  /** Whoever has a channel open on several devices comes once, and goes once. */
  @On('chat_session.started', 'chat_session.ended')
  async ofChannel(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const { applicationId, subjectId, channelId } = event;
    const topics = view.wanted(channelTopic(channelId!, 'participants'));
    if (topics.length === 0) return [];
    const userId = event.payload.userId as number;
    const active = await this.sessions.activeChatSessions(applicationId, channelId!, userId);
    const isStart = event.type === 'chat_session.started';
    if (active.some((id) => !isStart || id < subjectId)) return [];
    const type = isStart ? 'channel.participant.active' : 'channel.participant.inactive';
    return this.told(event, view, topics, userId, type);
  }

  private told(
    event: DomainEvent,
    view: EventView,
    topics: readonly string[],
    userId: number,
    type: string,
  ): Promise<Publication[]> {
    return view.tell(event, topics, type, ChatUserProperties, () => view.user(event, userId));
  }
}
