import { pictureAt } from '../imports/import.resource.js';
import { SourceChannel, SourceFile, SourceMessage, SourceUser } from './source.resources.js';

/** Names what has been copied, by its kind and the id that the other server has for it. */
export type Naming = (kind: 'user' | 'channel' | 'message', remoteId: number) => string;

/** Keys of one move are no other's. */
export const namingOf =
  (moveId: number): Naming =>
  (kind, remoteId) =>
    `move-${moveId}-${kind}-${remoteId}`;

type Item = Record<string, unknown>;

export function userItem(user: SourceUser, key: Naming): Item {
  const { id, type, name, displayName, displayPictureUrl: url, isGuest = false, presence, properties } = user;
  return defined({
    kind: 'USER',
    idempotencyKey: key('user', id),
    type,
    name,
    displayName,
    displayPicture: url === undefined || isGenerated(url) ? undefined : pictureAt(url),
    isGuest,
    presence: presence?.status === undefined ? undefined : { status: presence.status },
    properties,
  });
}

/** Somebody who has been deleted, and wrote something before. */
export const deletedUserItem = (user: SourceUser, key: Naming): Item => ({ ...userItem(user, key), isDeleted: true });

/** `members` are the names of the people in a direct channel. */
export function channelItem(channel: SourceChannel, members: readonly string[], key: Naming): Item {
  const { id, type, name, displayName, createdTime, creator, properties } = channel;
  return defined({
    kind: 'CHANNEL',
    idempotencyKey: key('channel', id),
    type,
    ...(type === 'DIRECT'
      ? { members: [...members], ...(members.length < 2 && { hasDeletedMembers: true }) }
      : { name, displayName }),
    creatorKey: creator && key('user', creator.id),
    createdTime,
    properties,
  });
}

export const memberItem = (
  channelId: number,
  member: { username: string; createdTime: string; isModerator: boolean },
  key: Naming,
): Item => ({
  kind: 'MEMBER',
  channelKey: key('channel', channelId),
  username: member.username,
  createdTime: member.createdTime,
  isModerator: member.isModerator,
});

/** `parentId` is the message that a reply answers, if the other server tells. */
export function messageItem(message: SourceMessage, parentId: number | undefined, key: Naming): Item {
  const { id, type, channelId, body, file, user, groupTag, createdTime, lastEditedTime, properties } = message;
  const { nestedLevel = 0 } = message;
  return defined({
    kind: 'MESSAGE',
    idempotencyKey: key('message', id),
    channelKey: key('channel', channelId),
    type,
    userKey: user && key('user', user.id),
    body,
    file: file && fileItem(file),
    parentKey: parentId === undefined ? undefined : key('message', parentId),
    // Where its message does not exist any more, or could not be copied, the reply keeps its level.
    orphanLevel: nestedLevel > 0 ? nestedLevel : undefined,
    groupTag,
    createdTime,
    lastEditedTime,
    properties,
  });
}

const fileItem = ({ url, name, contentType, size }: SourceFile): Item => ({ url, name, contentType, size });

/** Whoever has no picture gets one made of their name, here as there. */
export function isGenerated(url: string): boolean {
  return /^\/(v1\/)?picture\//.test(pathOf(url));
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

/** The id at the end of a link. */
export function idInLink(href: string | undefined): number | undefined {
  const id = Number(/\/([0-9]+)$/.exec(href ?? '')?.[1] ?? NaN);
  return Number.isSafeInteger(id) ? id : undefined;
}

/** What is absent there is absent here. */
function defined(item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined && value !== null));
}
