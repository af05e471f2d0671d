import { Injectable } from '@nestjs/common';
import { DomainEvent } from '../events/domain-event.js';
import { EventHistory } from '../events/event-history.js';
import { FeedPage } from '../pagination/page.js';
import { pageSize } from '../pagination/page-query.js';
import { refuseUnknownTypes, typesOf } from './event-types.js';
import { EVENTS_OUT } from './webhook-queue.js';

/** The events of an application for whoever comes and asks. */
@Injectable()
export class EventFeedService {
  constructor(private readonly history: EventHistory) {}

  /** Those behind `after`, oldest first, as far as nothing before them can still appear. */
  async list(
    applicationId: number,
    given: { after?: number; size?: number; types?: readonly string[] },
  ): Promise<FeedPage<DomainEvent>> {
    const { after = 0, types = [] } = given;
    refuseUnknownTypes('Event', types);
    const size = pageSize(given.size);
    const { complete: upTo } = await this.history.horizon(EVENTS_OUT);
    const { events, next } = await this.history.read({
      applicationId,
      after,
      upTo,
      ...(types.length > 0 && { types: typesOf(types) }),
      count: size,
    });
    return new FeedPage(events, size, after, next, next < upTo);
  }
}
