import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
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
  ) {
    this.reads = new EventReads(database);
  }

  /** Adds a subscriber; it begins with the events that are written from now on, or where it stopped before. */
  subscribe(subscriber: EventSubscriber): void {
    this.readers.push(new EventReader(subscriber, this.database, this.unitOfWork, this.reads));
    this.wake();
  }

  /** There may be new events. */
  wake(): void {
    this.reads.forget();
    for (const reader of this.readers) reader.wake();
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
