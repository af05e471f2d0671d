import { describe, expect, it } from '@jest/globals';
import { readOfAnyKind } from '../imports/read-item.js';
import { channelItem, deletedUserItem, idInLink, memberItem, messageItem, namingOf, userItem } from './source-items.js';

const key = namingOf(3);
const ada = { id: 7, name: 'ada', displayName: 'Ada', displayPictureUrl: 'https://api.example.org/v1/picture/Ada' };

/** As imports read it, which refuse what they do not know. */
function read(item: Record<string, unknown>): object {
  const { problems, item: value } = readOfAnyKind(0, item);
  expect(problems).toEqual([]);
  return { ...value };
}

describe('what the other server tells, as items of an import', () => {
  it('users', () => {
    const user = {
      ...ada,
      type: 'BOT',
      isGuest: true,
      presence: { online: true, status: 'AWAY' },
      properties: { a: 1 },
    };
    expect(read(userItem(user, key))).toMatchObject({
      idempotencyKey: 'move-3-user-7',
      type: 'BOT',
      name: 'ada',
      displayName: 'Ada',
      isGuest: true,
      presence: { status: 'AWAY' },
      properties: { a: 1 },
    });
    expect(userItem(user, key)).not.toHaveProperty('displayPicture');
    const url = 'https://files.example.org/me.png';
    expect(read(userItem({ ...ada, displayPictureUrl: url }, key))).toMatchObject({ displayPicture: { url } });
    expect(read(deletedUserItem(ada, key))).toMatchObject({ isDeleted: true });
  });

  it('channels', () => {
    const base = { id: 5, createdTime: '2026-04-01T10:00:00Z', creator: ada, properties: {} };
    const group = { ...base, type: 'PRIVATE', name: 'plans', displayName: 'Plans' };
    expect(read(channelItem(group, [], key))).toMatchObject({ name: 'plans', creatorKey: 'move-3-user-7' });
    const direct = { ...base, type: 'DIRECT', members: [ada] };
    expect(read(channelItem(direct, ['ada', 'bob'], key))).toMatchObject({ members: ['ada', 'bob'] });
    expect(channelItem(direct, ['ada', 'bob'], key)).not.toHaveProperty('hasDeletedMembers');
    expect(read(channelItem(direct, ['ada'], key))).toMatchObject({ hasDeletedMembers: true });
  });

  it('members', () => {
    const member = { username: 'ada', createdTime: '2026-04-01T10:00:00Z', isModerator: true };
    expect(read(memberItem(5, member, key))).toMatchObject({ channelKey: 'move-3-channel-5', isModerator: true });
  });

  it('messages', () => {
    const base = { id: 9, channelId: 5, createdTime: '2026-04-01T10:00:00Z', properties: {} };
    const reply = { ...base, type: 'TEXT', body: 'Gladly', user: ada, nestedLevel: 2 };
    expect(read(messageItem(reply, 8, key))).toMatchObject({
      channelKey: 'move-3-channel-5',
      userKey: 'move-3-user-7',
      parentKey: 'move-3-message-8',
      orphanLevel: 2,
    });
    expect(messageItem(reply, undefined, key)).not.toHaveProperty('parentKey');
    expect(
      messageItem({ ...base, type: 'SYSTEM_TEXT', body: 'Hi', nestedLevel: 0 }, undefined, key),
    ).not.toHaveProperty('orphanLevel');
    const file = { type: 'HOSTED', url: 'https://files.example.org/f', name: 'f', contentType: 'a/b', size: 1 };
    const sent = { ...base, type: 'SYSTEM_FILE', file };
    expect(read(messageItem(sent, undefined, key))).toMatchObject({ file: { url: file.url, size: 1 } });
  });

  it('knows the id at the end of a link', () => {
    expect(idInLink('https://api.example.org/v1/applications/1/users/42')).toBe(42);
    for (const href of [undefined, 'https://api.example.org/v1/users/', 'https://api.example.org/9999999999999999999'])
      expect(idInLink(href)).toBeUndefined();
  });
});
