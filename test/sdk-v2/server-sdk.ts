import { readFile } from 'node:fs/promises';
import * as sdk from 'chatkitty';
import { ChatKitty, ChatUserResource, MessageResource, PublicChannelResource } from 'chatkitty';
import { BuiltServer, startBuiltServer } from '../support/built-server.js';
import { Client } from '../support/client.js';
import { Contract, OURS } from '../support/contract.js';

/** The newest server SDK that was published is given either: it has paths without a version by itself. */
export const BASE_PATHS = ['', '/v1'] as const;
export type BasePath = (typeof BASE_PATHS)[number];

/** A part of the SDK, as its facade names it. */
export type Group = Exclude<keyof ChatKitty, 'FunctionsApi' | 'FunctionVersionsApi' | 'RuntimeApi'>;

/** What the HTTP client of the SDK says about an answer. */
interface SdkAnswer {
  status: number;
  headers: { toJSON(): Record<string, string> };
  data: unknown;
  config: { method?: string; url?: string };
}
type Document = { paths: Record<string, Record<string, { operationId: string }>> };
/** What the methods of the SDK hand their requests to. */
interface Interceptors {
  interceptors: {
    response: {
      use(
        answered: (answer: SdkAnswer) => Promise<SdkAnswer>,
        refused: (error: Error & { response?: SdkAnswer }) => Promise<never>,
      ): number;
    };
  };
}

/** The three operations that have other names in the SDK. */
const RENAMED: Record<string, string> = {
  'retrieve-authenticated-application': 'retrieveApplication',
  'retrieve-authenticated-application-settings': 'retrieveApplicationSettings',
  'update-authenticated-application-settings': 'updateApplicationSettings',
};

/** A built server, the unmodified SDK pointed at both of its addresses, and what tests make with it. */
export class SdkServer {
  private count = 0;
  private readonly answered: Record<BasePath, Set<string>> = { '': new Set(), '/v1': new Set() };

  private constructor(
    readonly server: BuiltServer,
    private readonly kitties: Record<BasePath, ChatKitty>,
    private readonly operations: { id: string; pattern: RegExp }[],
    /** For what the SDK has no method for. */
    readonly client: Client,
  ) {}

  static async start(): Promise<SdkServer> {
    // On MySQL there are no secrets without one.
    const server = await startBuiltServer({ SECRETS_KEY: Buffer.alloc(32, 1).toString('base64') });
    const { url, credentials } = server;
    const kitty = (path: BasePath) =>
      new ChatKitty({ ...credentials, basePath: url + path, authorizationBasePath: `${url}/oauth/token` });
    const { paths } = JSON.parse(await readFile(new URL('openapi.v2.json', OURS), 'utf8')) as Document;
    const operations = Object.entries(paths)
      .sort(([a], [b]) => a.split('{').length - b.split('{').length)
      .flatMap(([path, verbs]) =>
        Object.entries(verbs).map(([verb, { operationId }]) => ({
          id: operationId,
          pattern: new RegExp(`^${verb} ${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
        })),
      );
    const contract = new Contract();
    const client = await Client.of(url, credentials, contract);
    const world = new SdkServer(server, { '': kitty(''), '/v1': kitty('/v1') }, operations, client);
    world.watch(contract);
    return world;
  }

  kitty(path: BasePath): ChatKitty {
    return this.kitties[path];
  }

  /** The operations that both the server and these groups of the SDK have, and those among them that have answered. */
  used(path: BasePath, groups: Group[]): { supported: string[]; answered: string[] } {
    const methods = new Set(
      groups.flatMap((group) => Object.getOwnPropertyNames(Object.getPrototypeOf(this.kitties[path][group]))),
    );
    const methodOf = (id: string) =>
      RENAMED[id] ?? id.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const supported = this.operations.map(({ id }) => id).filter((id) => methods.has(methodOf(id)));
    return { supported, answered: supported.filter((id) => this.answered[path].has(id)) };
  }

  unique(name: string): string {
    return `${name}-${++this.count}`;
  }

  async createUser(path: BasePath, given: Partial<sdk.CreatePersonChatUserResource> = {}): Promise<ChatUserResource> {
    const name = this.unique('user');
    const user = { name, display_name: `The ${name}`, is_guest: false, ...given };
    return (await this.kitty(path).UsersApi.createUser(user)).data;
  }

  async createChannel(path: BasePath, members: { id: number }[], given: object = {}): Promise<PublicChannelResource> {
    const channel = { type: 'PUBLIC', members: listed(members), ...given };
    return (await this.kitty(path).ChannelsApi.createChannel(channel)).data as PublicChannelResource;
  }

  async send(path: BasePath, channel: { id: number }, body: string, user?: { id: number }): Promise<MessageResource> {
    const message: sdk.CreateTextMessageResource = { type: 'TEXT', body, ...(user && { user: { id: user.id } }) };
    return (await this.kitty(path).ChannelsApi.sendChannelMessage(channel.id, message)).data;
  }

  /** Every answer that the SDK gets is checked against the documents. */
  private watch(contract: Contract): void {
    const check = async ({ status, headers, data, config }: SdkAnswer): Promise<void> => {
      const { method = 'get', url } = config;
      if (status >= 500) throw new Error(`${method} ${url} answered ${status}: ${this.server.output()}`);
      contract.check(method.toUpperCase(), url!, { status, headers: new Headers(headers.toJSON()), body: data });
      const { pathname } = new URL(url!);
      const path = pathname.startsWith('/v1/') ? '/v1' : '';
      const call = `${method} ${pathname.slice(path.length)}`;
      const operation = this.operations.find(({ pattern }) => pattern.test(call));
      if (operation && status < 300) this.answered[path].add(operation.id);
    };
    // All parts of the SDK, and both of its objects, share this one.
    (this.kitty('').UsersApi as unknown as { axios: Interceptors }).axios.interceptors.response.use(
      async (response) => {
        await check(response);
        return response;
      },
      async (error) => {
        if (error.response) await check(error.response);
        throw error;
      },
    );
  }
}

/** The SDK's types want a Set, which cannot be sent; its users hand it lists. */
export const listed = <T extends { id: number }>(users: readonly T[]): Set<object> =>
  users.map(({ id }) => ({ id })) as unknown as Set<object>;

export const idsOf = (resources: readonly { id: number }[] | undefined): number[] =>
  (resources ?? []).map(({ id }) => id);

/** The types say that links are a list; they are an object, as published pages show them. */
export function href({ _links }: { _links?: unknown }, relation: string): string {
  return (_links as Record<string, { href: string }>)[relation]!.href;
}

/** What the server said when it refused a call. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ status: number; data: { error: string; errors?: { field: string; code: string }[] } }> {
  try {
    await call;
  } catch (error) {
    const { response } = error as { response?: { status: number; data: { error: string } } };
    if (response) return response;
    throw error;
  }
  throw new Error('The call was not refused');
}
