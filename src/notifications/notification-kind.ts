import { StoredMention } from '../messages/message.rows.js';

/** Why somebody is told of a message. */
export type NotificationKind = 'SENT' | 'REPLIED_TO' | 'MENTIONED_USER' | 'MENTIONED_CHANNEL';

/** A body can name thousands of channels; no more than these are looked up. */
export const MENTIONED_CHANNELS_MAX = 50;

/** Who is mentioned and answered in a message. */
export interface Addressees {
  /** Null when the system speaks, which neither mentions nor replies. */
  senderId: number | null;
  /** The author of the message that this one answers. */
  parentAuthorId: number | null;
  mentionedUserIds: ReadonlySet<number>;
  /** In the order in which they are mentioned. */
  mentionedChannelIds: readonly number[];
}

/** What a message is to one member: the first that is true of their own name, a channel of theirs, a reply, a message. */
export function kindFor(
  userId: number,
  { senderId, parentAuthorId, mentionedUserIds, mentionedChannelIds }: Addressees,
  isMemberOf: (channelId: number) => boolean,
): { kind: NotificationKind; mentionedChannelId: number | null } {
  const plain = { mentionedChannelId: null };
  if (senderId === null) return { kind: 'SENT', ...plain };
  if (mentionedUserIds.has(userId)) return { kind: 'MENTIONED_USER', ...plain };
  const mentionedChannelId = mentionedChannelIds.find(isMemberOf);
  if (mentionedChannelId !== undefined) return { kind: 'MENTIONED_CHANNEL', mentionedChannelId };
  return { kind: parentAuthorId === userId ? 'REPLIED_TO' : 'SENT', ...plain };
}

/** The mentions of a message as it is stored. */
export function mentionedIn(mentions: string | null): Pick<Addressees, 'mentionedUserIds' | 'mentionedChannelIds'> {
  const stored = mentions === null ? [] : (JSON.parse(mentions) as StoredMention[]);
  const ids = (type: StoredMention['type']) => stored.filter((mention) => mention.type === type).map(({ id }) => id);
  return {
    mentionedUserIds: new Set(ids('USER')),
    mentionedChannelIds: [...new Set(ids('CHANNEL'))].slice(0, MENTIONED_CHANNELS_MAX),
  };
}
