import { randomUUID } from 'node:crypto';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';

/** Another process takes over a subscriber this long after its reader was last heard of. */
const LEASE_MS = 15_000;
export const RENEW_MS = 5_000;

/** An id that was passed over because its transaction had not been committed, and when that was. */
export type Gap = [id: number, seen: number];

export interface Place {
  position: number;
  gaps: Gap[];
  /** When the right to it was last confirmed. */
  leasedTime: number;
}

/** Up to where a reader has got in the log. */
export interface PlaceInLog {
  /** Whether this process is the one that reads, as far as it knows. */
  readonly isHeld: boolean;
  /** The place to go on from; undefined while another process reads in place of this one. */
  hold(now: number): Promise<Place | undefined>;
  store(place: Place): Promise<void>;
  /** While the work at one place takes long. */
  renew(): Promise<void>;
  /** Something went wrong: the next time, only what is stored counts. */
  forget(): void;
  release(): Promise<void>;
}

/** Stored under the name of a subscriber, for which one process reads at a time. */
export class LeasedPlace implements PlaceInLog {
  private readonly owner = randomUUID();
  /** Where the reader is, while it surely has the lease. */
  private place: Place | undefined;

  constructor(
    private readonly subscriber: string,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  get isHeld(): boolean {
    return this.place !== undefined;
  }

  /** What is remembered is good while nobody can have taken over. */
  async hold(now: number): Promise<Place | undefined> {
    if (!this.place || now - this.place.leasedTime > RENEW_MS)
      this.place = await this.unitOfWork.run(() => this.lease(now));
    return this.place;
  }

  async store(place: Place): Promise<void> {
    const { affectedRows } = await this.database.execute(
      'UPDATE event_positions SET position = ?, gaps = ? WHERE subscriber = ? AND lease_owner = ?',
      [place.position, JSON.stringify(place.gaps), this.subscriber, this.owner],
    );
    this.place = affectedRows === 1 ? place : undefined;
  }

  async renew(): Promise<void> {
    await this.database.execute(
      'UPDATE event_positions SET leased_until = ? WHERE subscriber = ? AND lease_owner = ? AND leased_until > 0',
      [Date.now() + LEASE_MS, this.subscriber, this.owner],
    );
  }

  forget(): void {
    this.place = undefined;
  }

  async release(): Promise<void> {
    await this.database.execute(
      'UPDATE event_positions SET lease_owner = NULL, leased_until = 0 WHERE subscriber = ? AND lease_owner = ?',
      [this.subscriber, this.owner],
    );
  }

  private async lease(now: number): Promise<Place | undefined> {
    const { forUpdate } = this.database.dialect;
    const [row] = await this.database.query<{
      position: number;
      gaps: string;
      lease_owner: string;
      leased_until: number;
    }>(`SELECT position, gaps, lease_owner, leased_until FROM event_positions WHERE subscriber = ? ${forUpdate}`, [
      this.subscriber,
    ]);
    if (!row) {
      const position = await newestId(this.database);
      await this.database.execute(
        "INSERT INTO event_positions (subscriber, position, gaps, lease_owner, leased_until) VALUES (?, ?, '[]', ?, ?)",
        [this.subscriber, position, this.owner, now + LEASE_MS],
      );
      return { position, gaps: [], leasedTime: now };
    }
    if (row.lease_owner !== this.owner && row.leased_until > now) return undefined;
    await this.database.execute('UPDATE event_positions SET lease_owner = ?, leased_until = ? WHERE subscriber = ?', [
      this.owner,
      now + LEASE_MS,
      this.subscriber,
    ]);
    return { position: row.position, gaps: JSON.parse(row.gaps) as Gap[], leasedTime: now };
  }
}

/** Of this process alone, which reads what is written while it lives: for whoever tells those who are here now. */
export class PassingPlace implements PlaceInLog {
  readonly isHeld = true;
  private place: Place | undefined;

  constructor(private readonly database: Database) {}

  async hold(now: number): Promise<Place> {
    return (this.place ??= { position: await newestId(this.database), gaps: [], leasedTime: now });
  }

  async store(place: Place): Promise<void> {
    this.place = place;
  }

  async renew(): Promise<void> {}

  /** There is nothing else to go by. */
  forget(): void {}

  async release(): Promise<void> {}
}

async function newestId(database: Database): Promise<number> {
  const [last] = await database.query<{ id: number | null }>('SELECT MAX(id) AS id FROM events');
  return Number(last?.id ?? 0);
}
