import { redisSettings } from './redis-settings.js';
import { EmptyDatabase, ServerProcess } from './server-process.js';
import { StompClient } from './stomp-client.js';

const CREDENTIALS = { BOOTSTRAP_CLIENT_ID: 'operator', BOOTSTRAP_CLIENT_SECRET: 'chosen by the operator' };

const USERNAMES = ['ann', 'bob', 'cara'];

/**
 * Two servers on one database, and on one Redis if there is one to test with, with an application that has three users
 * in a channel.
 */
export class ChatProcesses {
  private constructor(
    readonly servers: ServerProcess[],
    private readonly token: string,
    private readonly key: string,
    readonly channelId: number,
    private readonly userIds: ReadonlyMap<string, number>,
  ) {}

  static async start(database: EmptyDatabase): Promise<ChatProcesses> {
    const settings = { ...CREDENTIALS, DATABASE_URL: database.url, ...redisSettings() };
    const servers = [await ServerProcess.start(settings), await ServerProcess.start(settings)];
    const { url } = servers[0]!;
    const token = await tokenOf(url);
    const userIds = new Map<string, number>();
    for (const name of USERNAMES)
      userIds.set(name, (await ask(url, token, '/v1/users', { name, displayName: name })).id);
    const members = USERNAMES.map((username) => ({ username }));
    const { id } = await ask(url, token, '/v1/channels', { type: 'PUBLIC', members });
    return new ChatProcesses(servers, token, (await ask(url, token, '/v1/application')).key, id, userIds);
  }

  get topic(): string {
    return `/topic/v1/channels/${this.channelId}.messages`;
  }

  /** Where a user hears of the presence of others. */
  contactsOf(username: string): string {
    return `/topic/v1/users/${this.userIds.get(username)}.contacts`;
  }

  async isOnline(server: ServerProcess, username: string): Promise<boolean> {
    return (await ask(server.url, this.token, `/v1/users/${this.userIds.get(username)}`)).presence.online;
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

/** Parts of the resources that are looked at here. */
interface Asked {
  id: number;
  key: string;
  presence: { online: boolean };
}

async function ask(url: string, token: string, path: string, body?: unknown): Promise<Asked> {
  const response = await fetch(url + path, request(token, body));
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Asked;
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
