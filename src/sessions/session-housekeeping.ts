import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../database/database.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

/** With the time of a lease, how long a user may still be taken for online whose process has died: under half a minute. */
const EVERY_MS = 2_500;
const SESSIONS_A_STEP = 100;
/** No transaction is open for longer: a session that a dead process was just beginning is there by then, or never. */
const GRACE_MS = 60_000;

/** Ends the sessions of processes that are no more. Every process does so: whichever is left. */
@Injectable()
export class SessionHousekeeping implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Sessions');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly service: SessionsService,
    private readonly database: Database,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.run(), EVERY_MS).unref();
    this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  async clean(now = Date.now()): Promise<void> {
    const dead = await this.database.query<{ id: string; leased_until: number }>(
      'SELECT id, leased_until FROM session_processes WHERE leased_until <= ?',
      [now],
    );
    for (const { id, leased_until } of dead) {
      await this.endSessions(id);
      if (!this.isStopped && leased_until <= now - GRACE_MS)
        await this.database.execute('DELETE FROM session_processes WHERE id = ? AND leased_until = ?', [
          id,
          leased_until,
        ]);
    }
  }

  private run(): void {
    this.running ??= this.clean()
      .catch((error: unknown) => this.log.error(String(error)))
      .finally(() => (this.running = undefined));
  }

  private async endSessions(processId: string): Promise<void> {
    while (!this.isStopped) {
      const active = await this.sessions.activeOfProcess(processId, SESSIONS_A_STEP);
      if (active.length === 0) return;
      for (const { id, application_id } of active) {
        if (this.isStopped) return;
        await this.service.endUserSession(application_id, id);
      }
    }
  }
}
