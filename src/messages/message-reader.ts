import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { ReactionSummaries } from '../reactions/reaction-summaries.js';
import { joinedUser } from '../users/user.rows.js';
import { toUserProperties } from '../users/user.resource.js';
import { FileProperties } from '../files/file.resource.js';
import { Mentions } from './mentions.js';
import { MessageLinkProperties } from './message-link.resource.js';
import { MessageMentionProperties } from './message-mention.resource.js';
import { MessageResource } from './message.resource.js';
import { MESSAGE_COLUMNS, MessageRow, SENDER_JOIN, StoredMention } from './message.rows.js';
import { marks } from '../database/sql.js';

/** Turns stored messages into resources, a page at a time. */
@Injectable()
export class MessageReader {
  constructor(
    private readonly database: Database,
    private readonly mentions: Mentions,
    private readonly reactions: ReactionSummaries,
  ) {}

  /** The resources of rows that were selected with {@link MESSAGE_COLUMNS}. */
  async resources(applicationId: number, rows: readonly MessageRow[]): Promise<MessageResource[]> {
    const resources = await this.withMentions(applicationId, rows);
    const reactedTo = rows.filter((row) => row.reaction_count > 0).map((row) => row.id);
    if (reactedTo.length === 0) return resources;
    const summaries = await this.reactions.of(applicationId, reactedTo);
    for (const message of resources) {
      const reactions = summaries.get(message.id);
      if (reactions) message.reactions = reactions;
    }
    return resources;
  }

  private async withMentions(applicationId: number, rows: readonly MessageRow[]): Promise<MessageResource[]> {
    if (rows.every((row) => row.mentions === null)) return rows.map((row) => toMessageResource(row, []));
    const stored = rows.map((row) => (row.mentions === null ? [] : (JSON.parse(row.mentions) as StoredMention[])));
    const describe = await this.mentions.describing(applicationId, stored.flat());
    return rows.map((row, index) => toMessageResource(row, describe(stored[index]!)));
  }

  async resource(applicationId: number, row: MessageRow): Promise<MessageResource> {
    const [resource] = await this.resources(applicationId, [row]);
    return resource!;
  }

  /** The messages with these ids, by id. */
  async byIds(applicationId: number, ids: readonly number[]): Promise<Map<number, MessageResource>> {
    if (ids.length === 0) return new Map();
    const rows = await this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m ${SENDER_JOIN} WHERE m.application_id = ? AND m.id IN (${marks(ids)})`,
      [applicationId, ...ids],
    );
    const resources = await this.resources(applicationId, rows);
    return new Map(resources.map((resource) => [resource.id, resource]));
  }
}

function toMessageResource(row: MessageRow, mentions: MessageMentionProperties[]): MessageResource {
  const message: MessageResource = {
    id: row.id,
    type: row.type,
    channelId: row.channel_id,
    threadId: row.thread_id,
    createdTime: row.created_time,
    nestedLevel: row.nested_level,
    properties: row.properties,
    repliesCount: row.replies_count,
  };
  const user = joinedUser(row);
  if (user) {
    message.user = toUserProperties(user);
    // A deleted user can be named, but not be visited.
    if (user.name !== null) message.userId = user.id;
  }
  if (row.body !== null) {
    message.body = row.body;
    message.links = row.links === null ? [] : (JSON.parse(row.links) as MessageLinkProperties[]);
    message.mentions = mentions;
  }
  if (row.file !== null) message.file = JSON.parse(row.file) as FileProperties;
  if (row.report_count > 0) message.reportCount = row.report_count;
  if (row.group_tag !== null) message.groupTag = row.group_tag;
  if (row.last_edited_time !== null) message.lastEditedTime = row.last_edited_time;
  return message;
}
