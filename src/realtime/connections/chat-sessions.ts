import { Injectable, Logger } from '@nestjs/common';
import { SessionsService } from '../../sessions/sessions.service.js';
import { Connection } from './connection.js';

/** Which channels the connections of this process have before their eyes. */
@Injectable()
export class ChatSessions {
  private readonly log = new Logger('Realtime');
  /** The ids of chat sessions by channel. */
  private readonly ids = new Map<Connection, Map<number, number>>();
  /** How many connections look at a channel, by application. */
  private readonly lookers = new Map<number, Map<number, number>>();

  private isStopped = false;

  constructor(private readonly sessions: SessionsService) {}

  /** The channels of an application that somebody here has before their eyes. */
  openChannels(applicationId: number): number[] {
    return [...(this.lookers.get(applicationId)?.keys() ?? [])];
  }

  /** Members only. One session for a connection and a channel, however often its app opens it. */
  async enter(connection: Connection, channelId: number): Promise<void> {
    const { applicationId, userSessionId } = connection.caller!;
    if (this.ids.get(connection)?.has(channelId)) return;
    const { id } = await this.sessions.startChatSession(applicationId, userSessionId, channelId);
    const own = this.ids.get(connection) ?? new Map<number, number>();
    this.ids.set(connection, own.set(channelId, id));
    this.count(applicationId, channelId, 1);
  }

  async leave(connection: Connection, channelId: number): Promise<void> {
    const id = this.forget(connection, channelId);
    if (id !== undefined && !this.isStopped) await this.sessions.endChatSession(connection.caller!.applicationId, id);
  }

  /** The session has ended otherwise. */
  forget(connection: Connection, channelId: number): number | undefined {
    const own = this.ids.get(connection);
    const id = own?.get(channelId);
    if (id === undefined) return undefined;
    own!.delete(channelId);
    if (own!.size === 0) this.ids.delete(connection);
    this.count(connection.caller!.applicationId, channelId, -1);
    return id;
  }

  /** The connection has gone, while its user session may go on for a moment. */
  async leaveAll(connection: Connection): Promise<void> {
    for (const channelId of [...(this.ids.get(connection)?.keys() ?? [])])
      await this.leave(connection, channelId).catch((error: unknown) =>
        this.log.warn(`a chat session in channel ${channelId} was not ended: ${String(error)}`),
      );
  }

  /** Sessions that are left when this process ends are ended by another one, or by the next, as after a crash. */
  stop(): void {
    this.isStopped = true;
  }

  private count(applicationId: number, channelId: number, change: number): void {
    const channels = this.lookers.get(applicationId) ?? new Map<number, number>();
    const count = (channels.get(channelId) ?? 0) + change;
    if (count > 0) channels.set(channelId, count);
    else channels.delete(channelId);
    if (channels.size > 0) this.lookers.set(applicationId, channels);
    else this.lookers.delete(applicationId);
  }
}
