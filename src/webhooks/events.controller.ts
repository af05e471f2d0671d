import { Get } from '@nestjs/common';
import type { Principal } from '../auth/principal.js';
import { Caller } from '../auth/principal.js';
import { feed } from '../hal/answer.js';
import { Operation } from '../hal/operation.decorator.js';
import { PlatformController } from '../http/platform-controller.decorator.js';
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from '../pagination/page-query.js';
import { FeedPage } from '../pagination/page.js';
import { IntegerField, TextListField } from '../resource/fields.js';
import { Query } from '../resource/input.decorators.js';
import { About } from '../resource/registry.js';
import { EventFeedService } from './event-feed.service.js';
import { PATTERN_MAX_LENGTH, PATTERNS_MAX } from './event-types.js';
import { EventResource, toEventResource } from './event.resource.js';

@About('Event')
export class ListEventsQuery {
  @IntegerField({
    description: 'The id of an event, or what a page said is next: events behind it are returned',
    format: 'int64',
    optional: true,
    default: 0,
  })
  after?: number;

  @TextListField({
    description: 'Filters by type: types, prefixes such as message.*, or *',
    max: PATTERNS_MAX,
    maxLength: PATTERN_MAX_LENGTH,
    optional: true,
  })
  types?: string[];

  @IntegerField({
    description: `Events on a page: above ${PAGE_SIZE_MAX} is ${PAGE_SIZE_MAX}, below 1 is ${PAGE_SIZE_DEFAULT}`,
    format: 'int32',
    min: Number.MIN_SAFE_INTEGER,
    documentedMin: 1,
    optional: true,
    default: PAGE_SIZE_DEFAULT,
  })
  size?: number;
}

@PlatformController('events')
export class EventsController {
  constructor(private readonly events: EventFeedService) {}

  @Get()
  @Operation({
    id: 'list-events',
    summary: 'List events',
    description:
      'Returns what has changed in this application behind a position, oldest first. The next link is there while more is waiting; page.next is where to go on later',
    tag: 'events',
    scopes: ['read:event'],
    answer: feed(EventResource, 'events'),
  })
  async list(
    @Caller() { applicationId }: Principal,
    @Query() query: ListEventsQuery,
  ): Promise<FeedPage<EventResource>> {
    return (await this.events.list(applicationId, query)).map(toEventResource);
  }
}
