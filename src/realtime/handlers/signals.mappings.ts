import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '../../events/domain-event.js';
import { ChannelGenericEventResource } from '../../signals/channel-event.resource.js';
import { ReplyThreadKeystrokesResource } from '../../signals/keystrokes.resource.js';
import { ChatUserProperties } from '../../users/user.resource.js';
import type { Publication } from '../connections/topics.js';
import type { EventView } from '../delivery/event-view.js';
import { On } from '../delivery/mapping.js';
import { Typing } from '../delivery/typing.js';
import { channelTopic, threadTopic, userTopic } from '../resources/topics.js';

/** What those who are there at that moment are told. */
@Injectable()
export class SignalsMappings {
  constructor(private readonly typing: Typing) {}

  @On('channel.event_sent')
  eventSent(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const { channelId } = event;
    const { type, properties, userId } = event.payload as { type: string; properties: object; userId: number | null };
    const topics = [channelTopic(channelId!, 'events')];
    return view.tell(event, topics, 'channel.event.triggered', ChannelGenericEventResource, async () => {
      const user = userId === null ? undefined : await view.user(event, userId);
      return { type, properties: JSON.stringify(properties), channelId, ...(user && { user }) };
    });
  }

  @On('keystrokes.sent')
  keystrokes(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const { threadId, username, keys } = event.payload as { threadId: number; username: string; keys: string };
    const topics = [channelTopic(event.channelId!, 'keystrokes'), threadTopic(threadId, 'keystrokes')];
    const sent = { keys, username, userId: event.subjectId, threadId };
    return view.tell(event, topics, 'thread.keystrokes.created', ReplyThreadKeystrokesResource, () => sent);
  }

  @On('keystrokes.sent')
  async typed(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const { subjectId: userId, payload } = event;
    if (payload.keys === '') return this.typing.end(event, userId) ? this.told(event, view, userId, 'stopped') : [];
    if (!this.typing.begin(event, userId)) return [];
    const started = await this.told(event, view, userId, 'started');
    this.typing.whenStopped(event, userId, started.map(asStopped));
    return started;
  }

  /** Whoever has said it is not typing it any more. */
  @On('message.sent')
  async sent(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const userId = event.payload.userId as number | null;
    return userId !== null && this.typing.end(event, userId) ? this.told(event, view, userId, 'stopped') : [];
  }

  private async told(
    event: DomainEvent,
    view: EventView,
    userId: number,
    change: 'started' | 'stopped',
  ): Promise<Publication[]> {
    const { channelId, payload } = event;
    const members = (await view.connectedMembers(event, channelId!)).filter((id) => id !== userId);
    const inside = [channelTopic(channelId!, 'typing'), threadTopic(payload.threadId as number, 'typing')];
    const ofMembers = members.map((id) => userTopic(id, 'participants'));
    const user = () => view.user(event, userId);
    return [
      ...(await view.tell(event, inside, `thread.typing.${change}`, ChatUserProperties, user)),
      ...(await view.tell(event, ofMembers, `participant.typing.${change}`, ChatUserProperties, user)),
    ];
  }
}

const asStopped = ({ type, ...publication }: Publication): Publication => ({
  ...publication,
  type: type.replace(/started$/, 'stopped'),
});
