import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '../../events/domain-event.js';
import { ChatUserProperties } from '../../users/user.resource.js';
import type { Publication } from '../connections/topics.js';
import type { EventView } from '../delivery/event-view.js';
import { On } from '../delivery/mapping.js';
import { UserBlockListItemResource } from '../resources/block-records.resource.js';
import { CurrentUserResource } from '../resources/current-user.resource.js';
import { userTopic } from '../resources/topics.js';

/** What users are told of themselves, and of others. */
@Injectable()
export class UsersMappings {
  @On('user.updated')
  async self(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = view.wanted(userTopic(event.subjectId, 'self'));
    const user = topics.length > 0 ? await view.user(event, event.subjectId) : undefined;
    return user ? [view.publication(event, topics, 'user.self.updated', CurrentUserResource, user)] : [];
  }

  /** Everybody else in the application is a contact. */
  @On('user.updated')
  async contacts(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const others = view.connectedUsers(event.applicationId).filter((id) => id !== event.subjectId);
    const topics = view.wanted(...others.map((id) => userTopic(id, 'contacts')));
    const user = topics.length > 0 ? await view.user(event, event.subjectId) : undefined;
    if (!user) return [];
    const types = ['contact.user.updated', ...(event.payload.presence ? ['contact.presence.changed'] : [])];
    return types.map((type) => view.publication(event, topics, type, ChatUserProperties, user));
  }

  @On('user.blocked')
  async blocked(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const { userId, blockId } = event.payload as { userId: number; blockId: number };
    const topics = view.wanted(userTopic(userId, 'users'));
    const user = topics.length > 0 ? await view.user(event, event.subjectId) : undefined;
    const item = { id: blockId, user, createdTime: event.createdTime };
    return user
      ? [view.publication(event, topics, 'user.user_blocklist_item.created', UserBlockListItemResource, item)]
      : [];
  }

  @On('user.unblocked')
  async unblocked(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = view.wanted(userTopic(event.payload.userId as number, 'users'));
    const user = topics.length > 0 ? await view.user(event, event.subjectId) : undefined;
    return user ? [view.publication(event, topics, 'user.user.unblocked', ChatUserProperties, user)] : [];
  }
}
