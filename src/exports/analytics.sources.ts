import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { rows } from '../database/sql.js';
import { behind, ExportPage, ExportPosition, ExportSource, PAGE_ROWS, RawJson, writeMoment } from './export-source.js';

interface UserAnalyticsRow {
  id: number;
  type: string;
  name: string;
  display_name: string;
  is_guest: number;
  presence_status: string;
  channel_count: number;
  message_count: number;
  properties: string;
  created_time: number;
}

/** What is known of every user. */
@Injectable()
export class UserAnalytics implements ExportSource {
  readonly columns = [
    'id',
    'type',
    'name',
    'displayName',
    'isGuest',
    'presenceStatus',
    'channelCount',
    'messageCount',
    'createdTime',
    'properties',
  ];

  constructor(private readonly database: Database) {}

  async begin(applicationId: number): Promise<{ position: ExportPosition; total: number }> {
    const [found] = await this.database.query<{ total: number; last: number | null }>(
      'SELECT user_count AS total, (SELECT MAX(id) FROM users u WHERE u.application_id = a.id) AS last FROM applications a WHERE a.id = ?',
      [applicationId],
    );
    return { position: { stage: 0, after: [0], upTo: [found?.last ?? 0] }, total: found?.total ?? 0 };
  }

  async page(applicationId: number, position: ExportPosition): Promise<ExportPage> {
    const found = await this.database.query<UserAnalyticsRow>(
      `SELECT id, type, name, display_name, is_guest, presence_status, channel_count, message_count, properties, created_time FROM users ${this.database.dialect.readBy('users_id')} WHERE application_id = ? AND id > ? AND id <= ? AND deleted_time IS NULL ORDER BY id LIMIT ${rows(PAGE_ROWS)}`,
      [applicationId, position.after[0] ?? 0, position.upTo[0]!],
    );
    return {
      records: found.map((user) => ({
        id: user.id,
        type: user.type,
        name: user.name,
        displayName: user.display_name,
        isGuest: user.is_guest === 1,
        presenceStatus: user.presence_status,
        channelCount: user.channel_count,
        messageCount: user.message_count,
        createdTime: writeMoment(user.created_time),
        properties: new RawJson(user.properties),
      })),
      next: behind(position, 1, found, [found.at(-1)?.id ?? 0]),
    };
  }
}

interface MessageAnalyticsRow {
  id: number;
  type: string;
  channel_id: number;
  channel_type: string;
  channel_name: string | null;
  thread_id: number;
  nested_level: number;
  user_id: number | null;
  username: string | null;
  body: string | null;
  file: string | null;
  group_tag: string | null;
  replies_count: number;
  properties: string;
  created_time: number;
  last_edited_time: number | null;
}

/** Every message. */
@Injectable()
export class MessageAnalytics implements ExportSource {
  readonly columns = [
    'id',
    'type',
    'channelId',
    'channelType',
    'channelName',
    'threadId',
    'nestedLevel',
    'userId',
    'username',
    'body',
    'file',
    'groupTag',
    'repliesCount',
    'createdTime',
    'lastEditedTime',
    'properties',
  ];

  constructor(private readonly database: Database) {}

  async begin(applicationId: number): Promise<{ position: ExportPosition; total: number }> {
    const [found] = await this.database.query<{ total: number; last: number | null }>(
      'SELECT message_count AS total, (SELECT MAX(id) FROM messages m WHERE m.application_id = a.id) AS last FROM applications a WHERE a.id = ?',
      [applicationId],
    );
    return { position: { stage: 0, after: [0], upTo: [found?.last ?? 0] }, total: found?.total ?? 0 };
  }

  async page(applicationId: number, position: ExportPosition): Promise<ExportPage> {
    const found = await this.database.query<MessageAnalyticsRow>(
      `SELECT m.id, m.type, m.channel_id, c.type AS channel_type, c.name AS channel_name, m.thread_id, m.nested_level, m.user_id, u.name AS username, m.body, m.file, m.group_tag, m.replies_count, m.properties, m.created_time, m.last_edited_time FROM messages m ${this.database.dialect.readBy('messages_application')} JOIN channels c ON c.id = m.channel_id AND c.deleted_time IS NULL LEFT JOIN users u ON u.id = m.user_id WHERE m.application_id = ? AND m.id > ? AND m.id <= ? ORDER BY m.id LIMIT ${rows(PAGE_ROWS)}`,
      [applicationId, position.after[0] ?? 0, position.upTo[0]!],
    );
    return {
      records: found.map((message) => ({
        id: message.id,
        type: message.type,
        channelId: message.channel_id,
        channelType: message.channel_type,
        channelName: message.channel_name,
        threadId: message.thread_id,
        nestedLevel: message.nested_level,
        userId: message.user_id,
        username: message.username,
        body: message.body,
        file: message.file === null ? null : new RawJson(message.file),
        groupTag: message.group_tag,
        repliesCount: message.replies_count,
        createdTime: writeMoment(message.created_time),
        lastEditedTime: message.last_edited_time === null ? null : writeMoment(message.last_edited_time),
        properties: new RawJson(message.properties),
      })),
      next: behind(position, 1, found, [found.at(-1)?.id ?? 0]),
    };
  }
}
