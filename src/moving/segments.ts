import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Injectable } from '@nestjs/common';
import { FileStorage } from '../storage/file-storage.js';
import { MoveRow } from './moves.repository.js';
import { SourceMessage } from './source.resources.js';

/** What a segment has, whichever comes first. */
const MESSAGES = 1_000;
const LENGTH = 2 * 1_048_576;

/** Messages of one channel, newest first, as many as are written at once. */
export class Segment {
  readonly messages: SourceMessage[] = [];
  private length = 0;

  add(messages: readonly SourceMessage[]): void {
    for (const message of messages) {
      this.messages.push(withoutTheRest(message));
      this.length += (message.body?.length ?? 0) + JSON.stringify(message.properties ?? {}).length;
    }
  }

  get isFull(): boolean {
    return this.messages.length >= MESSAGES || this.length >= LENGTH;
  }
}

/**
 * Keeps the messages of channels between reading and writing. The API lists them newest first, and they are written
 * oldest first, so what does not fit into memory goes to storage on its way.
 */
@Injectable()
export class Segments {
  constructor(private readonly storage: FileStorage) {}

  write(move: MoveRow, channelId: number, number: number, { messages }: Segment): Promise<void> {
    const content = Buffer.from(JSON.stringify(messages));
    return this.storage.write(keyOf(move, channelId, number), Readable.from([content]), 'application/json');
  }

  /** Undefined if it is not there: storage is another than it was. */
  async read(move: MoveRow, channelId: number, number: number): Promise<SourceMessage[] | undefined> {
    const key = keyOf(move, channelId, number);
    if ((await this.storage.size(key)) === undefined) return undefined;
    return JSON.parse((await buffer(await this.storage.read(key))).toString()) as SourceMessage[];
  }

  delete(move: MoveRow, channelId: number, number: number): Promise<void> {
    return this.storage.delete(keyOf(move, channelId, number));
  }

  /** Deletes what a process has left that was killed between two steps. */
  async deleteAll({ application_id, id }: MoveRow): Promise<void> {
    for await (const { key } of this.storage.list(`moves/${application_id}/${id}`)) await this.storage.delete(key);
  }
}

/** What is copied of a message: links, mentions and the rest may be larger than that. */
function withoutTheRest(message: SourceMessage): SourceMessage {
  const { id, type, channelId, createdTime, lastEditedTime, groupTag, nestedLevel, repliesCount } = message;
  const { body, file, user, properties } = message;
  return {
    id,
    type,
    channelId,
    createdTime,
    ...(lastEditedTime !== undefined && { lastEditedTime }),
    ...(groupTag !== undefined && { groupTag }),
    ...(nestedLevel !== undefined && { nestedLevel }),
    ...(repliesCount !== undefined && { repliesCount }),
    ...(body !== undefined && { body }),
    ...(file && { file }),
    ...(user && { user }),
    ...(properties && { properties }),
  };
}

const keyOf = ({ application_id, id }: MoveRow, channelId: number, number: number): string =>
  `moves/${application_id}/${id}/${channelId}/${number}`;
