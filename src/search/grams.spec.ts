import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldCase, searchedWords, wordsOf } from './grams.js';

const message = (body: string) => ({ id: 1, application_id: 1, channel_id: 2, user_id: 3, body });

describe('words of texts', () => {
  it('hold whatever is looked for, in all messages that contain it', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(text, text, text, (before, part, after) => {
        const words = wordsOf(message(before + part.toUpperCase() + after), '1').split(' ');
        for (const { word, isPrefix } of searchedWords({ applicationId: 1, text: part.toUpperCase() }, '1'))
          expect(words.some((held) => (isPrefix ? held.startsWith(word) : held === word))).toBe(true);
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
    const words = wordsOf(message('x'), '1').split(' ');
    const searched = searchedWords({ applicationId: 1, channelId: 2, senderId: 3, text: 'x' }, '1');
    expect(searched.map(({ word }) => word).every((word) => words.includes(word))).toBe(true);
    expect(words).not.toContain(searchedWords({ applicationId: 1, channelId: 3, text: 'x' }, '1')[1]!.word);
  });
});
