import { Injectable } from '@nestjs/common';
import { AccessedChannel, UserChannelAccess } from '../channels/user-channel-access.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError, ResourceNotFoundError } from '../errors/api-error.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { CursorPage } from '../pagination/page.js';
import { PropertiesField, TextField } from '../resource/fields.js';
import { readWhole } from '../resource/input.js';
import type { Properties } from '../resource/json.js';
import { About } from '../resource/registry.js';
import { ThreadRow, ThreadsRepository } from '../threads/threads.repository.js';
import { MessageReader } from './message-reader.js';
import { MessageRow } from './message.rows.js';
import { MESSAGE_BODY_MAX, MessageResource } from './message.resource.js';
import { MessagesRepository } from './messages.repository.js';
import { MessagesService } from './messages.service.js';

/** What a text message says instead. */
@About('Message')
export class MessageEdit {
  @TextField({ description: 'The text body of this message', max: MESSAGE_BODY_MAX })
  body!: string;
}

/** What an app keeps with a message instead. */
@About('Message')
export class MessagePropertiesEdit {
  @PropertiesField({ description: 'Custom data, in place of what there is' })
  properties!: Properties;
}

export interface UserMessageFilter {
  /** Without replies, and without what was said in threads that have a name. */
  mainThread?: boolean;
  onlyFiles?: boolean;
}

/** A message that a user sees, in a channel that they see. */
export interface SeenMessage extends AccessedChannel {
  message: MessageRow;
}

/** Messages as a user has them, and what they do with their own. */
@Injectable()
export class UserMessages {
  constructor(
    private readonly access: UserChannelAccess,
    private readonly messages: MessagesRepository,
    private readonly service: MessagesService,
    private readonly threads: ThreadsRepository,
    private readonly reader: MessageReader,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async retrieve(applicationId: number, userId: number, messageId: number): Promise<MessageResource> {
    const { message } = await this.retrieveSeen(applicationId, userId, messageId);
    return this.reader.resource(applicationId, message);
  }

  /** Newest first. */
  async listOfChannel(
    applicationId: number,
    userId: number,
    channelId: number,
    { mainThread, onlyFiles = false }: UserMessageFilter,
    query: CursorQuery,
  ): Promise<CursorPage<MessageResource>> {
    const { channel, relation } = await this.access.retrieve(applicationId, userId, channelId);
    const seen = { userId, channelId, above: aboveOf({ channel, relation }), onlyFiles };
    if (mainThread) {
      const total = relation.seesAll && !onlyFiles ? channel.message_count - channel.reply_count : undefined;
      const threadId = channel.main_thread_id;
      return this.read(applicationId, await this.messages.listForUser({ ...seen, threadId }, total, query));
    }
    const total = onlyFiles ? undefined : relation.messageCount;
    return this.read(applicationId, await this.messages.listForUser(seen, total, query));
  }

  /** The thread of the replies to a message has the id of that message. */
  async listOfThread(
    applicationId: number,
    userId: number,
    threadId: number,
    query: CursorQuery,
  ): Promise<CursorPage<MessageResource>> {
    const { thread, ...accessed } = await this.retrieveThread(applicationId, userId, threadId);
    const seen = { userId, channelId: thread.channel_id, threadId, above: aboveOf(accessed) };
    const total = accessed.relation.seesAll ? thread.message_count : undefined;
    return this.read(applicationId, await this.messages.listForUser(seen, total, query));
  }

  /** File messages of all channels that the user is a member of. */
  async listFiles(applicationId: number, userId: number, query: CursorQuery): Promise<CursorPage<MessageResource>> {
    return this.read(applicationId, await this.messages.listFilesForUser(applicationId, userId, query));
  }

  /** How many messages of a channel are there for this user. */
  async count(applicationId: number, userId: number, channelId: number): Promise<number> {
    return (await this.access.retrieve(applicationId, userId, channelId)).relation.messageCount;
  }

  async countReplies(applicationId: number, userId: number, messageId: number): Promise<number> {
    return (await this.retrieveSeen(applicationId, userId, messageId)).message.replies_count;
  }

  /** Of these messages the ones that reply to a message which is still there: its id, by theirs. One look-up for all. */
  async parents(applicationId: number, messages: readonly MessageResource[]): Promise<Map<number, number>> {
    const replies = messages.filter(({ nestedLevel }) => nestedLevel > 0);
    const ids = [...new Set(replies.map(({ threadId }) => threadId))];
    const existing = await this.messages.existing(applicationId, ids);
    return new Map(replies.filter(({ threadId }) => existing.has(threadId)).map(({ id, threadId }) => [id, threadId]));
  }

  /** `given` has the new body. Authors edit their own messages, nobody those of others. */
  async edit(applicationId: number, userId: number, messageId: number, given: unknown): Promise<MessageResource> {
    const patch = readWhole(MessageEdit, given);
    return this.asAuthor(applicationId, userId, messageId, () => this.service.update(applicationId, messageId, patch));
  }

  /** `given` has the new properties. */
  async updateProperties(
    applicationId: number,
    userId: number,
    messageId: number,
    given: unknown,
  ): Promise<MessageResource> {
    const patch = readWhole(MessagePropertiesEdit, given);
    return this.asAuthor(applicationId, userId, messageId, () =>
      this.service.update(applicationId, messageId, patch, 'replaced'),
    );
  }

  /** Deletes a message for everybody, by its author or who moderates the channel. Answers what it was. */
  delete(applicationId: number, userId: number, messageId: number): Promise<MessageResource> {
    return this.unitOfWork.run(async () => {
      const { message, relation, permissions } = await this.retrieveForUpdate(applicationId, userId, messageId);
      requireMember(relation.isMember);
      if (message.user_id !== userId && !permissions.moderate)
        throw ClientError.of('Message', 'user', 'unprocessable', 'must be the author, or moderate this channel');
      const deleted = await this.reader.resource(applicationId, message);
      await this.service.delete(applicationId, messageId);
      return deleted;
    });
  }

  /** The message if it is there for this user. */
  async retrieveSeen(applicationId: number, userId: number, messageId: number): Promise<SeenMessage> {
    const message = await this.messages.find(applicationId, messageId);
    if (!message) throw new ResourceNotFoundError();
    const accessed = await this.access.retrieve(applicationId, userId, message.channel_id);
    return this.seen(userId, message, accessed);
  }

  /** The same, with its channel held until the open unit ends. */
  async retrieveForUpdate(applicationId: number, userId: number, messageId: number): Promise<SeenMessage> {
    const place = await this.messages.find(applicationId, messageId);
    if (!place) throw new ResourceNotFoundError();
    const accessed = await this.access.retrieveForUpdate(applicationId, userId, place.channel_id, 'read');
    // As it is now that nobody else changes it.
    const message = await this.messages.find(applicationId, messageId);
    if (!message) throw new ResourceNotFoundError();
    return this.seen(userId, message, accessed);
  }

  /** A thread in a channel that the user sees, of a message that is there for them. */
  async retrieveThread(
    applicationId: number,
    userId: number,
    threadId: number,
  ): Promise<AccessedChannel & { thread: ThreadRow }> {
    const thread = await this.threads.find(applicationId, threadId);
    if (!thread) throw new ResourceNotFoundError();
    return { thread, ...(await this.access.retrieve(applicationId, userId, thread.channel_id)) };
  }

  private async seen(userId: number, message: MessageRow, accessed: AccessedChannel): Promise<SeenMessage> {
    const { relation } = accessed;
    const isCleared = message.id <= relation.historyMessageId;
    if (isCleared || (!relation.seesAll && (await this.messages.isHiddenFrom(userId, message))))
      throw new ResourceNotFoundError();
    return { ...accessed, message };
  }

  private asAuthor<T>(applicationId: number, userId: number, messageId: number, work: () => Promise<T>): Promise<T> {
    return this.unitOfWork.run(async () => {
      const { message, relation } = await this.retrieveForUpdate(applicationId, userId, messageId);
      requireMember(relation.isMember);
      if (message.user_id !== userId)
        throw ClientError.of('Message', 'user', 'unprocessable', 'must be the author of this message');
      return work();
    });
  }

  private async read(applicationId: number, page: CursorPage<MessageRow>): Promise<CursorPage<MessageResource>> {
    return page.with(await this.reader.resources(applicationId, page.items));
  }
}

const aboveOf = ({ channel, relation }: Pick<AccessedChannel, 'channel' | 'relation'>): number =>
  Math.max(channel.cleared_message_id, relation.historyMessageId);

function requireMember(isMember: boolean): void {
  if (!isMember) throw ClientError.of('Message', 'user', 'unprocessable', 'is not a member of this channel');
}
