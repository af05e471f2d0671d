import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eachTerm, foldCase, IndexedMessage, termsSought } from './terms.js';

const message = (body: string) => ({ id: 1, application_id: 1, channel_id: 2, user_id: 3, body });
const termsOf = (of: IndexedMessage) => {
  const terms = new Set<string>();
  eachTerm(of, (term) => terms.add(term));
  return terms;
};

describe('terms of texts', () => {
  it('hold whatever is looked for, in all messages that contain it', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(text, text, text, (before, part, after) => {
        const terms = termsOf(message(before + part.toUpperCase() + after));
        const sought = termsSought({ applicationId: 1, text: part.toUpperCase() });
        expect(sought.length).toBeGreaterThan(0);
        expect(sought.filter((term) => !terms.has(term))).toEqual([]);
      }),
    );
  });

  it('are words for every engine', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (body) => {
        for (const term of termsOf(message(body))) expect(term).toMatch(/^([a-z0-9_]{1,15}|[CU][a-z0-9]{1,11})$/);
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
    const terms = termsOf(message('o'));
    const sought = (channelId: number) => termsSought({ applicationId: 1, channelId, senderId: 3, text: 'o' });
    expect(sought(2)).toEqual(['o', 'C2', 'U3']);
    expect([...terms]).toEqual(expect.arrayContaining(sought(2)));
    expect([...terms]).not.toContain(sought(3)[1]);
  });

  it.each([
    ['Bananas', ['ban', 'ana', 'nan', 'nas']],
    ['ab', ['ab']],
    // Of Japanese, two characters are enough.
    ['天気a b', ['x0hm1x0lcn', 'x0lcna', 'a_b']],
  ])('are the longest runs of a text, each once: %s', (text, runs) => {
    expect(termsSought({ applicationId: 1, text })).toEqual(runs);
  });

  it('are a few of a long text', () => {
    const text = Array.from({ length: 100 }, (_, n) => n).join(' ');
    expect(termsSought({ applicationId: 1, text })).toHaveLength(12);
  });
});
