import { Injectable, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Connection } from './connection.js';
import { CLOSE } from './wire.js';

/** Clients are told to expect a sign of life this often… */
export const SERVER_BEAT_MS = 10_000;
/** …and asked for one this often. Published clients never send more. */
export const CLIENT_BEAT_MS = 60_000;
/** Whoever has been silent for so long is asked whether they are there… */
const PROBE_MS = 30_000;
/** …and is gone if nothing at all was heard of them for so long. */
const SILENCE_MS = 130_000;
/** Whoever has connected has to say who they are within this time. */
const SIGN_IN_MS = 30_000;
const SWEEP_MS = 2_500;

/** The connections of this process. */
@Injectable()
export class Connections implements OnApplicationBootstrap, OnApplicationShutdown {
  /** How many were too slow. */
  slow = 0;
  private readonly all = new Set<Connection>();
  /** Those that are signed in: by application, and there by user. */
  private readonly signedInto = new Map<number, Map<number, Set<Connection>>>();
  private timer: NodeJS.Timeout | undefined;

  get count(): number {
    return this.all.size;
  }

  add(connection: Connection): void {
    this.all.add(connection);
  }

  /** From the moment when it is known who speaks. */
  signedIn(connection: Connection): void {
    const { applicationId, userId } = connection.caller!;
    const users = this.signedInto.get(applicationId) ?? new Map<number, Set<Connection>>();
    this.signedInto.set(applicationId, users.set(userId, (users.get(userId) ?? new Set()).add(connection)));
  }

  remove(connection: Connection): void {
    this.all.delete(connection);
    if (connection.isSlow) this.slow++;
    if (!connection.caller) return;
    const { applicationId, userId } = connection.caller;
    const users = this.signedInto.get(applicationId);
    const own = users?.get(userId);
    if (!users || !own?.delete(connection) || own.size > 0) return;
    users.delete(userId);
    if (users.size === 0) this.signedInto.delete(applicationId);
  }

  ofUser(applicationId: number, userId: number): Connection[] {
    return [...(this.signedInto.get(applicationId)?.get(userId) ?? [])];
  }

  /** The users of an application who are connected here. */
  usersOf(applicationId: number): number[] {
    return [...(this.signedInto.get(applicationId)?.keys() ?? [])];
  }

  ofApplication(applicationId: number): Connection[] {
    return [...(this.signedInto.get(applicationId)?.values() ?? [])].flatMap((own) => [...own]);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.sweep(Date.now()), SWEEP_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Lets everybody go, to connect to another process. Answers once what they were doing is done. */
  async closeAll(): Promise<void> {
    clearInterval(this.timer);
    const all = [...this.all];
    for (const connection of all) connection.close(CLOSE.restarting, 'restarting');
    await Promise.all(all.map((connection) => connection.settled()));
  }

  /** Shows that this server is there, and finds out who is not any more. */
  sweep(now: number): void {
    for (const connection of this.all) {
      const silence = now - connection.lastReceivedTime;
      if (silence > (connection.caller ? SILENCE_MS : SIGN_IN_MS)) {
        connection.close(CLOSE.goingAway, 'silent');
        continue;
      }
      if (silence > PROBE_MS) connection.probe();
      const { heartBeatMs } = connection;
      if (heartBeatMs > 0 && now - connection.lastSentTime > heartBeatMs - SWEEP_MS) connection.beat();
    }
  }
}
