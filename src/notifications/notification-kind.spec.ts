import { describe, expect, it } from '@jest/globals';
import { Addressees, kindFor, MENTIONED_CHANNELS_MAX, mentionedIn } from './notification-kind.js';

const plain: Addressees = {
  senderId: 1,
  parentAuthorId: null,
  mentionedUserIds: new Set(),
  mentionedChannelIds: [],
};
const everywhere = () => true;
const nowhere = () => false;

describe('what a message is to a member', () => {
  it('is a message, a reply to theirs, or one that mentions them', () => {
    expect(kindFor(2, plain, nowhere)).toEqual({ kind: 'SENT', mentionedChannelId: null });
    const reply = { ...plain, parentAuthorId: 2 };
    expect([2, 3].map((id) => kindFor(id, reply, nowhere).kind)).toEqual(['REPLIED_TO', 'SENT']);
    const mention = { ...plain, mentionedUserIds: new Set([2]) };
    expect([2, 3].map((id) => kindFor(id, mention, nowhere).kind)).toEqual(['MENTIONED_USER', 'SENT']);
  });

  it('is about the first mentioned channel that they are a member of', () => {
    const mention = { ...plain, mentionedChannelIds: [7, 8, 9] };
    expect(kindFor(2, mention, (id) => id > 7)).toEqual({ kind: 'MENTIONED_CHANNEL', mentionedChannelId: 8 });
    expect(kindFor(2, mention, nowhere)).toEqual({ kind: 'SENT', mentionedChannelId: null });
  });

  it('is the nearest of several: their name, their channel, their message', () => {
    const all = { senderId: 1, parentAuthorId: 2, mentionedUserIds: new Set([2]), mentionedChannelIds: [7] };
    expect(kindFor(2, all, everywhere)).toEqual({ kind: 'MENTIONED_USER', mentionedChannelId: null });
    expect(kindFor(2, { ...all, mentionedUserIds: new Set() }, everywhere).kind).toBe('MENTIONED_CHANNEL');
    expect(kindFor(2, { ...all, mentionedUserIds: new Set() }, nowhere).kind).toBe('REPLIED_TO');
  });

  it('is a message when the system says it', () => {
    const all = { senderId: null, parentAuthorId: 2, mentionedUserIds: new Set([2]), mentionedChannelIds: [7] };
    expect(kindFor(2, all, everywhere)).toEqual({ kind: 'SENT', mentionedChannelId: null });
  });
});

describe('the mentions of a message', () => {
  const mention = (type: 'USER' | 'CHANNEL', id: number) => ({ type, id, tag: '', startPosition: 0, endPosition: 1 });

  it('are none, or each once in their order', () => {
    expect(mentionedIn(null)).toEqual({ mentionedUserIds: new Set(), mentionedChannelIds: [] });
    const stored = [mention('CHANNEL', 9), mention('USER', 1), mention('CHANNEL', 3), mention('CHANNEL', 9)];
    expect(mentionedIn(JSON.stringify(stored))).toEqual({
      mentionedUserIds: new Set([1]),
      mentionedChannelIds: [9, 3],
    });
  });

  it('are not more channels than can be looked up', () => {
    const stored = Array.from({ length: 1_000 }, (_, index) => mention('CHANNEL', index + 1));
    const { mentionedChannelIds } = mentionedIn(JSON.stringify(stored));
    expect(mentionedChannelIds).toHaveLength(MENTIONED_CHANNELS_MAX);
    expect(mentionedChannelIds[0]).toBe(1);
  });
});
