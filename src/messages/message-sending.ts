import { Injectable } from '@nestjs/common';
import { ChannelAccess, SendingPlace } from '../channels/channel-access.js';
import { HiddenChannelsRepository } from '../channels/hidden-channels.repository.js';
import { isMissingReference } from '../database/database-errors.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ResourceNotFoundError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { FileProperties } from '../files/file.resource.js';
import { Quotas } from '../limits/quotas.js';
import { ThreadsRepository } from '../threads/threads.repository.js';
import { UserRow } from '../users/user.rows.js';
import { MessageComposer } from './message-composer.js';
import { MessageReader } from './message-reader.js';
import { MessageRow } from './message.rows.js';
import { CreateMessageResource, MessageResource, MessageType } from './message.resource.js';
import { MessagesRepository, NewMessage } from './messages.repository.js';

/** Where in a channel a message goes. */
interface Place extends Omit<SendingPlace, 'mainThreadId'> {
  threadId: number;
  nestedLevel: number;
}

/** Sending: in a channel or as a reply, by the system or on behalf of a member. */
@Injectable()
export class MessageSending {
  constructor(
    private readonly access: ChannelAccess,
    private readonly threads: ThreadsRepository,
    private readonly hiddenChannels: HiddenChannelsRepository,
    private readonly composer: MessageComposer,
    private readonly messages: MessagesRepository,
    private readonly reader: MessageReader,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
    private readonly quotas: Quotas,
  ) {}

  async sendToChannel(
    applicationId: number,
    channelId: number,
    given: CreateMessageResource,
  ): Promise<MessageResource> {
    const place = await this.access.retrieveForSending(applicationId, channelId, given.user);
    return this.send(applicationId, { ...place, threadId: place.mainThreadId, nestedLevel: 0 }, given);
  }

  async sendToThread(applicationId: number, threadId: number, given: CreateMessageResource): Promise<MessageResource> {
    const thread = await this.threads.find(applicationId, threadId);
    if (!thread) throw new ResourceNotFoundError();
    const { channel_id: channelId, nested_level: nestedLevel } = thread;
    const place = await this.access.retrieveForSending(applicationId, channelId, given.user);
    return this.send(applicationId, { ...place, threadId, nestedLevel }, given);
  }

  private async send(applicationId: number, place: Place, given: CreateMessageResource): Promise<MessageResource> {
    const { channelId, threadId, nestedLevel, mayBeHidden, sender } = place;
    const message: NewMessage = {
      ...(await this.composer.compose(applicationId, given)),
      applicationId,
      channelId,
      threadId,
      nestedLevel,
      userId: sender?.id ?? null,
      type: typeOf(given, sender),
      groupTag: given.groupTag ?? null,
      properties: JSON.stringify(given.properties ?? {}),
      createdTime: Date.now(),
    };
    const event = this.events.statementForInserted({
      applicationId,
      channelId,
      type: 'message.sent',
      payload: {
        threadId,
        nestedLevel,
        userId: message.userId,
        type: message.type,
        body: given.body,
        file: message.file === null ? undefined : (JSON.parse(message.file) as FileProperties),
        groupTag: given.groupTag,
        properties: given.properties,
      },
      createdTime: message.createdTime,
    });
    const reappearing = mayBeHidden ? this.hiddenChannels.reappearing(channelId, message.createdTime) : [];
    const counting = await this.quotas.messagesSent(applicationId);
    const store = async (clearedMessageId?: number): Promise<number> => {
      const { statements, insertion } = this.messages.sending(message, [event, ...reappearing], clearedMessageId);
      const results = await this.unitOfWork.batch([...statements, ...counting]);
      return results[insertion]!.insertId;
    };
    const id = await store(place.clearedMessageId)
      .catch((error: unknown) => {
        // Perhaps the channel is there, and was cleared meanwhile.
        if (isMissingReference(error, 'channel_id')) return store();
        throw error;
      })
      .catch(async (thrown: unknown) => {
        const error = await this.quotas.explain(thrown, applicationId, 'messagesPerMonth');
        throw isMissingReference(error) ? new ResourceNotFoundError() : error;
      });
    this.events.announce();
    return this.reader.resource(applicationId, toRow(id, message, sender));
  }
}

function typeOf({ type }: CreateMessageResource, sender: UserRow | undefined): MessageType {
  return sender ? type : `SYSTEM_${type}`;
}

/** The row as it has just been stored. */
function toRow(id: number, message: NewMessage, sender: UserRow | undefined): MessageRow {
  return {
    id,
    type: message.type,
    channel_id: message.channelId,
    thread_id: message.threadId,
    body: message.body,
    file: message.file,
    links: message.links,
    mentions: message.mentions,
    group_tag: message.groupTag,
    nested_level: message.nestedLevel,
    replies_count: 0,
    report_count: 0,
    reaction_count: 0,
    properties: message.properties,
    created_time: message.createdTime,
    last_edited_time: null,
    user_id: sender?.id ?? null,
    user_type: sender?.type ?? '',
    user_name: sender?.name ?? null,
    user_display_name: sender?.display_name ?? '',
    user_display_picture: sender?.display_picture ?? null,
    user_is_guest: sender?.is_guest ?? 0,
    user_presence_status: sender?.presence_status ?? '',
    user_presence_online: sender?.presence_online ?? 0,
    user_properties: sender?.properties ?? '{}',
  };
}
