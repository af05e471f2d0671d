import { Injectable } from '@nestjs/common';
import { Bulk } from '../database/bulk.js';
import { SqlValue } from '../database/sql.js';
import { EventLog } from '../events/event-log.js';
import { Mentions } from '../messages/mentions.js';
import { findLinks } from '../messages/message-text.js';
import { parseTime } from '../resource/time.js';
import { MessageImport } from './import.resource.js';
import { ImportKeysRepository } from './import-keys.repository.js';
import { ImportedReading } from './imported-reading.js';
import { ImportScope } from './import-kind.js';
import { tally } from './tally.js';
import { PlannedMessage } from './message-plan.js';

const COLUMNS = [
  'application_id',
  'channel_id',
  'thread_id',
  'user_id',
  'type',
  'body',
  'file',
  'links',
  'mentions',
  'group_tag',
  'nested_level',
  'properties',
  'created_time',
  'last_edited_time',
];

/** Writes messages by the hundred, with all that single messages write one by one. */
@Injectable()
export class MessageImportRepository {
  constructor(
    private readonly bulk: Bulk,
    private readonly keys: ImportKeysRepository,
    private readonly mentions: Mentions,
    private readonly events: EventLog,
    private readonly reading: ImportedReading,
  ) {}

  /** The channels of the messages are held. Ids are given in the order of the file, which is that of lists. */
  async insert(
    scope: ImportScope,
    planned: readonly PlannedMessage[],
    timeOf: (item: MessageImport) => number,
  ): Promise<void> {
    const orphanages = await this.startOrphanages(scope, planned);
    const threadOf = ({ place }: PlannedMessage): number =>
      'threadId' in place ? place.threadId : 'orphanOf' in place ? orphanages.get(place.orphanOf ?? '')! : 0;
    const mentions = await this.mentions.inBodies(
      scope.applicationId,
      planned.map(({ item }) => item.body ?? ''),
    );
    const ids = await this.bulk.insert(
      'messages',
      COLUMNS,
      planned.map((message, index): SqlValue[] => {
        const { item, channel, senderId, nestedLevel } = message;
        const found = mentions[index]!;
        return [
          scope.applicationId,
          channel.id,
          threadOf(message),
          senderId,
          item.type,
          item.body ?? null,
          item.file === undefined ? null : fileOf(item.file),
          linksIn(item.body),
          found.length > 0 ? JSON.stringify(found) : null,
          item.groupTag ?? null,
          nestedLevel,
          item.properties === undefined ? '{}' : JSON.stringify(item.properties),
          timeOf(item),
          item.lastEditedTime === undefined ? null : parseTime(item.lastEditedTime),
        ];
      }),
    );
    const idOf = new Map(planned.map((message, index) => [message, ids[index]!]));
    const threads = planned.map((message) =>
      'parent' in message.place ? idOf.get(message.place.parent)! : threadOf(message),
    );
    // What answers a message of the same batch could not know its id.
    await this.bulk.add(
      'messages',
      'thread_id',
      new Map(planned.flatMap(({ place }, index) => ('parent' in place ? [[ids[index]!, threads[index]!]] : []))),
    );
    await this.count(scope, planned, ids, threads);
    await this.keys.remember(
      scope,
      'MESSAGE',
      planned.map(({ item, channel }, index) => ({
        key: item.idempotencyKey,
        subjectId: ids[index]!,
        channelId: channel.id,
      })),
    );
    await this.announce(scope, planned, ids);
  }

  private async count(
    scope: ImportScope,
    planned: readonly PlannedMessage[],
    ids: readonly number[],
    threads: readonly number[],
  ): Promise<void> {
    await this.reading.receive(
      planned.map(({ channel, senderId }, index) => ({ id: ids[index]!, channelId: channel.id, senderId })),
    );
    const inChannels = tally(planned.map(({ channel }) => channel.id));
    await this.bulk.add('channels', 'message_count', inChannels);
    const replies = planned.flatMap(({ channel, nestedLevel }, index) =>
      nestedLevel > 0 ? [{ channelId: channel.id, threadId: threads[index]! }] : [],
    );
    await this.bulk.add('channels', 'reply_count', tally(replies.map(({ channelId }) => channelId)));
    const last = new Map(planned.map(({ channel }, index) => [channel.id, ids[index]!]));
    await this.bulk.raise('channels', 'last_message_id', last);
    const answered = tally(replies.map(({ threadId }) => threadId));
    await this.startThreads([...answered.keys()]);
    await this.bulk.add('threads', 'message_count', answered);
    await this.bulk.add('messages', 'replies_count', answered);
    await this.bulk.add('users', 'message_count', tally(planned.flatMap(({ senderId }) => senderId ?? [])));
    scope.counts.message_count += planned.length;
  }

  /** Stores the threads of messages that are answered for the first time. */
  private async startThreads(messageIds: readonly number[]): Promise<void> {
    await this.bulk.execute(
      "INSERT INTO threads (id, application_id, channel_id, type, nested_level, properties, created_time) SELECT m.id, m.application_id, m.channel_id, 'MESSAGE', m.nested_level + 1, '{}', m.created_time FROM messages m WHERE m.id IN (:list) AND NOT EXISTS (SELECT 1 FROM threads t WHERE t.id = m.id)",
      [],
      messageIds,
    );
  }

  /** Threads for replies whose message has gone: they have an id of the sequence, as if it had been there. By its key. */
  private async startOrphanages(scope: ImportScope, planned: readonly PlannedMessage[]): Promise<Map<string, number>> {
    const first = new Map<string, PlannedMessage>();
    for (const message of planned)
      if ('orphanOf' in message.place && !first.has(message.place.orphanOf ?? ''))
        first.set(message.place.orphanOf ?? '', message);
    if (first.size === 0) return new Map();
    const { applicationId, now } = scope;
    const ids = await this.bulk.insert(
      'messages',
      ['application_id', 'channel_id', 'thread_id', 'type', 'nested_level', 'properties', 'created_time'],
      [...first].map(() => [applicationId, 0, 0, '', 0, '{}', 0]),
    );
    await this.bulk.delete('messages', 'id', ids);
    const started = [...first].map(([key, message], index) => ({ key, message, id: ids[index]! }));
    await this.bulk.insert(
      'threads',
      ['id', 'application_id', 'channel_id', 'type', 'nested_level', 'properties', 'created_time'],
      started.map(({ message, id }) => [
        id,
        applicationId,
        message.channel.id,
        'MESSAGE',
        message.nestedLevel,
        '{}',
        now,
      ]),
    );
    await this.keys.remember(
      scope,
      'MESSAGE',
      started.map(({ key, message, id }) => ({
        key: key === '' ? undefined : key,
        subjectId: id,
        channelId: message.channel.id,
      })),
    );
    return new Map(started.map(({ key, id }) => [key, id]));
  }

  private async announce(
    { applicationId, jobId, now }: ImportScope,
    planned: readonly PlannedMessage[],
    ids: readonly number[],
  ): Promise<void> {
    const byChannel = new Map<number, number[]>();
    planned.forEach(({ channel }, index) => {
      const own = byChannel.get(channel.id);
      if (own) own.push(ids[index]!);
      else byChannel.set(channel.id, [ids[index]!]);
    });
    for (const [channelId, own] of byChannel)
      await this.events.append({
        applicationId,
        channelId,
        type: 'messages.imported',
        subjectId: jobId,
        payload: { isImported: true, firstId: own[0], lastId: own.at(-1), count: own.length },
        createdTime: now,
      });
  }
}

function linksIn(body: string | undefined): string | null {
  if (body === undefined) return null;
  const links = findLinks(body);
  return links.length > 0 ? JSON.stringify(links) : null;
}

function fileOf({ url, name, contentType, size }: NonNullable<MessageImport['file']>): string {
  return JSON.stringify({ type: 'EXTERNAL', url, name, contentType, size });
}
