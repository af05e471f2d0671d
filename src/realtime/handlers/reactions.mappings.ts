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
  async changed(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = view.wanted(channelTopic(event.channelId!, 'reactions'));
    const { userId, emoji, reactedTime } = event.payload as { userId: number; emoji: string; reactedTime: number };
    const user = topics.length > 0 ? await view.user(event, userId) : undefined;
    if (!user) return [];
    const reaction = { emoji: describeEmoji(emoji), user, createdTime: reactedTime, messageId: event.subjectId };
    return [view.publication(event, topics, `message.${event.type}`, MessageReactionResource, reaction)];
  }
}
