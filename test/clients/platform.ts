/**
 * What the scenario does, in words that no document spells in two ways. A driver does it with a generated client, whose types the compiler
 * checks: what a driver reads and sends is what the document promises.
 */
export interface Platform {
  applicationName(): Promise<string | undefined>;
  /** `key` makes it safe to repeat. */
  createUser(name: string, label: string, key?: string): Promise<User>;
  retrieveUser(id: number): Promise<User>;
  renameUser(id: number, label: string): Promise<User>;
  deleteUser(id: number): Promise<void>;
  userExists(name: string): Promise<boolean>;
  /** The names of all users, from pages of this size. */
  userNames(size: number): Promise<string[]>;
  /** How many of these were created, by a job that has ended. */
  importUsers(file: File): Promise<number>;
  setSecret(userId: number, name: string, secret: unknown): Promise<void>;
  secret(userId: number, name: string): Promise<unknown>;
  /** The types of what a user was told, newest first. */
  notifications(userId: number): Promise<string[]>;
  createChannel(name: string, creator: string, members: string[]): Promise<{ id: number; type: string; name: string }>;
  addMember(channelId: number, username: string): Promise<void>;
  memberNames(channelId: number): Promise<string[]>;
  /** By the system without a user. */
  sendText(channelId: number, body: string, username?: string): Promise<Message>;
  sendFile(channelId: number, username: string, file: File): Promise<{ name: string; size: number }>;
  reply(messageId: number, body: string, username: string): Promise<Message>;
  editMessage(id: number, properties: Record<string, string>): Promise<void>;
  retrieveMessage(id: number): Promise<Message>;
  /** All of a channel, newest first, from pages of this size. */
  messages(channelId: number, size: number): Promise<Message[]>;
  replies(messageId: number): Promise<Message[]>;
  createWebhook(url: string, types: string[]): Promise<{ id: number; secret?: string }>;
  webhookUrls(): Promise<string[]>;
  deleteWebhook(id: number): Promise<void>;
  /** The types of the first events. */
  eventTypes(size: number): Promise<string[]>;
}

export interface User {
  id: number;
  name: string;
  label: string;
}

export interface Message {
  id: number;
  type: string;
  /** Files have none. */
  body?: string;
  /** The system has none. */
  username?: string;
  replies: number;
  properties: Record<string, unknown>;
}

/** What the server has refused, however a client tells of it. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly fields: (string | undefined)[],
    readonly codes: string[],
  ) {
    super(`Refused with ${status}`);
  }
}

export interface Page<T> {
  items: T[];
  next?: { href: string };
}

/** The first page and all that its links `next` lead to. */
export async function everything<T>(read: (link?: { href: string }) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  for (let page = await read(); ; page = await read(page.next)) {
    found.push(...page.items);
    if (!page.next) return found;
  }
}

/** The parameters that a link to a numbered page has. */
export function pageIn(link: { href: string } | undefined): { page?: number; size?: number; after?: string } {
  const { page, size, after } = parametersOf(link);
  return { ...(page && { page: Number(page) }), ...(size && { size: Number(size) }), ...(after && { after }) };
}

/** The parameters that a link to a page behind a cursor has. */
export function cursorIn(link: { href: string } | undefined): { start?: number; next?: number; relation?: 'NEXT' } {
  const { start, next } = parametersOf(link);
  return start === undefined ? {} : { start: Number(start), next: Number(next), relation: 'NEXT' };
}

const parametersOf = (link: { href: string } | undefined): Record<string, string | undefined> =>
  Object.fromEntries(link ? new URL(link.href).searchParams : []);

export const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
