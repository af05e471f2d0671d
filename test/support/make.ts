import { Client } from './client.js';

let count = 0;

export interface MadeUser {
  id: number;
  name: string;
  displayName: string;
}
export interface MadeChannel {
  id: number;
  type: string;
  name: string;
}
export interface MadeMessage {
  id: number;
  type: string;
  body: string;
}

export interface MadeReadPosition {
  messageId?: number;
  unreadCount: number;
}

/** Makes worlds for tests through the API. Each call asks only for what the test mentions. */
export class Make {
  constructor(private readonly client: Client) {}

  user(given: Record<string, unknown> = {}): Promise<MadeUser> {
    const name = `user-${++count}`;
    return this.post('/v1/users', { name, displayName: `User ${count}`, ...given });
  }

  /** In the order of their ids, in which lists of members are. */
  async users(howMany: number): Promise<MadeUser[]> {
    const users = await Promise.all(Array.from({ length: howMany }, () => this.user()));
    return users.sort((a, b) => a.id - b.id);
  }

  /** A public channel, unless something else is said. */
  channel({ members = [], ...given }: { members?: MadeUser[] } & Record<string, unknown> = {}): Promise<MadeChannel> {
    return this.post('/v1/channels', { type: 'PUBLIC', members: members.map(({ id }) => ({ id })), ...given });
  }

  /** A message by `user`, or by the system. */
  message(channel: { id: number }, body: string, user?: { id: number }): Promise<MadeMessage> {
    return this.post(`/v1/channels/${channel.id}/messages`, {
      type: 'TEXT',
      body,
      ...(user && { user: { id: user.id } }),
    });
  }

  reply(message: { id: number }, body: string, user?: { id: number }): Promise<MadeMessage> {
    return this.post(`/v1/threads/${message.id}/messages`, {
      type: 'TEXT',
      body,
      ...(user && { user: { id: user.id } }),
    });
  }

  /** The member has read the channel up to a message, or all of it. */
  async read(channel: { id: number }, member: { id: number }, upTo?: { id: number }): Promise<MadeReadPosition> {
    const path = `/v1/channels/${channel.id}/members/${member.id}/read-position`;
    const { status, body } = await this.client.put(path, upTo && { messageId: upTo.id });
    if (status !== 200) throw new Error(`PUT ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body as MadeReadPosition;
  }

  private async post<T>(path: string, given: unknown): Promise<T> {
    const { status, body } = await this.client.post(path, given);
    if (status !== 200) throw new Error(`POST ${path} answered ${status}: ${JSON.stringify(body)}`);
    return body as T;
  }
}
