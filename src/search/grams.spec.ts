import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldCase, traitsOf, wordOf, wordsOf } from './grams.js';

const message = (body: string) => ({ id: 1, application_id: 1, channel_id: 2, user_id: 3, body });

describe('words of texts', () => {
  it('hold whatever is looked for, in all messages that contain it', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(text, text, text, (before, part, after) => {
        const words = wordsOf(message(before + part.toUpperCase() + after), '1').split(' ');
        for (const trait of traitsOf({ applicationId: 1, text: part.toUpperCase() })) {
          const word = wordOf(trait, '1');
          expect(words.some((held) => (trait.isPrefix ? held.startsWith(word) : held === word))).toBe(true);
        }
      }),
    );
  });

  it('are words for every engine', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (body) => {
        for (const word of wordsOf(message(body), 'a_1').split(' ')) expect(word).toMatch(/^[a-z0-9_]{3,84}$/);
      }),
    );
  });

  it('are the same for all cases of a character', () => {
    const single = (text: string) => [...text].length === 1;
    const wrong: string[] = [];
    for (let code = 1; code < 0x11_0000; code++) {
      const character = String.fromCodePoint(code);
      for (const spelling of [character.toLowerCase(), character.toUpperCase()])
        if (single(spelling) && foldCase(spelling) !== foldCase(character)) wrong.push(character);
    }
    expect(wrong).toEqual([]);
  });

  it('name the channel and the sender', () => {
    const words = wordsOf(message('o'), '1').split(' ');
    const sought = (channelId: number) =>
      traitsOf({ applicationId: 1, channelId, senderId: 3, text: 'o' }).map((trait) => wordOf(trait, '1'));
    expect(sought(2)).toEqual(['g1_o', 'c1_2', 'u1_3']);
    expect(words).toEqual(expect.arrayContaining(sought(2)));
    expect(words).not.toContain(sought(3)[1]);
  });

  it('are all runs of a text, each once', () => {
    const runs = traitsOf({ applicationId: 1, text: 'Bananas' }).map(({ name }) => name);
    expect(runs).toEqual(['ban', 'ana', 'nan', 'nas']);
  });
});
