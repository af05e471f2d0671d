import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, rows } from '../database/sql.js';
import { DomainEvent, DomainEventType } from './domain-event.js';
import { Gap } from './event-place.js';
import { EVENT_COLUMNS, EventRow, toEvent } from './event-row.js';

/** The log has no index by application, which every write would pay for: so many ids are gone through at a time… */
const IDS_A_LOOK = 5_000;
/** …and so often, before a reader is sent on with what there is. */
const LOOKS = 4;

export interface Stretch {
  applicationId: number;
  /** Begins behind this id, */
  after: number;
  /** and ends with this one. */
  upTo: number;
  types?: readonly DomainEventType[];
  /** At most so many events. */
  count: number;
}

/** What was found, and from where to go on. */
export interface FoundEvents {
  events: DomainEvent[];
  next: number;
}

/** Reads the events of one application again. */
@Injectable()
export class EventHistory {
  constructor(private readonly database: Database) {}

  /**
   * Up to which id a subscriber has read, and up to which nothing can appear any more. Ids are given before they are
   * committed; a subscriber takes note of those that it passed over, until they appear or cannot appear any more, so
   * what it knows tells everybody.
   */
  async horizon(subscriber: string): Promise<{ read: number; complete: number }> {
    const [row] = await this.database.query<{ position: number; gaps: string }>(
      'SELECT position, gaps FROM event_positions WHERE subscriber = ?',
      [subscriber],
    );
    if (!row) return { read: 0, complete: 0 };
    const gaps = (JSON.parse(row.gaps) as Gap[]).map(([id]) => id);
    return { read: row.position, complete: Math.min(row.position, ...gaps.map((id) => id - 1)) };
  }

  /** Costs as much as the ids that are gone through, which are limited; `next` may lie before `upTo`. */
  async read({ applicationId, after, upTo, types, count }: Stretch): Promise<FoundEvents> {
    const events: DomainEvent[] = [];
    let next = Math.max(after, (await this.oldestId()) - 1);
    const ofTypes = types ? `AND type IN (${marks(types)})` : '';
    for (let look = 0; look < LOOKS && next < upTo && events.length < count; look++) {
      const end = Math.min(upTo, next + IDS_A_LOOK);
      const missing = count - events.length;
      const found = await this.database.query<EventRow>(
        `SELECT ${EVENT_COLUMNS} FROM events WHERE id > ? AND id <= ? AND application_id = ? ${ofTypes} ORDER BY id LIMIT ${rows(missing)}`,
        [next, end, applicationId, ...(types ?? [])],
      );
      events.push(...found.map(toEvent));
      next = found.length === missing ? found.at(-1)!.id : end;
    }
    return { events, next };
  }

  private async oldestId(): Promise<number> {
    const [row] = await this.database.query<{ id: number | null }>('SELECT MIN(id) AS id FROM events');
    return Number(row?.id ?? 0);
  }
}
