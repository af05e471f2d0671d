import { Injectable } from '@nestjs/common';
import { ChannelAccess } from '../channels/channel-access.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError, ResourceNotFoundError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { FileRemoval } from '../files/file-removal.js';
import { mergedProperties, PropertiesChange } from '../resource/merged-properties.js';
import { SearchIndex } from '../search/search-index.js';
import { ThreadRow, ThreadsRepository } from '../threads/threads.repository.js';
import { MessageComposer } from './message-composer.js';
import { MessageReader } from './message-reader.js';
import { MessageRow } from './message.rows.js';
import { MessagePropertiesPatch, MessageResource } from './message.resource.js';
import { MessagesRepository } from './messages.repository.js';

/** Single messages: reading, editing, deleting. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly access: ChannelAccess,
    private readonly threads: ThreadsRepository,
    private readonly composer: MessageComposer,
    private readonly reader: MessageReader,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
    private readonly searchIndex: SearchIndex,
    private readonly fileRemoval: FileRemoval,
  ) {}

  async retrieve(applicationId: number, id: number): Promise<MessageResource> {
    return this.reader.resource(applicationId, await this.retrieveRow(applicationId, id));
  }

  update(
    applicationId: number,
    id: number,
    patch: MessagePropertiesPatch,
    change: PropertiesChange = 'merged',
  ): Promise<MessageResource> {
    return this.unitOfWork.run(async () => {
      const message = await this.retrieveForUpdate(applicationId, id);
      if (patch.body !== undefined && message.body === null)
        throw ClientError.of('Message', 'body', 'unprocessable', 'is something a file message does not have');
      const lastEditedTime = Date.now();
      const updated: MessageRow = {
        ...message,
        properties: mergedProperties('Message', message.properties, patch.properties, change),
        ...(patch.body !== undefined && {
          ...(await this.composer.text(applicationId, patch.body)),
          last_edited_time: lastEditedTime,
        }),
      };
      await this.messages.updateContent(applicationId, id, updated);
      if (updated.body !== message.body) await this.searchIndex.edit(applicationId, id);
      await this.events.append({
        applicationId,
        channelId: message.channel_id,
        type: 'message.updated',
        subjectId: id,
        payload: { ...patch },
        createdTime: lastEditedTime,
      });
      return this.reader.resource(applicationId, updated);
    });
  }

  /** Answers the thread that the message was in. Replies to it stay, in their own thread. */
  delete(applicationId: number, id: number): Promise<ThreadRow> {
    return this.unitOfWork.run(async () => {
      const message = await this.retrieveForUpdate(applicationId, id);
      const thread = await this.threads.find(applicationId, message.thread_id);
      if (!thread) throw new Error(`Message ${id} is in the thread ${message.thread_id}, which does not exist`);
      await this.events.append({
        applicationId,
        channelId: message.channel_id,
        type: 'message.deleted',
        subjectId: id,
        payload: {
          threadId: message.thread_id,
          nestedLevel: message.nested_level,
          userId: message.user_id,
          type: message.type,
          sentTime: message.created_time,
        },
        createdTime: Date.now(),
      });
      await this.messages.delete(applicationId, message);
      if (message.file !== null) this.unitOfWork.afterCommit(() => this.fileRemoval.wake());
      return thread;
    });
  }

  private async retrieveRow(applicationId: number, id: number): Promise<MessageRow> {
    const message = await this.messages.find(applicationId, id);
    if (!message) throw new ResourceNotFoundError();
    return message;
  }

  /** Holds the channel, since what changes there has an order; then reads the message as it is now. */
  private async retrieveForUpdate(applicationId: number, id: number): Promise<MessageRow> {
    const { channel_id } = await this.retrieveRow(applicationId, id);
    await this.access.retrieveForUpdate(applicationId, channel_id);
    return this.retrieveRow(applicationId, id);
  }
}
