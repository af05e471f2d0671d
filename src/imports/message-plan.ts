import { Problem } from '../errors/error-codes.js';
import { MessageImport } from './import.resource.js';
import { Imported } from './import-keys.repository.js';
import { ImportChannel, ImportThread } from './import-lookup.js';
import { problem } from './import-kind.js';

/** A message to be written, with what it refers to. */
export interface PlannedMessage {
  item: MessageImport;
  channel: ImportChannel;
  senderId: number | null;
  /** Where it goes: the channel itself, a thread that is there, or the replies to a message of the same batch. */
  place: { threadId: number } | { parent: PlannedMessage } | { orphanOf: string | undefined };
  nestedLevel: number;
}

/** What the messages of a batch refer to. */
export interface MessageReferences {
  channelKeys: ReadonlyMap<string, Imported>;
  channels: ReadonlyMap<number, ImportChannel>;
  users: ReadonlyMap<string, number>;
  userKeys: ReadonlyMap<string, Imported>;
  parentKeys: ReadonlyMap<string, Imported>;
  threads: ReadonlyMap<number, ImportThread>;
  /** Messages of the batch before this one, by their keys. */
  siblings: ReadonlyMap<string, PlannedMessage>;
}

/** What a dry run takes a channel, or a thread, for that the file itself brings. */
const UNSEEN: ImportChannel = { id: 0, type: '', main_thread_id: 0 };

/** What the item means, or all that is wrong with it. Who has left a channel may have written in it. */
export function planMessage(item: MessageImport, references: MessageReferences): PlannedMessage | Problem[] {
  const problems: Problem[] = [];
  const channel = channelOf(item, references, problems);
  const senderId = senderOf(item, references, problems);
  const place = channel && placeOf(item, channel, references, problems);
  if (!channel || !place || problems.length > 0) return problems;
  return { item, channel, senderId, ...place };
}

function channelOf(
  { channelId, channelKey }: MessageImport,
  { channels, channelKeys }: MessageReferences,
  problems: Problem[],
): ImportChannel | undefined {
  if (channelId === undefined && channelKey === undefined) {
    problems.push(problem('Message', 'channelId', 'missing_field', 'is required'));
    return undefined;
  }
  const id = channelId ?? channelKeys.get(channelKey!)?.subjectId;
  const channel = id === 0 ? UNSEEN : id === undefined ? undefined : channels.get(id);
  if (!channel)
    problems.push(
      channelId === undefined
        ? problem('Channel', 'channelKey', 'missing', `${channelKey} is the key of no imported channel`)
        : problem(
            'Channel',
            'channelId',
            'missing',
            `refers to a channel with the id ${channelId}, which does not exist`,
          ),
    );
  return channel;
}

function senderOf(
  { type, user, userKey }: MessageImport,
  { users, userKeys }: MessageReferences,
  problems: Problem[],
): number | null {
  if (type === 'SYSTEM_TEXT' || type === 'SYSTEM_FILE') return null;
  if (user === undefined && userKey === undefined) {
    problems.push(problem('Message', 'user', 'missing_field', 'is required'));
    return null;
  }
  const id = user === undefined ? userKeys.get(userKey!)?.subjectId : users.get(user);
  if (id !== undefined) return id;
  problems.push(
    user === undefined
      ? problem('User', 'userKey', 'missing', `${userKey} is the key of no imported user`)
      : problem('User', 'user', 'missing', `refers to a user with the name ${user}, who does not exist`),
  );
  return null;
}

type Place = Pick<PlannedMessage, 'place' | 'nestedLevel'>;

function placeOf(
  item: MessageImport,
  channel: ImportChannel,
  { parentKeys, threads, siblings }: MessageReferences,
  problems: Problem[],
): Place | undefined {
  const { threadId, parentKey, orphanLevel } = item;
  const refuse = (field: string, message: string) => {
    problems.push(problem('Thread', field, 'missing', message));
    return undefined;
  };
  if (threadId === undefined && parentKey === undefined)
    return orphanLevel === undefined
      ? { place: { threadId: channel.main_thread_id }, nestedLevel: 0 }
      : { place: { orphanOf: undefined }, nestedLevel: orphanLevel };
  if (threadId === undefined) {
    const sibling = siblings.get(parentKey!);
    if (sibling?.channel.id === channel.id) return { place: { parent: sibling }, nestedLevel: sibling.nestedLevel + 1 };
  }
  const id = threadId ?? parentKeys.get(parentKey!)?.subjectId;
  // In a dry run the message that is answered has no id, and nobody knows its level.
  if (id === 0) return { place: { threadId: 0 }, nestedLevel: 1 };
  const thread = id === undefined ? undefined : threads.get(id);
  if (thread?.channel_id === channel.id) return { place: { threadId: thread.id }, nestedLevel: thread.nested_level };
  if (threadId !== undefined)
    return refuse('threadId', `refers to a thread with the id ${threadId}, which is not in this channel`);
  if (orphanLevel !== undefined) return { place: { orphanOf: parentKey }, nestedLevel: orphanLevel };
  return refuse('parentKey', `${parentKey} is the key of no message imported into this channel before`);
}
