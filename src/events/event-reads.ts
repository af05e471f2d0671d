import { Database } from '../database/database.js';
import { rows } from '../database/sql.js';
import { DomainEvent } from './domain-event.js';
import { EVENT_COLUMNS, EventRow, toEvent } from './event-row.js';

/** The most events that are read at once. */
export const EVENTS_AT_ONCE = 200;

/**
 * What the readers of a process have in common. They go to work on common beats, so that those who are at the same place
 * in the log, as nearly all are, share what is read there: one query for all of them, and each event is parsed once.
 */
export class EventReads {
  private readonly beats = new Map<number, Promise<void>>();
  private current: { position: number; events: Promise<DomainEvent[]> } | undefined;

  constructor(private readonly database: Database) {}

  /** The next moment whose time is a multiple of so many milliseconds. */
  beat(milliseconds: number): Promise<void> {
    const now = Date.now();
    const due = (Math.floor(now / milliseconds) + 1) * milliseconds;
    let beat = this.beats.get(due);
    if (!beat) {
      beat = new Promise((resolve) => setTimeout(resolve, due - now).unref());
      this.beats.set(due, beat);
      void beat.then(() => this.beats.delete(due));
    }
    return beat;
  }

  /** The next events behind a position. */
  after(position: number): Promise<DomainEvent[]> {
    if (this.current?.position !== position) {
      this.current = { position, events: this.read(position) };
      // For those alone who are here now.
      setImmediate(() => this.forget());
    }
    return this.current.events;
  }

  /** More has been written: whoever comes now has to see it. */
  forget(): void {
    this.current = undefined;
  }

  private async read(position: number): Promise<DomainEvent[]> {
    const found = await this.database.query<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE id > ? ORDER BY id LIMIT ${rows(EVENTS_AT_ONCE)}`,
      [position],
    );
    return found.map(toEvent);
  }
}
