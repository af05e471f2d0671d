import { Injectable } from '@nestjs/common';
import { UserChannelAccess } from '../channels/user-channel-access.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { UserMessages } from '../messages/user-messages.service.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PropertiesField, TextField } from '../resource/fields.js';
import { readWhole } from '../resource/input.js';
import type { Properties } from '../resource/json.js';
import { About } from '../resource/registry.js';
import { ThreadRow, ThreadsRepository, ThreadType } from './threads.repository.js';

export const THREAD_NAME_MAX = 255;

/** A new thread. */
@About('Thread')
export class CreateThreadProperties {
  @TextField({ description: 'The name of this thread', max: THREAD_NAME_MAX, notBlank: true })
  name!: string;

  @PropertiesField({ description: 'Custom data associated with this thread', optional: true })
  properties?: Properties;
}

export interface ThreadFilter {
  /** The thread of what is said in the channel itself. True if absent. */
  includeMainThread?: boolean;
  /** Only threads that were started with a name. */
  standalone?: boolean;
}

/** Threads as users have them. */
@Injectable()
export class UserThreads {
  constructor(
    private readonly threads: ThreadsRepository,
    private readonly access: UserChannelAccess,
    private readonly messages: UserMessages,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  async retrieve(applicationId: number, userId: number, threadId: number): Promise<ThreadRow> {
    return (await this.messages.retrieveThread(applicationId, userId, threadId)).thread;
  }

  /** The oldest first. Of messages those that somebody has replied to. */
  async list(
    applicationId: number,
    userId: number,
    channelId: number,
    { includeMainThread = true, standalone = false }: ThreadFilter,
    query: PageQuery,
  ): Promise<Page<ThreadRow>> {
    const { channel, relation } = await this.access.retrieve(applicationId, userId, channelId);
    const types: ThreadType[] = ['STANDALONE'];
    if (!standalone) types.push('MESSAGE');
    if (!standalone && includeMainThread) types.push('MAIN');
    const above = Math.max(channel.cleared_message_id, relation.historyMessageId);
    return this.threads.list(applicationId, { channelId, userId, above }, types, query);
  }

  /** Starts a thread with a name. `given` is the body of an app. */
  async create(applicationId: number, userId: number, channelId: number, given: unknown): Promise<ThreadRow> {
    const { name, properties = {} } = readWhole(CreateThreadProperties, given);
    return this.unitOfWork.run(async () => {
      const { channel, relation } = await this.access.retrieveForUpdate(applicationId, userId, channelId, 'read');
      if (!relation.isMember)
        throw ClientError.of('Thread', 'user', 'unprocessable', 'is not a member of this channel');
      const thread: ThreadRow = {
        id: await this.threads.reserveId(applicationId),
        type: 'STANDALONE',
        channel_id: channelId,
        name,
        nested_level: 1,
        message_count: 0,
        properties: JSON.stringify(properties),
        created_time: Date.now(),
        cleared_message_id: channel.cleared_message_id,
      };
      await this.threads.insertNamed(applicationId, thread);
      await this.events.append({
        applicationId,
        channelId,
        type: 'thread.created',
        subjectId: thread.id,
        payload: { userId, name, properties },
        createdTime: thread.created_time,
      });
      return thread;
    });
  }
}
