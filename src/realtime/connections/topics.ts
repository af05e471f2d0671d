import { Injectable } from '@nestjs/common';
import { FrameTail, headerLines } from '../stomp/frame-writer.js';
import { Connection } from './connection.js';

/** An event, as those who listen to a topic get it. */
export interface Publication {
  /** The addresses of the topics. */
  topics: readonly string[];
  type: string;
  /** The JSON of what it is about. */
  resource: string;
  /** See {@link originOf}: who has had this event as an answer already. */
  origin?: string;
}

/** That a connection listens to a topic. */
export interface Subscription {
  readonly connection: Connection;
  /** Chosen by the client. */
  readonly id: string;
  readonly topic: string;
  /** What each of its frames begins with. */
  readonly head: string;
  /** Where the caller has to stay for it, once that is known. */
  channelId?: number;
  /** False until it is sure that the caller may listen. */
  isActive: boolean;
}

/** What the log of events says about what an action of a connection causes: which event is its answer. */
export const originOf = (connection: Connection, topic = '', type = ''): string =>
  connection.id + answerOf(topic, type);

/** The part of it that says which event, behind the one that says which connection. */
const answerOf = (topic: string, type: string): string => ` ${topic} ${type}`;

const VERSION = 'v1';

/** Who listens to what, in this process. */
@Injectable()
export class Topics {
  private readonly byTopic = new Map<string, Map<Connection, Subscription[]>>();
  private readonly byConnection = new Map<Connection, Map<string, Subscription>>();
  /** How many events have been sent, to one connection each; numbers them too. */
  sent = 0;

  /** Undefined if the connection has a subscription with this id. */
  add(connection: Connection, id: string, topic: string): Subscription | undefined {
    const own = getOrMake(this.byConnection, connection, () => new Map<string, Subscription>());
    if (own.has(id)) return undefined;
    const head = headerLines({ subscription: id, destination: topic });
    const subscription: Subscription = { connection, id, topic, head, isActive: false };
    own.set(id, subscription);
    const listening = getOrMake(this.byTopic, topic, () => new Map<Connection, Subscription[]>());
    getOrMake(listening, connection, () => []).push(subscription);
    return subscription;
  }

  find(connection: Connection, id: string): Subscription | undefined {
    return this.byConnection.get(connection)?.get(id);
  }

  has(subscription: Subscription): boolean {
    return this.find(subscription.connection, subscription.id) === subscription;
  }

  remove({ connection, id, topic }: Subscription): void {
    const own = this.byConnection.get(connection);
    if (!own?.delete(id)) return;
    if (own.size === 0) this.byConnection.delete(connection);
    const listening = this.byTopic.get(topic)!;
    const others = listening.get(connection)!.filter((subscription) => subscription.id !== id);
    if (others.length > 0) listening.set(connection, others);
    else listening.delete(connection);
    if (listening.size === 0) this.byTopic.delete(topic);
  }

  removeAll(connection: Connection): void {
    for (const subscription of this.ofConnection(connection)) this.remove(subscription);
  }

  ofConnection(connection: Connection): Subscription[] {
    return [...(this.byConnection.get(connection)?.values() ?? [])];
  }

  /** Whether the connection listens to the topic, by whatever subscription. */
  isListening(connection: Connection, topic: string): boolean {
    return this.byTopic.get(topic)?.has(connection) ?? false;
  }

  /** Whether anybody listens, so that an event is worth being put together. */
  isWanted(topic: string): boolean {
    return this.byTopic.has(topic);
  }

  count(): number {
    let count = 0;
    for (const own of this.byConnection.values()) count += own.size;
    return count;
  }

  /**
   * A connection gets it once on each topic, however many subscriptions it has: its app tells by the topic who wants to
   * know.
   */
  publish({ topics, type, resource, origin }: Publication): void {
    let tail: FrameTail | undefined;
    for (const topic of topics) {
      const listening = this.byTopic.get(topic);
      if (!listening) continue;
      tail ??= eventTail(type, resource);
      const answer = answerOf(topic, type);
      const answered = origin?.endsWith(answer) ? origin.slice(0, -answer.length) : undefined;
      for (const [connection, subscriptions] of listening) {
        if (connection.id === answered) continue;
        const active = subscriptions.find(({ isActive }) => isActive);
        if (active) this.send(active, tail);
      }
    }
  }

  /** The answer to an action: on the topic, or on any other if the app does not listen to that. */
  answer(connection: Connection, topic: string, type: string, resource: string, receipt: string): void {
    const own = this.ofConnection(connection).filter(({ isActive }) => isActive);
    const subscription = own.find((one) => one.topic === topic) ?? own[0];
    if (subscription) this.send(subscription, eventTail(type, resource), receipt);
  }

  private send({ connection, head }: Subscription, tail: FrameTail, receipt?: string): void {
    const number = ++this.sent;
    const answer = receipt === undefined ? '' : headerLines({ 'receipt-id': receipt });
    connection.sendBytes(tail.after(`MESSAGE\n${head}message-id:${number}\nack:${number}\n${answer}`));
  }
}

function eventTail(type: string, resource: string): FrameTail {
  const body = `{"type":${JSON.stringify(type)},"version":"${VERSION}","resource":${resource}}`;
  return new FrameTail(body, { 'content-type': 'application/json' });
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
