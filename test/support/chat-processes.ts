import { EmptyDatabase, ServerProcess } from './server-process.js';
import { StompClient } from './stomp-client.js';

const CREDENTIALS = { BOOTSTRAP_CLIENT_ID: 'operator', BOOTSTRAP_CLIENT_SECRET: 'chosen by the operator' };

/** Several servers on one database, with an application that has two users in a channel. */
export class ChatProcesses {
  private constructor(
    readonly servers: ServerProcess[],
    private readonly token: string,
    private readonly key: string,
    readonly channelId: number,
  ) {}

  static async start(database: EmptyDatabase, environment: Record<string, string> = {}): Promise<ChatProcesses> {
    const settings = { ...CREDENTIALS, DATABASE_URL: database.url, ...environment };
    const servers = [await ServerProcess.start(settings), await ServerProcess.start(settings)];
    const { url } = servers[0]!;
    const token = await tokenOf(url);
    const ask = async (path: string, body?: unknown) => {
      const response = await fetch(url + path, request(token, body));
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
      return (await response.json()) as { id: number; key: string };
    };
    for (const name of ['ann', 'bob']) await ask('/v1/users', { name, displayName: name });
    const { id } = await ask('/v1/channels', { type: 'PUBLIC', members: [{ username: 'ann' }, { username: 'bob' }] });
    return new ChatProcesses(servers, token, (await ask('/v1/application')).key, id);
  }

  get topic(): string {
    return `/topic/v1/channels/${this.channelId}.messages`;
  }

  connect(server: ServerProcess, username: string): Promise<StompClient> {
    return StompClient.signedIn(server.url, this.key, username);
  }

  /** Sends a message through one of the processes; false if it is not there any more. */
  async say(server: ServerProcess, body: string): Promise<boolean> {
    const path = `${server.url}/v1/channels/${this.channelId}/messages`;
    const answer = await fetch(path, request(this.token, { type: 'TEXT', body })).catch(() => undefined);
    await answer?.arrayBuffer().catch(() => undefined);
    return answer?.ok ?? false;
  }
}

const request = (token: string, body?: unknown): RequestInit => ({
  headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
});

async function tokenOf(url: string): Promise<string> {
  const { BOOTSTRAP_CLIENT_ID: id, BOOTSTRAP_CLIENT_SECRET: secret } = CREDENTIALS;
  const response = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** What an app has heard of messages, in its order. */
export const bodies = (client: StompClient, subscription: string): string[] =>
  client.events(subscription).map(({ resource }: { resource: { body: string } }) => resource.body);
