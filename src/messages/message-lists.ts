import { Injectable } from '@nestjs/common';
import { ChannelAccess } from '../channels/channel-access.js';
import { ResourceNotFoundError } from '../errors/api-error.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { CursorPage } from '../pagination/page.js';
import { pageSize } from '../pagination/page-query.js';
import { ThreadsRepository } from '../threads/threads.repository.js';
import { UsersRepository } from '../users/users.repository.js';
import { ListMessagesQuery } from './list-messages.query.js';
import { MessageReader } from './message-reader.js';
import { MessageSearch } from './message-search.js';
import { MessageRow } from './message.rows.js';
import { MessageResource } from './message.resource.js';
import { MessageFilter, MessagesRepository } from './messages.repository.js';

/** Pages of messages, newest first. */
@Injectable()
export class MessageLists {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly search: MessageSearch,
    private readonly access: ChannelAccess,
    private readonly threads: ThreadsRepository,
    private readonly users: UsersRepository,
    private readonly reader: MessageReader,
  ) {}

  async listAll(applicationId: number, query: ListMessagesQuery): Promise<CursorPage<MessageResource>> {
    const filter = await this.filter(applicationId, query);
    if (!filter) return nothing(query);
    const { text } = filter;
    if (text !== undefined)
      return this.read(applicationId, await this.search.read({ applicationId, ...filter, text }, query));
    const total = isEmpty(filter) ? await this.messages.countOfApplication(applicationId) : undefined;
    return this.read(applicationId, await this.messages.listOfApplication(applicationId, filter, total, query));
  }

  async listOfChannel(
    applicationId: number,
    channelId: number,
    query: ListMessagesQuery,
  ): Promise<CursorPage<MessageResource>> {
    if (query.username === undefined && query.query === undefined) {
      const whenEmpty = async () => (await this.access.retrieve(applicationId, channelId)).message_count;
      return this.read(applicationId, await this.messages.listOfChannel(applicationId, channelId, whenEmpty, query));
    }
    const channel = await this.access.retrieve(applicationId, channelId);
    const filter = await this.filter(applicationId, query);
    if (!filter) return nothing(query);
    const { text } = filter;
    if (text !== undefined) {
      const searched = { applicationId, channelId, channelSize: channel.message_count, ...filter, text };
      return this.read(applicationId, await this.search.read(searched, query));
    }
    return this.read(applicationId, await this.messages.filterInChannel(channel, filter, query));
  }

  async listOfThread(
    applicationId: number,
    threadId: number,
    query: CursorQuery,
  ): Promise<CursorPage<MessageResource>> {
    const thread = await this.threads.find(applicationId, threadId);
    if (!thread) throw new ResourceNotFoundError();
    return this.read(applicationId, await this.messages.listOfThread(thread, query));
  }

  async listOfUser(applicationId: number, userId: number, query: CursorQuery): Promise<CursorPage<MessageResource>> {
    if (!(await this.users.find(applicationId, userId))) throw new ResourceNotFoundError();
    const total = await this.messages.countOfUser(applicationId, userId);
    const filter = { senderId: userId };
    return this.read(applicationId, await this.messages.listOfApplication(applicationId, filter, total, query));
  }

  /** Undefined when the filter names nobody, who has sent nothing. */
  private async filter(
    applicationId: number,
    { username, query }: ListMessagesQuery,
  ): Promise<(MessageFilter & { text?: string }) | undefined> {
    const text = query === undefined ? {} : { text: query };
    if (username === undefined) return text;
    const [sender] = await this.users.findByNames(applicationId, [username]);
    return sender && { ...text, senderId: sender.id };
  }

  private async read(applicationId: number, page: CursorPage<MessageRow>): Promise<CursorPage<MessageResource>> {
    return page.with(await this.reader.resources(applicationId, page.items));
  }
}

const isEmpty = (filter: MessageFilter): boolean => Object.keys(filter).length === 0;
const nothing = (query: CursorQuery): CursorPage<never> => new CursorPage([], pageSize(query.size), 0);
