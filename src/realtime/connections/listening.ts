import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '../../errors/api-error.js';
import { Destination } from '../destinations/destination.js';
import { Destinations } from '../destinations/destinations.js';
import { channelTopic } from '../resources/topics.js';
import { ChatSessions } from './chat-sessions.js';
import { Connection } from './connection.js';
import { Subscription, Topics } from './topics.js';

/** Whoever listens to this has the channel before their eyes. */
const CHANNEL = 'channels/{id}';

/** Begins and ends that connections listen to topics. */
@Injectable()
export class Listening {
  constructor(
    private readonly destinations: Destinations,
    private readonly topics: Topics,
    private readonly chatSessions: ChatSessions,
  ) {}

  /**
   * Registered first and looked at then: whoever loses access in between is found by what ends subscriptions. The same
   * id again is the same subscription, which is there already.
   */
  async begin(connection: Connection, id: string, topic: string, destination: Destination): Promise<void> {
    const { pattern, ids } = destination;
    const handler = this.destinations.topics.get(pattern);
    if (!handler) throw new ResourceNotFoundError();
    const subscription = this.topics.add(connection, id, topic);
    if (!subscription) return;
    try {
      const call = { ...connection.caller!, ids: ids as [number] };
      const channelId = await handler.handle(call);
      if (typeof channelId === 'number') {
        subscription.channelId = channelId;
        // Until now, whoever lost access to the channel was not found by it.
        await handler.handle(call);
      }
      if (pattern === CHANNEL) await this.chatSessions.enter(connection, ids[0]!);
    } catch (error) {
      this.topics.remove(subscription);
      throw error;
    }
    // It has gone meanwhile, so that what was just begun is to end.
    if (!connection.open) await this.chatSessions.leaveAll(connection);
    else if (!this.topics.has(subscription)) throw new ResourceNotFoundError();
    subscription.isActive = true;
  }

  count(connection: Connection): number {
    return this.topics.ofConnection(connection).length;
  }

  async end(connection: Connection, id: string): Promise<void> {
    const subscription = this.topics.find(connection, id);
    if (!subscription) return;
    this.topics.remove(subscription);
    const channelId = channelOf(subscription);
    if (channelId !== undefined && !this.topics.isListening(connection, subscription.topic))
      await this.chatSessions.leave(connection, channelId);
  }

  async endAll(connection: Connection): Promise<void> {
    this.topics.removeAll(connection);
    await this.chatSessions.leaveAll(connection);
  }

  /** The user may not be in the channel any more. */
  expel(connection: Connection, channelId: number): void {
    const self = channelTopic(channelId, 'self');
    for (const subscription of this.topics.ofConnection(connection))
      if (
        subscription.channelId === channelId ||
        subscription.topic === self ||
        subscription.topic.startsWith(`${self}.`)
      )
        this.topics.remove(subscription);
    this.chatSessions.forget(connection, channelId);
  }
}

function channelOf({ topic }: Subscription): number | undefined {
  const found = /\/channels\/(\d+)$/.exec(topic);
  return found ? Number(found[1]) : undefined;
}
