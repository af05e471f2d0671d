import { expect } from '@jest/globals';
import {
  AddChannelMemberRequest,
  ApiError,
  ChatKitty,
  ChatUserResource,
  CreatePersonChatUserResource,
  CreatePublicChannelResource,
  Link,
  MessageResource,
  PublicChannelResource,
} from 'chatkitty-platform-sdk';
import { BuiltServer, startBuiltServer } from './built-server.js';
import { Client } from './client.js';
import { Contract } from './contract.js';
import { platformSdk, watchPlatformSdk } from './platform-sdk.js';
import { methodsOf, SdkSpec } from './sdk-methods.js';

/** A server, the published SDK pointed at it, and what tests of the SDK make with it. */
export class SdkWorld {
  private count = 0;

  private constructor(
    private readonly spec: SdkSpec,
    readonly server: BuiltServer,
    readonly kitty: ChatKitty,
    private readonly answered: ReadonlySet<string>,
    /** Follows links, as SDK users do with a client of their own. */
    readonly links: Client,
  ) {}

  /** Starts a built server for a spec. */
  static async start(spec: SdkSpec): Promise<SdkWorld> {
    // On MySQL there are no secrets without a key.
    return SdkWorld.on(await startBuiltServer({ SECRETS_KEY: Buffer.alloc(32, 1).toString('base64') }), spec);
  }

  /** For a server that runs already. */
  static async on(server: BuiltServer, spec: SdkSpec): Promise<SdkWorld> {
    const kitty = platformSdk(server);
    const contract = new Contract();
    const answered = await watchPlatformSdk(kitty, server, contract);
    return new SdkWorld(spec, server, kitty, answered, await Client.of(server.url, server.credentials, contract));
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  /** The methods among those of this spec that have not succeeded so far. */
  unused(): string[] {
    return methodsOf(this.spec).filter((method) => !this.answered.has(method.split('.')[1]!));
  }

  unique(name: string): string {
    return `${name}-${++this.count}`;
  }

  async createUser(given: Partial<CreatePersonChatUserResource> = {}): Promise<ChatUserResource> {
    const name = this.unique('user');
    const user = { name, displayName: `The ${name}`, isGuest: false, ...given };
    return (await this.kitty.Users.createUser(user)).data;
  }

  async createChannel(
    members: { id: number }[] = [],
    given: Partial<CreatePublicChannelResource> = {},
  ): Promise<PublicChannelResource> {
    const { data } = await this.kitty.Channels.createChannel({ type: 'PUBLIC', members: listed(members), ...given });
    return data as PublicChannelResource;
  }

  async send(channel: { id: number }, body: string, user?: { id: number }): Promise<MessageResource> {
    const { data } = await this.kitty.Channels.sendChannelMessage(channel.id, {
      type: 'TEXT',
      body,
      ...(user && { user: { id: user.id } }),
    });
    return data;
  }

  /** The member has read the channel up to a message, or all of it. The SDK has no method for that. */
  async read(channel: { id: number }, member: { id: number }, upTo?: { id: number }): Promise<void> {
    const path = `/v1/channels/${channel.id}/members/${member.id}/read-position`;
    const { status } = await this.links.put(path, upTo && { messageId: upTo.id });
    expect(status).toBe(200);
  }

  /** Sends one after the other, and answers the ids with the newest first, as lists do. */
  async sendMany(howMany: number, channel: { id: number }, user?: { id: number }): Promise<number[]> {
    const ids: number[] = [];
    for (let index = 0; index < howMany; index++) ids.unshift((await this.send(channel, `Message ${index}`, user)).id);
    return ids;
  }
}

/** The body of a refusal, with the wrong fields, which the types of the SDK do not have. */
export type Refusal = ApiError & { errors?: { resource: string; field: string; code: string; message: string }[] };

/** What the server said when it refused a call. */
export async function refusal(call: Promise<unknown>): Promise<{ status: number; data: Refusal }> {
  const outcome = await call.then(
    (answer) => ({ answer }),
    (error: Error & { response?: { status: number; data: Refusal } }) => ({ error }),
  );
  if ('answer' in outcome) throw new Error('The call was not refused');
  if (!outcome.error.response) throw outcome.error;
  return outcome.error.response;
}

/** The SDK's types want a Set, which cannot be sent; its users hand it lists. */
export const listed = <T extends AddChannelMemberRequest>(users: readonly T[]): Set<AddChannelMemberRequest> =>
  users.map((user) => ('id' in user ? { id: user.id } : { username: user.username })) as unknown as Set<T>;

export const idsOf = (resources: readonly { id: number }[]): number[] => resources.map(({ id }) => id);

export function href({ _links }: { _links?: Record<string, Link> }, relation: string): string {
  const address = _links?.[relation]?.href;
  if (!address) throw new Error(`There is no link ${relation} among ${Object.keys(_links ?? {}).join(', ')}`);
  return address;
}

type Cursor = [start: number | undefined, next: number | undefined, relation: 'NEXT' | undefined];
type MessagePage = Awaited<ReturnType<ChatKitty['Messages']['listMessages']>>;

/** The parameters that a link of a cursor page consists of. Links back from the last page have no `next`. */
export function cursorIn(link: string): [start: number, next: number | undefined] {
  const { searchParams } = new URL(link);
  const next = searchParams.get('next');
  return [Number(searchParams.get('start')), next === null ? undefined : Number(next)];
}

/** Reads page after page with the parameters of the SDK's methods; answers the ids on each. */
export async function readByCursor(list: (...cursor: Cursor) => Promise<MessagePage>): Promise<number[][]> {
  const pages: number[][] = [];
  for (let cursor: Cursor | undefined = [undefined, undefined, undefined]; cursor;) {
    const { data }: MessagePage = await list(...cursor);
    pages.push(idsOf(data._embedded!.messages!));
    expect(data.page.size).toBe(pages.at(-1)!.length);
    cursor = data._links!.next && [...cursorIn(data._links!.next.href!), 'NEXT'];
  }
  return pages;
}
