import { expect } from '@jest/globals';
import { ChatMethodsSpec, methodsOf } from './chat-methods.js';
import { ChatSdk, chatSdk } from './chat-sdk.js';
import { ChatServers, startServers } from './chat-servers.js';
import { MadeUser } from './make.js';
import { until } from './wait.js';

/** What an app was told, in the order in which it came. */
export class Ears {
  private readonly heard: { name: string; given: any[] }[] = [];

  /** A function that notes under this name what it is called with. */
  on(name: string): (...given: any[]) => void {
    return (...given) => this.heard.push({ name, given });
  }

  /** The same for several, by name. */
  all(...names: string[]): Record<string, (...given: any[]) => void> {
    return Object.fromEntries(names.map((name) => [name, this.on(name)]));
  }

  /** Waits for the next call under a name, and answers what was given. It is not found a second time. */
  async next(name: string, isMeant: (...given: any[]) => boolean = () => true): Promise<any[]> {
    const at = () => this.heard.findIndex((one) => one.name === name && isMeant(...one.given));
    await until(`${name} is called`, () => at() >= 0);
    return this.heard.splice(at(), 1)[0]!.given;
  }

  /** Whether there was such a call, and nobody has asked for it. */
  has(name: string, isMeant: (...given: any[]) => boolean): boolean {
    return this.heard.some((one) => one.name === name && isMeant(...one.given));
  }
}

/** An app of one user. */
export interface ChatUser {
  user: MadeUser;
  sdk: ChatSdk;
}

/** Servers, and apps that are connected to them. */
export class ChatWorld {
  private readonly apps: ChatSdk[] = [];
  private readonly used = new Set<string>();

  private constructor(
    readonly test: ChatServers,
    private readonly spec: ChatMethodsSpec,
  ) {}

  static async start(spec: ChatMethodsSpec, environment: Record<string, string> = {}): Promise<ChatWorld> {
    return new ChatWorld(await startServers(environment), spec);
  }

  async stop(): Promise<void> {
    await Promise.all(this.apps.map((sdk) => sdk.endSession()));
    await this.test.close();
  }

  /** The methods that this spec is responsible for and that have not succeeded. */
  unused(): string[] {
    return methodsOf(this.spec).filter((method) => !this.used.has(method));
  }

  /** Connects an app for a user. `prepare` may register handlers before. */
  async connect(
    user: MadeUser,
    { sdk = chatSdk(this.test), prepare = () => undefined }: { sdk?: ChatSdk; prepare?: (sdk: ChatSdk) => void } = {},
  ): Promise<ChatSdk> {
    const watched = this.watch(sdk);
    prepare(watched);
    await done(watched.startSession({ username: user.name }));
    this.apps.push(watched);
    return watched;
  }

  /** Makes a user whose app is connected. */
  async app(given: Record<string, unknown> = {}): Promise<ChatUser> {
    const user = await this.test.make.user(given);
    return { user, sdk: await this.connect(user) };
  }

  /** What the tenant's back-end gets. */
  async get(path: string): Promise<any> {
    const { status, body } = await this.test.client.get(path);
    expect([path, status]).toEqual([path, 200]);
    return body;
  }

  /** Waits until these users have the channel before their eyes. */
  async inside(channel: { id: number }, ...users: MadeUser[]): Promise<void> {
    const names = users.map(({ name }) => name).sort();
    await until(`${names.join(', ')} are in the channel`, async () => {
      const { _embedded } = await this.get(`/v1/channels/${channel.id}/participants`);
      const found = _embedded.users.map(({ name }: MadeUser) => name).sort();
      return JSON.stringify(found) === JSON.stringify(names);
    });
  }

  /** Notes which methods have been called with success. */
  private watch(sdk: ChatSdk): ChatSdk {
    const note = (name: string, result: unknown): unknown => {
      if ((result as { failed?: boolean } | undefined)?.failed !== true) this.used.add(name);
      return result;
    };
    return new Proxy(sdk, {
      get: (target, name: string) => {
        const value = target[name];
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          const result = value.apply(target, given);
          return result instanceof Promise ? result.then((settled) => note(name, settled)) : note(name, result);
        };
      },
    });
  }
}

/** The result of a method that succeeds. */
export async function done(result: Promise<any>): Promise<any> {
  const settled = await result;
  expect(settled).toMatchObject({ succeeded: true });
  return settled;
}

/** The error of a method that fails, which every result may tell. */
export async function failure(result: Promise<any>): Promise<string> {
  const { failed, error } = await result;
  expect(failed).toBe(true);
  return error.error as string;
}

export const idsOf = (items: { id: number }[]): number[] => items.map(({ id }) => id);
