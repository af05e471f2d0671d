import { Injectable } from '@nestjs/common';
import { directKey } from '../channels/direct-key.js';
import { Config } from '../config/config.js';
import { Bulk } from '../database/bulk.js';
import { Database } from '../database/database.js';
import { rows } from '../database/sql.js';
import { pictureAt } from '../imports/import.resource.js';
import {
  behind,
  ExportPage,
  ExportPosition,
  ExportRecord,
  ExportSource,
  PAGE_ROWS,
  RawJson,
  writeMoment,
} from './export-source.js';

const STAGES = 4;

interface UserRow {
  id: number;
  type: string;
  name: string | null;
  display_name: string;
  display_picture: string | null;
  is_guest: number;
  presence_status: string;
  properties: string;
}
interface ChannelRow {
  id: number;
  type: string;
  name: string | null;
  display_name: string | null;
  direct_key: string | null;
  creator_id: number | null;
  properties: string;
  created_time: number;
}
interface MemberRow {
  channel_id: number;
  user_id: number;
  name: string;
  created_time: number;
  is_moderator: number;
}
interface MessageRow {
  id: number;
  type: string;
  channel_id: number;
  thread_id: number;
  parent_id: number | null;
  nested_level: number;
  user_id: number | null;
  body: string | null;
  file: string | null;
  group_tag: string | null;
  properties: string;
  created_time: number;
  last_edited_time: number | null;
}

/**
 * All of an application as items of an import, in the order in which they refer to each other: users, channels, members,
 * messages. Each has a key that names it, by which later ones refer to it and a second import would know it.
 */
@Injectable()
export class WholeApplication implements ExportSource {
  constructor(
    private readonly database: Database,
    private readonly bulk: Bulk,
    private readonly config: Config,
  ) {}

  async begin(applicationId: number): Promise<{ position: ExportPosition; total: number }> {
    const last = (table: string) => `(SELECT MAX(id) FROM ${table} x WHERE x.application_id = a.id)`;
    const [found] = await this.database.query<Record<string, number | null>>(
      `SELECT user_count + channel_count + message_count AS total, ${last('users')} AS users, ${last('channels')} AS channels, ${last('messages')} AS messages FROM applications a WHERE a.id = ?`,
      [applicationId],
    );
    const upTo = ['users', 'channels', 'channels', 'messages'].map((name) => found?.[name] ?? 0);
    return { position: { stage: 0, after: [], upTo }, total: Number(found?.total ?? 0) };
  }

  async page(applicationId: number, position: ExportPosition): Promise<ExportPage> {
    const key = await this.naming(applicationId);
    const upTo = position.upTo[position.stage]!;
    const { records, after, found } = await this.read(position.stage, applicationId, position.after, upTo, key);
    return { records, next: behind(position, STAGES, found, after) };
  }

  private read(stage: number, ...place: Parameters<WholeApplication['users']>): Promise<Read> {
    if (stage === 0) return this.users(...place);
    if (stage === 1) return this.channels(...place);
    return stage === 2 ? this.members(...place) : this.messages(...place);
  }

  /** Keys of one application are no other's. */
  private async naming(applicationId: number): Promise<Naming> {
    const [application] = await this.database.query<{ created_time: number }>(
      'SELECT created_time FROM applications WHERE id = ?',
      [applicationId],
    );
    const prefix = `${applicationId}-${(application?.created_time ?? 0).toString(36)}`;
    return (kind, id) => `${prefix}-${kind}-${id}`;
  }

  /** With those who have been deleted: they are the senders of what they wrote. */
  private async users(applicationId: number, [after = 0]: number[], upTo: number, key: Naming): Promise<Read> {
    const found = await this.database.query<UserRow>(
      `SELECT id, type, name, display_name, display_picture, is_guest, presence_status, properties FROM users ${this.database.dialect.readBy('users_id')} WHERE application_id = ? AND id > ? AND id <= ? ORDER BY id LIMIT ${rows(PAGE_ROWS)}`,
      [applicationId, after, upTo],
    );
    const records = found.map((user): ExportRecord => ({
      kind: 'USER',
      idempotencyKey: key('user', user.id),
      name: user.name ?? `deleted-user-${user.id}`,
      ...(user.name === null && { isDeleted: true }),
      displayName: user.display_name,
      displayPicture: user.display_picture === null ? null : this.picture(user.display_picture),
      type: user.type,
      isGuest: user.is_guest === 1,
      presence: new RawJson(JSON.stringify({ status: user.presence_status })),
      properties: new RawJson(user.properties),
    }));
    return { records, found, after: [found.at(-1)?.id ?? 0] };
  }

  private async channels(applicationId: number, [after = 0]: number[], upTo: number, key: Naming): Promise<Read> {
    const found = await this.database.query<ChannelRow>(
      `SELECT id, type, name, display_name, direct_key, creator_id, properties, created_time FROM channels ${this.database.dialect.readBy('channels_id')} WHERE application_id = ? AND id > ? AND id <= ? AND deleted_time IS NULL ORDER BY id LIMIT ${rows(PAGE_ROWS)}`,
      [applicationId, after, upTo],
    );
    const direct = found.filter(({ type }) => type === 'DIRECT').map(({ id }) => id);
    const members = await this.bulk.select<Omit<MemberRow, 'is_moderator'>>(
      'SELECT ms.channel_id, ms.user_id, u.name, ms.created_time FROM memberships ms JOIN users u ON u.id = ms.user_id AND u.deleted_time IS NULL WHERE ms.channel_id IN (:list)',
      [],
      direct,
    );
    const records = found.map((channel): ExportRecord => ({
      kind: 'CHANNEL',
      idempotencyKey: key('channel', channel.id),
      type: channel.type,
      name: channel.name,
      displayName: channel.display_name,
      creatorKey: channel.creator_id === null ? null : key('user', channel.creator_id),
      ...(channel.type === 'DIRECT' && peopleOf(channel, members)),
      createdTime: writeMoment(channel.created_time),
      properties: new RawJson(channel.properties),
    }));
    return { records, found, after: [found.at(-1)?.id ?? 0] };
  }

  /** Those of direct channels are named by their channel. */
  private async members(
    applicationId: number,
    [channelId = 0, userId = 0]: number[],
    upTo: number,
    key: Naming,
  ): Promise<Read> {
    const { dialect } = this.database;
    const found = await this.database.query<MemberRow>(
      `SELECT ms.channel_id, ms.user_id, u.name, ms.created_time, md.user_id IS NOT NULL AS is_moderator FROM channels c ${dialect.readBy('channels_id')} JOIN memberships ms ${dialect.readBy('PRIMARY')} ON ms.channel_id = c.id JOIN users u ON u.id = ms.user_id AND u.deleted_time IS NULL LEFT JOIN moderators md ON md.channel_id = ms.channel_id AND md.user_id = ms.user_id WHERE c.application_id = ? AND c.deleted_time IS NULL AND c.type <> 'DIRECT' AND c.id >= ? AND c.id <= ? AND (c.id > ? OR ms.user_id > ?) ORDER BY c.id, ms.user_id LIMIT ${rows(PAGE_ROWS)}`,
      [applicationId, channelId, upTo, channelId, userId],
    );
    const records = found.map((member): ExportRecord => ({
      kind: 'MEMBER',
      channelKey: key('channel', member.channel_id),
      username: member.name,
      ...(member.is_moderator > 0 && { isModerator: true }),
      createdTime: writeMoment(member.created_time),
    }));
    const last = found.at(-1);
    return { records, found, after: last ? [last.channel_id, last.user_id] : [] };
  }

  private async messages(applicationId: number, [after = 0]: number[], upTo: number, key: Naming): Promise<Read> {
    const found = await this.database.query<MessageRow>(
      `SELECT m.id, m.type, m.channel_id, m.thread_id, p.id AS parent_id, m.nested_level, m.user_id, m.body, m.file, m.group_tag, m.properties, m.created_time, m.last_edited_time FROM messages m ${this.database.dialect.readBy('messages_application')} JOIN channels c ON c.id = m.channel_id AND c.deleted_time IS NULL LEFT JOIN messages p ON p.id = m.thread_id WHERE m.application_id = ? AND m.id > ? AND m.id <= ? ORDER BY m.id LIMIT ${rows(PAGE_ROWS)}`,
      [applicationId, after, upTo],
    );
    const records = found.map((message): ExportRecord => {
      const isReply = message.nested_level > 0;
      return {
        kind: 'MESSAGE',
        idempotencyKey: key('message', message.id),
        channelKey: key('channel', message.channel_id),
        type: message.type,
        userKey: message.user_id === null ? null : key('user', message.user_id),
        body: message.body,
        file: message.file === null ? null : this.file(message.file),
        parentKey: isReply ? key('message', message.thread_id) : null,
        orphanLevel: isReply && message.parent_id === null ? message.nested_level : null,
        groupTag: message.group_tag,
        createdTime: writeMoment(message.created_time),
        lastEditedTime: message.last_edited_time === null ? null : writeMoment(message.last_edited_time),
        properties: new RawJson(message.properties),
      };
    });
    return { records, found, after: [found.at(-1)?.id ?? 0] };
  }

  /** Files stay where they are, and are referred to. */
  private file(stored: string): RawJson {
    const { url = '', name, contentType, size } = JSON.parse(stored) as Record<string, string>;
    return new RawJson(JSON.stringify({ url: this.absolute(url), name, contentType, size }));
  }

  private picture(address: string): RawJson {
    return new RawJson(JSON.stringify(pictureAt(this.absolute(address))));
  }

  private absolute(address: string): string {
    return address.startsWith('/') ? this.config.publicUrl + address : address;
  }
}

type Naming = (kind: string, id: number) => string;

interface Read {
  records: ExportRecord[];
  found: readonly unknown[];
  after: number[];
}

/** Of a direct channel some of whose members have been deleted nobody is told by its remaining ones any more. */
function peopleOf({ id, direct_key }: ChannelRow, all: readonly Omit<MemberRow, 'is_moderator'>[]): ExportRecord {
  const members = all.filter(({ channel_id }) => channel_id === id).sort((a, b) => a.user_id - b.user_id);
  const isWhole = directKey(members.map(({ user_id }) => user_id)) === direct_key;
  return {
    members: new RawJson(JSON.stringify(members.map(({ name }) => name))),
    ...(!isWhole && { hasDeletedMembers: true }),
  };
}
