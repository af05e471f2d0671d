import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { EventBell } from './event-bell.js';
import { LeasedPlace, PassingPlace, PlaceInLog } from './event-place.js';
import { EventReader } from './event-reader.js';
import { EventReads } from './event-reads.js';
import { EventSubscriber } from './event-subscriber.js';

/** How often the log is looked at for events that other processes wrote. */
const POLL_MS = 1_000;

/** Delivers the log to its subscribers, after commit. Each subscriber advances on its own. */
@Injectable()
export class EventDispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly readers: EventReader[] = [];
  private readonly reads: EventReads;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly bell: EventBell,
  ) {
    this.reads = new EventReads(database);
    bell.listen('events', () => {
      this.reads.forget();
      for (const reader of this.readers) reader.wakeIfReading();
    });
  }

  /** Adds a subscriber; it begins with the events that are written from now on, or where it stopped before. */
  subscribe(subscriber: EventSubscriber): void {
    this.add(subscriber, new LeasedPlace(subscriber.name, this.database, this.unitOfWork));
  }

  /** Adds a subscriber of this process: in each one it gets all events that are written while the process lives. */
  follow(subscriber: EventSubscriber): void {
    this.add(subscriber, new PassingPlace(this.database));
  }

  /** This process has written events. */
  announce(): void {
    this.wake();
    this.bell.ring('events');
  }

  /** There may be new events. */
  wake(): void {
    this.reads.forget();
    for (const reader of this.readers) reader.wake();
  }

  private add(subscriber: EventSubscriber, place: PlaceInLog): void {
    this.readers.push(new EventReader(subscriber, place, this.database, this.reads));
    this.wake();
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), POLL_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.readers.map((reader) => reader.stop()));
  }
}
