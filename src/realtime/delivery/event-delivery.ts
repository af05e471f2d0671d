import { Injectable, Logger, OnModuleInit } from '@nestjs/common';
import { DomainEvent, DomainEventType } from '../../events/domain-event.js';
import { EventDispatcher } from '../../events/event-dispatcher.js';
import { EventSubscriber } from '../../events/event-subscriber.js';
import { Connections } from '../connections/connections.js';
import { Publication, Topics } from '../connections/topics.js';
import { DeclaredMethods } from '../destinations/declared-methods.js';
import { AccessRevocation } from './access-revocation.js';
import { EventView, EventViews } from './event-view.js';
import { Mapping, MAPPINGS } from './mapping.js';

/** So often a batch is tried again as a whole, before what cannot be told of is passed over. */
const ATTEMPTS = 3;

/**
 * Tells the connections of this process what happens, in the order of the log. Each process reads the log for itself:
 * it looks up and writes only what somebody listens to here, and misses nothing when another process dies.
 */
@Injectable()
export class EventDelivery implements EventSubscriber, OnModuleInit {
  readonly name = 'realtime';
  private readonly log = new Logger('Realtime');
  private readonly mappings = new Map<DomainEventType, Mapping[]>();
  private failures = 0;

  constructor(
    private readonly methods: DeclaredMethods,
    private readonly dispatcher: EventDispatcher,
    private readonly views: EventViews,
    private readonly topics: Topics,
    private readonly revocation: AccessRevocation,
    private readonly connections: Connections,
  ) {}

  /** People are waiting. Without any, it reads when other readers do, and what they read. */
  get gatherMs(): number | undefined {
    return this.connections.count > 0 ? 0 : undefined;
  }

  onModuleInit(): void {
    for (const { declaration, call } of this.methods.with<DomainEventType[]>(MAPPINGS))
      for (const type of declaration)
        this.mappings.set(type, [...(this.mappings.get(type) ?? []), call as unknown as Mapping]);
    this.dispatcher.follow(this);
  }

  async handle(events: readonly DomainEvent[]): Promise<void> {
    const view = this.views.open();
    const told = await Promise.allSettled(events.map((event) => this.map(event, view)));
    const failed = told.find((result) => result.status === 'rejected');
    // Nobody has been told anything yet, and perhaps it was only the database that was away.
    if (failed && ++this.failures < ATTEMPTS) throw failed.reason;
    this.failures = 0;
    events.forEach((event, at) => {
      const result = told[at]!;
      if (result.status === 'fulfilled') for (const publication of result.value) this.topics.publish(publication);
      else this.log.error(`${event.type} ${event.id} was not told: ${String(result.reason)}`);
      this.revocation.after(event);
    });
  }

  private async map(event: DomainEvent, view: EventView): Promise<Publication[]> {
    const mappings = this.mappings.get(event.type);
    if (!mappings) return [];
    return (await Promise.all(mappings.map(async (map) => map(event, view)))).flat();
  }
}
