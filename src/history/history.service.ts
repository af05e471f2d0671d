import { Injectable } from '@nestjs/common';
import { UserChannelAccess } from '../channels/user-channel-access.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError } from '../errors/api-error.js';
import { EventLog } from '../events/event-log.js';
import { MessageReader } from '../messages/message-reader.js';
import { MessageResource } from '../messages/message.resource.js';
import { UserMessages } from '../messages/user-messages.service.js';
import { ReadPositionsRepository } from '../receipts/read-positions.repository.js';

/** What members take out of their own sight, and of nobody else's. */
@Injectable()
export class History {
  constructor(
    private readonly access: UserChannelAccess,
    private readonly messages: UserMessages,
    private readonly reader: MessageReader,
    private readonly positions: ReadPositionsRepository,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  /** All that was said in a channel so far. It is not unread any more, though nobody is told that it was read. */
  async clear(applicationId: number, userId: number, channelId: number): Promise<void> {
    await this.unitOfWork.run(async () => {
      const { channel, relation } = await this.access.retrieveForUpdate(applicationId, userId, channelId, 'read');
      requireMember(relation.isMember, 'Channel');
      const upTo = channel.last_message_id ?? 0;
      if (upTo <= relation.historyMessageId) return;
      await this.database.execute(
        'UPDATE memberships SET history_message_id = ?, history_count = ?, read_message_id = ?, read_count = ?, sent_count = 0 WHERE channel_id = ? AND user_id = ? AND application_id = ?',
        [upTo, channel.message_count, upTo, channel.message_count, channelId, userId, applicationId],
      );
      await this.database.execute('DELETE FROM hidden_messages WHERE user_id = ? AND channel_id = ?', [
        userId,
        channelId,
      ]);
      await this.events.append({
        applicationId,
        channelId,
        type: 'channel.history_cleared',
        subjectId: userId,
        payload: { upToMessageId: upTo },
        createdTime: Date.now(),
      });
    });
  }

  /** A single message. Answers what it was. */
  deleteMessage(applicationId: number, userId: number, messageId: number): Promise<MessageResource> {
    return this.unitOfWork.run(async () => {
      const { message, channel, relation } = await this.messages.retrieveForUpdate(applicationId, userId, messageId);
      requireMember(relation.isMember, 'Message');
      const position = (await this.positions.find(applicationId, channel.id, userId))!;
      const createdTime = Date.now();
      await this.database.execute(
        'INSERT INTO hidden_messages (user_id, channel_id, message_id, application_id, created_time) VALUES (?, ?, ?, ?, ?)',
        [userId, channel.id, messageId, applicationId, createdTime],
      );
      if (messageId > position.read_message_id && message.user_id !== userId)
        await this.positions.store(applicationId, channel.id, userId, {
          ...position,
          sent_count: position.sent_count + 1,
        });
      await this.events.append({
        applicationId,
        channelId: channel.id,
        type: 'message.hidden',
        subjectId: messageId,
        payload: { userId },
        createdTime,
      });
      return this.reader.resource(applicationId, message);
    });
  }
}

function requireMember(isMember: boolean, resource: string): void {
  if (!isMember) throw ClientError.of(resource, 'user', 'unprocessable', 'is not a member of this channel');
}
