import { Logger } from '@nestjs/common';
import { Database } from '../database/database.js';
import { DomainEvent } from './domain-event.js';
import { EVENTS_AT_ONCE, EventReads } from './event-reads.js';
import { EVENT_COLUMNS, EventRow, toEvent } from './event-row.js';
import { Gap, PlaceInLog, RENEW_MS } from './event-place.js';
import { EventSubscriber } from './event-subscriber.js';
import { marks } from '../database/sql.js';

/** No transaction is open for longer: an id that has not appeared by then never will. */
const GAP_MS = 60_000;
/** Nearly all are open for less: so long a gap is looked at often, later when the log is looked at anyway. */
const GAP_FRESH_MS = 1_000;
const GAP_RETRY_MS = 20;
const RETRY_MS = 1_000;
/** Of subscribers that need not be quick. */
const GATHER_MS = 50;
/** While so many come at once, all but the quick let them gather for longer: each look has a cost of its own. */
const MANY_EVENTS = 10;
const GATHER_MANY_MS = 250;

/**
 * Reads the log for one subscriber. Ids are given before they are committed, so a lower one can appear after a higher
 * one: such gaps are kept and looked at again. Within a channel there are none, since every change of a channel's
 * state locks its row before its event is given an id.
 */
export class EventReader {
  private readonly log = new Logger('Events');
  private running: Promise<void> | undefined;
  private isAwake = false;
  private hurry = (): void => undefined;
  private readonly stopping = new AbortController();

  constructor(
    private readonly subscriber: EventSubscriber,
    private readonly place: PlaceInLog,
    private readonly database: Database,
    private readonly reads = new EventReads(database),
  ) {}

  wake(): void {
    this.isAwake = true;
    if (!this.running && !this.isStopped)
      this.running = this.run().finally(() => {
        this.running = undefined;
        if (this.isAwake && !this.isStopped) this.wake();
      });
  }

  /** Another process has written something. */
  wakeIfReading(): void {
    if (this.place.isHeld) this.wake();
  }

  /** Gives the place back too, so that another process goes on at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.hurry();
    await this.running;
    await this.place.release();
  }

  private get isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async run(): Promise<void> {
    let hasMany = false;
    while (this.isAwake && !this.isStopped) {
      // What comes meanwhile is read together. Fresh gaps are looked at just as often.
      const gatherMs = this.subscriber.gatherMs ?? GATHER_MS;
      if (gatherMs > 0) await this.gather(hasMany ? Math.max(gatherMs, GATHER_MANY_MS) : gatherMs);
      this.isAwake = false;
      try {
        const read = await this.read();
        hasMany = read >= MANY_EVENTS;
      } catch (error) {
        if (this.isStopped) return;
        this.place.forget();
        this.log.error(`${this.subscriber.name}: ${error instanceof Error ? error.stack : String(error)}`);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
        this.isAwake = true;
      }
    }
  }

  private gather(milliseconds: number): Promise<void> {
    const hurried = new Promise<void>((resolve) => (this.hurry = resolve));
    return Promise.race([this.reads.beat(milliseconds), hurried]);
  }

  /** Delivers what there is; answers how many events that were. */
  private async read(): Promise<number> {
    let count = 0;
    for (let read = EVENTS_AT_ONCE; read === EVENTS_AT_ONCE && !this.isStopped; count += read) read = await this.step();
    return count;
  }

  /** Delivers the next events; answers how many those were: none, too, while another process reads for this subscriber. */
  private async step(): Promise<number> {
    const now = Date.now();
    const place = await this.place.hold(now);
    if (!place) return 0;
    const next = await this.reads.after(place.position);
    // After the others: an event that is among them had all of its channel committed before, gaps included.
    const late = await this.late(place.gaps);
    const found = [...late, ...next];
    if (found.length > 0) await this.keepingLease(() => this.subscriber.handle(found, this.stopping.signal));
    const position = next.at(-1)?.id ?? place.position;
    const gaps = [...place.gaps, ...missing(place.position, next, now)]
      .filter(([id, seen]) => now - seen < GAP_MS && !late.some((event) => event.id === id))
      .slice(-MAX_GAPS);
    if (found.length > 0 || gaps.length !== place.gaps.length) await this.place.store({ ...place, position, gaps });
    if (next.length < EVENTS_AT_ONCE && gaps.some(([, seen]) => now - seen < GAP_FRESH_MS))
      setTimeout(() => this.wake(), GAP_RETRY_MS).unref();
    return next.length;
  }

  /** However long the work takes, nobody takes over before this process is gone. */
  private async keepingLease(work: () => Promise<void>): Promise<void> {
    const timer = setInterval(
      () => void this.place.renew().catch((error: unknown) => this.log.warn(String(error))),
      RENEW_MS,
    );
    timer.unref();
    try {
      await work();
    } finally {
      clearInterval(timer);
    }
  }

  private async late(gaps: Gap[]): Promise<DomainEvent[]> {
    if (gaps.length === 0) return [];
    const ids = gaps.map(([id]) => id);
    const found = await this.database.query<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM events WHERE id IN (${marks(ids)}) ORDER BY id`,
      ids,
    );
    return found.map(toEvent);
  }
}

/** The ids between the rows that are not there. */
function missing(position: number, found: readonly DomainEvent[], now: number): Gap[] {
  const gaps: Gap[] = [];
  let expected = position + 1;
  for (const { id } of found) {
    for (; expected < id && gaps.length < MAX_GAPS; expected++) gaps.push([expected, now]);
    expected = id + 1;
  }
  return gaps;
}

// More than any number of open transactions; ids that a restore or a bulk load left out are not worth looking for.
const MAX_GAPS = 1_000;
