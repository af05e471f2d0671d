import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '../../events/domain-event.js';
import { MessageResource } from '../../messages/message.resource.js';
import type { Publication } from '../connections/topics.js';
import type { EventView } from '../delivery/event-view.js';
import { On } from '../delivery/mapping.js';
import { channelTopic, threadTopic, userTopic } from '../resources/topics.js';

/** What members are told of messages. */
@Injectable()
export class MessagesMappings {
  /** What is said in a thread with a name is not said in the channel itself. */
  @On('message.sent')
  async sent(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const inChannel = view.wanted(channelTopic(event.channelId!, 'messages'));
    const inThread = view.wanted(threadTopic(event.payload.threadId as number, 'messages'));
    if (inChannel.length + inThread.length === 0) return [];
    const message = await view.message(event, event.subjectId);
    if (!message) return [];
    const isOfThread = message.nestedLevel > 0 && !view.isReply(message);
    return [
      view.publication(event, isOfThread ? [] : inChannel, 'channel.message.created', MessageResource, message),
      view.publication(event, inThread, 'thread.message.created', MessageResource, message),
    ].filter(({ topics }) => topics.length > 0);
  }

  @On('message.updated', 'message.links_previewed')
  updated(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = [channelTopic(event.channelId!, 'messages')];
    return view.tell(event, topics, 'channel.message.updated', MessageResource, () =>
      view.message(event, event.subjectId),
    );
  }

  /** Older clients know of no deletion: to them, the message says nothing any more. */
  @On('message.deleted')
  deleted(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = [channelTopic(event.channelId!, 'messages')];
    const types = ['channel.message.updated', 'channel.message.deleted'];
    return view.tell(event, topics, types, MessageResource, () => this.remains(event, view));
  }

  private async remains(event: DomainEvent, view: EventView): Promise<MessageResource> {
    const { userId, threadId, nestedLevel, sentTime } = event.payload as unknown as DeletedMessage;
    const user = userId === null ? undefined : await view.user(event, userId);
    return {
      id: event.subjectId,
      type: user ? 'TEXT' : 'SYSTEM_TEXT',
      channelId: event.channelId!,
      createdTime: sentTime,
      nestedLevel,
      threadId,
      body: '',
      links: [],
      mentions: [],
      properties: '{}',
      ...(user && { user }),
    };
  }

  /** For the other devices of whoever does not want to see it any more. */
  @On('message.hidden')
  hidden(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = [userTopic(event.payload.userId as number, 'messages')];
    return view.tell(event, topics, 'user.message.deleted_for_me', MessageResource, () =>
      view.message(event, event.subjectId),
    );
  }
}

/** What the event still knows of it. */
interface DeletedMessage {
  userId: number | null;
  threadId: number;
  nestedLevel: number;
  sentTime: number;
}
