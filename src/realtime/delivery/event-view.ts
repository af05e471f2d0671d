import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { ChannelReader } from '../../channels/channel-reader.js';
import { ChannelResource } from '../../channels/channel.resource.js';
import { MembershipsRepository, Standing } from '../../channels/memberships.repository.js';
import { UserChannels } from '../../channels/user-channels.service.js';
import { ApiException } from '../../errors/api-error.js';
import { DomainEvent } from '../../events/domain-event.js';
import { MessageReader } from '../../messages/message-reader.js';
import { MessageResource } from '../../messages/message.resource.js';
import { UserMessages } from '../../messages/user-messages.service.js';
import { ResourceClass } from '../../resource/registry.js';
import { ChatUserProperties, toUserProperties } from '../../users/user.resource.js';
import { UsersRepository } from '../../users/users.repository.js';
import { Connections } from '../connections/connections.js';
import { Publication, Topics } from '../connections/topics.js';
import { Renderer } from '../resources/renderer.js';
import { userTopic } from '../resources/topics.js';

/** Makes the views of batches of events. */
@Injectable()
export class EventViews {
  constructor(
    readonly messages: MessageReader,
    readonly userMessages: UserMessages,
    readonly userChannels: UserChannels,
    readonly channels: ChannelReader,
    readonly users: UsersRepository,
    readonly memberships: MembershipsRepository,
    readonly renderer: Renderer,
    readonly topics: Topics,
    readonly connections: Connections,
  ) {}

  open(): EventView {
    return new EventView(this);
  }
}

/**
 * What mappings of events see: things as they are now. Those that the events of a batch are about are looked up
 * together, so a mapping asks for one at a time.
 */
export class EventView {
  private readonly replies = new Set<number>();
  private readonly loaders = new Map<string, DataLoader<number, unknown>>();

  constructor(private readonly parts: EventViews) {}

  /** Undefined if it has gone meanwhile. */
  message({ applicationId }: DomainEvent, id: number): Promise<MessageResource | undefined> {
    return this.load('message', applicationId, id, async (ids) => {
      const messages = await this.parts.messages.byIds(applicationId, ids);
      for (const reply of (await this.parts.userMessages.parents(applicationId, [...messages.values()])).keys())
        this.replies.add(reply);
      return messages;
    });
  }

  /** Whether a message that was looked up replies to one which is still there. */
  isReply({ id }: MessageResource): boolean {
    return this.replies.has(id);
  }

  channel({ applicationId }: DomainEvent, id: number): Promise<ChannelResource | undefined> {
    return this.load('channel', applicationId, id, (ids) => this.parts.channels.byIds(applicationId, ids));
  }

  /** As one user has it, who may see it. */
  async channelOf({ applicationId }: DomainEvent, userId: number, id: number): Promise<ChannelResource | undefined> {
    return (await this.parts.userChannels.retrieve(applicationId, userId, id).catch(unlessGone))?.channel;
  }

  /** Also one who has been deleted. */
  user({ applicationId }: DomainEvent, id: number): Promise<ChatUserProperties | undefined> {
    return this.load('user', applicationId, id, async (ids) => {
      const users = await this.parts.users.findAnyByIds(applicationId, ids);
      return new Map(users.map((user) => [user.id, toUserProperties(user)]));
    });
  }

  /** Those topics to which somebody listens here. What is for nobody need not be looked up. */
  wanted(...topics: string[]): string[] {
    return topics.filter((topic) => this.parts.topics.isWanted(topic));
  }

  /** The members of a channel who are connected here. */
  connectedMembers({ applicationId }: DomainEvent, channelId: number): Promise<number[]> {
    return this.parts.memberships.membersAmong(channelId, this.parts.connections.usersOf(applicationId));
  }

  /** Where those who are connected here hear of their contacts: everybody else in the application. */
  contactTopics({ applicationId, subjectId }: DomainEvent): string[] {
    const others = this.parts.connections.usersOf(applicationId).filter((id) => id !== subjectId);
    return others.map((id) => userTopic(id, 'contacts'));
  }

  /**
   * Tells those who listen to any of these topics, under one or several names. What it is about is looked up only if
   * there is somebody; of what has gone meanwhile nothing is told. `standing`: see {@link publication}.
   */
  async tell(
    event: DomainEvent,
    topics: readonly string[],
    types: string | readonly string[],
    resource: ResourceClass,
    find: () => unknown,
    standing?: Standing,
  ): Promise<Publication[]> {
    const wanted = this.wanted(...topics);
    const value = wanted.length > 0 ? await find() : undefined;
    if (value === undefined) return [];
    return [types].flat().map((type) => this.publication(event, wanted, type, resource, value, standing));
  }

  /** Puts an event together: written once, for all who listen. `standing`: what they are in the channels it shows. */
  publication(
    { applicationId, origin }: DomainEvent,
    topics: readonly string[],
    type: string,
    resource: ResourceClass,
    value: unknown,
    standing: Standing = 'MEMBER',
  ): Publication {
    const written = this.parts.renderer.forAll(applicationId, resource, value, standing, this.replies);
    return { topics, type, resource: written, ...(origin !== undefined && { origin }) };
  }

  private load<T>(
    kind: string,
    applicationId: number,
    id: number,
    find: (ids: readonly number[]) => Promise<ReadonlyMap<number, T>>,
  ): Promise<T | undefined> {
    const key = `${kind} ${applicationId}`;
    let loader = this.loaders.get(key);
    if (!loader) {
      loader = new DataLoader<number, unknown>(async (ids) => {
        const found = await find(ids);
        return ids.map((wanted) => found.get(wanted));
      });
      this.loaders.set(key, loader);
    }
    return loader.load(id) as Promise<T | undefined>;
  }
}

function unlessGone(error: unknown): undefined {
  if (!(error instanceof ApiException)) throw error;
}
