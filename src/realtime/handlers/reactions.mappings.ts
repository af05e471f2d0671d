import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '../../events/domain-event.js';
import { describeEmoji } from '../../reactions/emoji.js';
import type { Publication } from '../connections/topics.js';
import type { EventView } from '../delivery/event-view.js';
import { On } from '../delivery/mapping.js';
import { MessageReactionResource } from '../resources/reaction.resource.js';
import { channelTopic } from '../resources/topics.js';

/** What members are told of reactions. */
@Injectable()
export class ReactionsMappings {
  @On('reaction.created', 'reaction.removed')
  changed(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = [channelTopic(event.channelId!, 'reactions')];
    const { userId, emoji, reactedTime } = event.payload as { userId: number; emoji: string; reactedTime: number };
    return view.tell(event, topics, `message.${event.type}`, MessageReactionResource, async () => {
      const user = await view.user(event, userId);
      return user && { emoji: describeEmoji(emoji), user, createdTime: reactedTime, messageId: event.subjectId };
    });
  }
}
