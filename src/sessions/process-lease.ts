import { randomUUID } from 'node:crypto';
import { BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/database.js';

/** A process that has not been heard of for so long is dead; its sessions end. */
export const LEASE_MS = 20_000;
const RENEW_MS = 5_000;

/** Says to the others that this process is alive, as long as it may hold sessions. */
@Injectable()
export class ProcessLease implements BeforeApplicationShutdown {
  private readonly log = new Logger('Sessions');
  private lease: { id: string; until: number } | undefined;
  private registering: Promise<string> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database) {}

  /** The name under which sessions of this process are stored. Another one after the lease was lost. */
  async id(): Promise<string> {
    if (this.lease && this.lease.until > Date.now()) return this.lease.id;
    this.registering ??= this.register().finally(() => (this.registering = undefined));
    return this.registering;
  }

  /** Sessions that are still active are left to other processes, or to the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    if (!this.lease) return;
    await this.database.execute('UPDATE session_processes SET leased_until = ? WHERE id = ?', [
      Date.now(),
      this.lease.id,
    ]);
  }

  private async register(): Promise<string> {
    const lease = { id: randomUUID(), until: Date.now() + LEASE_MS };
    await this.database.execute('INSERT INTO session_processes (id, leased_until) VALUES (?, ?)', [
      lease.id,
      lease.until,
    ]);
    this.lease = lease;
    this.timer ??= setInterval(() => {
      this.renew().catch((error: unknown) => this.log.error(String(error)));
    }, RENEW_MS).unref();
    return lease.id;
  }

  /** A lease that has run out is not taken up again: others are ending the sessions under it. */
  private async renew(): Promise<void> {
    const { lease } = this;
    if (!lease) return;
    const now = Date.now();
    const { affectedRows } = await this.database.execute(
      'UPDATE session_processes SET leased_until = ? WHERE id = ? AND leased_until > ?',
      [now + LEASE_MS, lease.id, now],
    );
    if (affectedRows > 0) lease.until = now + LEASE_MS;
    else if (this.lease === lease) this.lease = undefined;
  }
}
