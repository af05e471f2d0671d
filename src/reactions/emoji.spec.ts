import { describe, expect, it } from '@jest/globals';
import { gemoji } from 'gemoji';
import { describeEmoji, findEmoji, requireEmoji } from './emoji.js';

describe('emoji', () => {
  it.each(['thumbsup', '+1', ':thumbsup:', ':+1:', '👍', '👍\uFE0F'])('%s names one', (text) => {
    expect(findEmoji(text)).toMatchObject({ character: '👍', aliases: ['+1', 'thumbsup'], tags: ['approve', 'ok'] });
  });

  it('are known with and without the sign of a picture', () => {
    expect(findEmoji('❤')).toEqual(findEmoji('heart'));
    expect(findEmoji('❤️')).toEqual(findEmoji('heart'));
  });

  it('have a colour of skin', () => {
    expect(findEmoji('👍🏽')).toMatchObject({ character: '👍🏽', aliases: ['+1', 'thumbsup'] });
    expect(describeEmoji('👍🏽').description).toBe('thumbs up');
  });

  it('are all found again by what they are and what they are called', () => {
    for (const { emoji, names } of gemoji) {
      expect(findEmoji(emoji)?.character).toBe(emoji);
      expect(names.map((name) => findEmoji(name)?.character)).toEqual(names.map(() => emoji));
    }
  });

  it.each([undefined, 1, '', 'no-such', ':nothing:', '👍👍', '🏽', '👍🏽🏽', 'constructor', 'x'.repeat(9_999)])(
    '%j is none',
    (text) => {
      expect(() => requireEmoji(text)).toThrow('client error');
    },
  );
});
