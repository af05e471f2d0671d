import { Injectable } from '@nestjs/common';
import { ChannelAccess } from '../channels/channel-access.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ResourceNotFoundError } from '../errors/api-error.js';
import { TransientEventType } from '../events/domain-event.js';
import { EventLog } from '../events/event-log.js';
import { ThreadsRepository } from '../threads/threads.repository.js';
import { UserRow } from '../users/user.rows.js';
import { toUserProperties } from '../users/user.resource.js';
import { ChannelGenericEventResource, CreateChannelGenericEventResource } from './channel-event.resource.js';
import {
  CreateDelegatedReplyThreadKeystrokesResource as Keystrokes,
  ReplyThreadKeystrokesResource,
} from './keystrokes.resource.js';

/**
 * What concerns those who are in a channel now, and nobody later. It changes nothing, so nothing is locked: only what
 * is sent at the same moment may arrive in any order. The log forgets it once it was delivered.
 */
@Injectable()
export class SignalsService {
  constructor(
    private readonly access: ChannelAccess,
    private readonly threads: ThreadsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  /** Without a sender it is the system's. */
  async sendEvent(
    applicationId: number,
    channelId: number,
    { type, properties }: CreateChannelGenericEventResource,
    sender?: UserRow,
  ): Promise<ChannelGenericEventResource> {
    await this.access.retrieve(applicationId, channelId);
    if (sender) await this.access.requireMember(channelId, sender.id, 'ChannelEvent');
    const userId = sender?.id ?? null;
    await this.send(applicationId, channelId, 'channel.event_sent', channelId, { type, properties, userId });
    return { type, properties: JSON.stringify(properties), ...(sender && { user: toUserProperties(sender) }) };
  }

  async sendChannelKeystrokes(
    applicationId: number,
    channelId: number,
    given: Keystrokes,
  ): Promise<ReplyThreadKeystrokesResource> {
    const place = await this.access.retrieveForSending(applicationId, channelId, given.user, 'Keystrokes');
    return this.sendKeystrokes(applicationId, channelId, place.mainThreadId, place.sender!, given.keys);
  }

  async sendThreadKeystrokes(
    applicationId: number,
    threadId: number,
    given: Keystrokes,
  ): Promise<ReplyThreadKeystrokesResource> {
    const thread = await this.threads.find(applicationId, threadId);
    if (!thread) throw new ResourceNotFoundError();
    const place = await this.access.retrieveForSending(applicationId, thread.channel_id, given.user, 'Keystrokes');
    return this.sendKeystrokes(applicationId, thread.channel_id, threadId, place.sender!, given.keys);
  }

  private async sendKeystrokes(
    applicationId: number,
    channelId: number,
    threadId: number,
    { id: userId, name }: UserRow,
    keys: string,
  ): Promise<ReplyThreadKeystrokesResource> {
    const username = name!;
    await this.send(applicationId, channelId, 'keystrokes.sent', userId, { threadId, username, keys });
    return { keys, username, userId, threadId };
  }

  private async send(
    applicationId: number,
    channelId: number,
    type: TransientEventType,
    subjectId: number,
    payload: Record<string, unknown>,
  ): Promise<void> {
    await this.unitOfWork.batch([
      this.events.statement({ applicationId, channelId, type, subjectId, payload, createdTime: Date.now() }),
    ]);
    this.events.announce();
  }
}
