import { Injectable } from '@nestjs/common';
import { ChannelReader } from '../channels/channel-reader.js';
import { ChannelResource } from '../channels/channel.resource.js';
import { MessageReader } from '../messages/message-reader.js';
import { MessageResource } from '../messages/message.resource.js';
import { toUserResource } from '../users/user.resource.js';
import { UserRow } from '../users/user.rows.js';
import { UsersRepository } from '../users/users.repository.js';
import { NotificationData } from './notification-data.resource.js';
import { NotificationResource } from './notification.resource.js';
import { NotificationRow } from './notification.rows.js';

const FILE_BODY = 'File attachment';

/** What the notifications of a page are about, by id. */
interface Subjects {
  messages: ReadonlyMap<number, MessageResource>;
  channels: ReadonlyMap<number, ChannelResource>;
  users: ReadonlyMap<number, UserRow>;
}

/** Turns stored notifications into resources, a page at a time, from their subjects as they are now. */
@Injectable()
export class NotificationRenderer {
  constructor(
    private readonly messages: MessageReader,
    private readonly channels: ChannelReader,
    private readonly users: UsersRepository,
  ) {}

  /** Without those whose subject has gone since they were selected. */
  async resources(applicationId: number, rows: readonly NotificationRow[]): Promise<NotificationResource[]> {
    if (rows.length === 0) return [];
    const subjects = await this.subjects(applicationId, rows);
    return rows.flatMap((row) => {
      const channel = subjects.channels.get(row.channel_id);
      const message = subjects.messages.get(row.message_id);
      if (!channel || !message) return [];
      const data = dataOf(row, message, subjects);
      return [
        {
          id: row.id,
          title: titleOf(data),
          body: message.body ?? FILE_BODY,
          channel,
          data,
          muted: row.is_muted === 1,
          createdTime: row.created_time,
          ...(row.read_time !== null && { readTime: row.read_time }),
          recipientId: row.user_id,
        },
      ];
    });
  }

  private async subjects(applicationId: number, rows: readonly NotificationRow[]): Promise<Subjects> {
    const parents = rows.flatMap(({ kind, thread_id }) => (kind === 'REPLIED_TO' ? [thread_id] : []));
    const mentioned = rows.flatMap(({ mentioned_channel_id }) => mentioned_channel_id ?? []);
    const recipients = rows.flatMap(({ kind, user_id }) => (kind === 'MENTIONED_USER' ? [user_id] : []));
    const [messages, channels, users] = await Promise.all([
      this.messages.byIds(applicationId, distinct([...rows.map(({ message_id }) => message_id), ...parents])),
      this.channels.byIds(applicationId, distinct([...rows.map(({ channel_id }) => channel_id), ...mentioned])),
      this.users.findByIds(applicationId, distinct(recipients)),
    ]);
    return { messages, channels, users: new Map(users.map((user) => [user.id, user])) };
  }
}

/** What is gone of a reply or a mention leaves a message that was sent. */
function dataOf(row: NotificationRow, message: MessageResource, subjects: Subjects): NotificationData {
  const base = { channelId: row.channel_id, message };
  if (!message.user) return { type: 'SYSTEM:SENT:MESSAGE', ...base };
  const parent = row.kind === 'REPLIED_TO' ? subjects.messages.get(row.thread_id) : undefined;
  if (parent) return { type: 'USER:REPLIED_TO:MESSAGE', ...base, parent };
  const user = row.kind === 'MENTIONED_USER' ? subjects.users.get(row.user_id) : undefined;
  if (user) return { type: 'USER:MENTIONED:USER', ...base, mentionedUser: toUserResource(user) };
  const channel = row.mentioned_channel_id === null ? undefined : subjects.channels.get(row.mentioned_channel_id);
  if (channel) return { type: 'USER:MENTIONED:CHANNEL', ...base, mentionedChannel: channel };
  return { type: 'USER:SENT:MESSAGE', ...base };
}

function titleOf({ type, message, mentionedChannel }: NotificationData): string {
  const sender = message.user?.displayName;
  switch (type) {
    case 'SYSTEM:SENT:MESSAGE':
      return 'System message sent';
    case 'USER:SENT:MESSAGE':
      return `${sender} sent a message`;
    case 'USER:REPLIED_TO:MESSAGE':
      return `${sender} replied to a message`;
    case 'USER:MENTIONED:USER':
      return `${sender} mentioned you`;
    case 'USER:MENTIONED:CHANNEL':
      return `${sender} mentioned #${mentionedChannel!.name}`;
  }
}

const distinct = (ids: readonly number[]): number[] => [...new Set(ids)];
