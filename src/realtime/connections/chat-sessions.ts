import { Injectable, Logger } from '@nestjs/common';
import { SessionsService } from '../../sessions/sessions.service.js';
import { Connection } from './connection.js';

/** Which channels the connections of this process have before their eyes. */
@Injectable()
export class ChatSessions {
  private readonly log = new Logger('Realtime');
  private readonly ids = new Map<Connection, Map<number, number>>();

  constructor(private readonly sessions: SessionsService) {}

  /** Members only. One session for a connection and a channel, however often its app opens it. */
  async enter(connection: Connection, channelId: number): Promise<void> {
    const { applicationId, userSessionId } = connection.caller!;
    if (this.ids.get(connection)?.has(channelId)) return;
    const { id } = await this.sessions.startChatSession(applicationId, userSessionId, channelId);
    const own = this.ids.get(connection) ?? new Map<number, number>();
    this.ids.set(connection, own.set(channelId, id));
  }

  async leave(connection: Connection, channelId: number): Promise<void> {
    const id = this.forget(connection, channelId);
    if (id !== undefined) await this.sessions.endChatSession(connection.caller!.applicationId, id);
  }

  /** The session has ended otherwise. */
  forget(connection: Connection, channelId: number): number | undefined {
    const own = this.ids.get(connection);
    const id = own?.get(channelId);
    own?.delete(channelId);
    return id;
  }

  /** The connection has gone, while its user session may go on for a moment. */
  async leaveAll(connection: Connection): Promise<void> {
    const own = this.ids.get(connection);
    this.ids.delete(connection);
    for (const id of own?.values() ?? [])
      await this.sessions
        .endChatSession(connection.caller!.applicationId, id)
        .catch((error: unknown) => this.log.warn(`chat session ${id} was not ended: ${String(error)}`));
  }
}
