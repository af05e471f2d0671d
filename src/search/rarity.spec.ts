import { describe, expect, it } from '@jest/globals';
import { Database } from '../database/database.js';
import { IndexedMessage } from './grams.js';
import { Rarity } from './rarity.js';

/** A hundred messages: all by one user, most of them in one channel. */
const MESSAGES = Array.from({ length: 100 }, (_, n): IndexedMessage => ({
  id: n + 1,
  application_id: 1,
  channel_id: n < 90 ? 7 : 8,
  user_id: 9,
  body: n % 5 === 0 ? 'the boats wait' : 'the train leaves',
}));

function rarity(messages: readonly IndexedMessage[] = MESSAGES) {
  let asked = 0;
  const query = async () => {
    asked++;
    return messages;
  };
  const service = new Rarity({ query, dialect: { readBy: () => '' } } as unknown as Database);
  const choose = async (text: string, more: { channelId?: number; senderId?: number } = {}) => {
    const { traits, share } = await service.choose({ applicationId: 1, text, ...more });
    return { names: traits.map(({ kind, name }) => kind + name), share };
  };
  return { choose, asked: () => asked };
}

describe('what a search looks for', () => {
  it('is the rarest part of the text', async () => {
    const { choose } = rarity();
    expect((await choose('the boats')).names[0]).not.toBe('gthe');
    expect((await choose('the moat')).names.every((name) => ['ge_m', 'g_mo', 'gmoa'].includes(name))).toBe(true);
    expect((await choose('the')).share).toBe(1);
    expect((await choose('boat')).share).toBeCloseTo(0.2);
  });

  it('is not what nearly all messages have, besides', async () => {
    const { choose } = rarity();
    expect((await choose('zebra', { channelId: 7, senderId: 9 })).names).not.toContain('c7');
    expect((await choose('boat', { channelId: 8 })).names).toEqual(expect.arrayContaining(['c8', 'gboa']));
  });

  it('is something without any message to learn from', async () => {
    const { names, share } = await rarity([]).choose('a');
    expect(names).toEqual(['ga']);
    expect(share).toBeGreaterThan(0);
  });

  it('is learnt once', async () => {
    const { choose, asked } = rarity();
    await Promise.all([choose('one'), choose('two')]);
    await choose('three');
    expect(asked()).toBe(1);
  });
});
