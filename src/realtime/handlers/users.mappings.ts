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
  self(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = [userTopic(event.subjectId, 'self')];
    return view.tell(event, topics, 'user.self.updated', CurrentUserResource, () => view.user(event, event.subjectId));
  }

  /** Everybody else in the application is a contact. */
  @On('user.updated')
  contacts(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const types = ['contact.user.updated', ...(event.payload.presence ? ['contact.presence.changed'] : [])];
    return view.tell(event, view.contactTopics(event), types, ChatUserProperties, () =>
      view.user(event, event.subjectId),
    );
  }

  @On('user.blocked')
  blocked(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const { userId, blockId } = event.payload as { userId: number; blockId: number };
    const topics = [userTopic(userId, 'users')];
    return view.tell(event, topics, 'user.user_blocklist_item.created', UserBlockListItemResource, async () => {
      const user = await view.user(event, event.subjectId);
      return user && { id: blockId, user, createdTime: event.createdTime };
    });
  }

  @On('user.unblocked')
  unblocked(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const topics = [userTopic(event.payload.userId as number, 'users')];
    return view.tell(event, topics, 'user.user.unblocked', ChatUserProperties, () => view.user(event, event.subjectId));
  }
}
