import { Injectable, Logger } from '@nestjs/common';
import { SessionsService } from '../../sessions/sessions.service.js';
import { Caller } from './caller.js';

/** Apps that lose their connection come back after five seconds; until then nobody is told that the user has gone. */
export const GRACE_MS = 12_000;

/** Ends the user sessions of connections that have gone: at once if the app said so, otherwise after a while. */
@Injectable()
export class UserSessions {
  private readonly log = new Logger('Realtime');
  private readonly leaving = new Map<Caller, NodeJS.Timeout>();
  private isStopped = false;

  constructor(private readonly sessions: SessionsService) {}

  /** Sessions that are left when this process ends are ended by another one, or by the next, as after a crash. */
  stop(): void {
    this.isStopped = true;
    for (const timer of this.leaving.values()) clearTimeout(timer);
    this.leaving.clear();
  }

  endSoon(caller: Caller): void {
    if (this.isStopped) return;
    const timer = setTimeout(() => {
      this.leaving.delete(caller);
      void this.end(caller);
    }, GRACE_MS);
    this.leaving.set(caller, timer.unref());
  }

  async end({ applicationId, userSessionId }: Caller): Promise<void> {
    if (this.isStopped) return;
    try {
      await this.sessions.endUserSession(applicationId, userSessionId);
    } catch (error) {
      this.log.warn(`user session ${userSessionId} was not ended: ${String(error)}`);
    }
  }
}
