import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findLinks, findMentions, LINKS_MAX, MENTIONS_MAX } from './message-text.js';

const BODY_MAX = 65_535;
const filled = (start: string, part: string) => (start + part.repeat(BODY_MAX)).slice(0, BODY_MAX);

describe('links in a body', () => {
  it('are found with positions that cut them out of the body', () => {
    const body = '🙂 see https://example.org/a?b=c and www.example.com, not a@b.example';
    const links = findLinks(body);
    expect(links.map(({ source }) => source)).toEqual(['https://example.org/a?b=c', 'http://www.example.com']);
    expect(links.map(({ startPosition, endPosition }) => body.slice(startPosition, endPosition))).toEqual([
      'https://example.org/a?b=c',
      'www.example.com',
    ]);
  });

  it.each([
    ['See https://example.org/a?b=c#d.', 'https://example.org/a?b=c#d', 'https://example.org/a?b=c#d'],
    ['(http://example.org)', 'http://example.org', 'http://example.org'],
    ['HTTP://EXAMPLE.ORG!', 'HTTP://EXAMPLE.ORG', 'HTTP://EXAMPLE.ORG'],
    ['example.com, perhaps', 'example.com', 'http://example.com'],
    ['😀 www.example.com/ß 😀', 'www.example.com/ß', 'http://www.example.com/ß'],
    ['http://localhost:3000/x', 'http://localhost:3000/x', 'http://localhost:3000/x'],
    ['http://192.168.0.1/x', 'http://192.168.0.1/x', 'http://192.168.0.1/x'],
    ['a|example.org/b|c', 'example.org/b|c', 'http://example.org/b|c'],
  ])('are one in %j', (body, text, source) => {
    const [link, ...others] = findLinks(body);
    expect(others).toEqual([]);
    expect(link!.source).toBe(source);
    expect(body.slice(link!.startPosition, link!.endPosition)).toBe(text);
  });

  it.each([
    '',
    'nothing',
    'Lorem ipsum. Dolor sit amet.',
    'Wait... what?',
    'e.g. this',
    '1.2.3',
    '127.0.0.1',
    'file.txt.',
    'mail ann@example.org',
    'mailto:ann@example.org',
    'ftp://example.org/file',
    '//example.org/x',
    'javascript://example.org/%0aalert(1)',
    'data:text/html,https',
    'https://',
  ])('are none in %j', (body) => {
    expect(findLinks(body)).toEqual([]);
  });

  it('come in their order, up to a limit', () => {
    const urls = Array.from({ length: LINKS_MAX + 1 }, (_, index) => `https://e.org/${index}`);
    expect(findLinks(urls.join(' ')).map(({ source }) => source)).toEqual(urls.slice(0, LINKS_MAX));
  });

  it('stand where they say, one behind the other, in any text', () => {
    const word = fc.oneof(
      fc.constantFrom('https://a.org', 'www.b.com/ü', 'c.net', 'http://', '//', '.', '|', '<@d>', '\n', '😀', '(', ')'),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), fc.constantFrom('', ' '), (words, between) => {
        const body = words.join(between);
        let end = 0;
        for (const link of findLinks(body)) {
          const text = body.slice(link.startPosition, link.endPosition);
          expect([text, `http://${text}`]).toContain(link.source);
          expect(link.source).toMatch(/^https?:\/\//i);
          expect(link.startPosition).toBeGreaterThanOrEqual(end);
          expect(link.endPosition).toBeGreaterThan(link.startPosition);
          end = link.endPosition;
        }
      }),
    );
  });
});

describe('mentions in a body', () => {
  it('name users and channels, with their place in UTF-16 units', () => {
    expect(findMentions('😀 <@ada> and <#general chat>, <@ada>')).toEqual([
      { type: 'USER', name: 'ada', tag: '<@ada>', startPosition: 3, endPosition: 9 },
      { type: 'CHANNEL', name: 'general chat', tag: '<#general chat>', startPosition: 14, endPosition: 29 },
      { type: 'USER', name: 'ada', tag: '<@ada>', startPosition: 31, endPosition: 37 },
    ]);
  });

  it.each(['', '@ada', '<@>', '<b>', '<ada>', '< @ada>', '<@ada', '<@a\nb>', `<@${'a'.repeat(256)}>`])(
    'are none in %j',
    (body) => {
      expect(findMentions(body)).toEqual([]);
    },
  );

  it('begin with the last sign that can open them', () => {
    expect(findMentions('<@<@ada>').map(({ tag }) => tag)).toEqual(['<@ada>']);
  });

  it('may be as long as a name', () => {
    const name = 'a'.repeat(255);
    expect(findMentions(`<@${name}>`).map((mention) => mention.name)).toEqual([name]);
  });

  it('are bounded in number', () => {
    expect(findMentions('<@ada>'.repeat(MENTIONS_MAX + 1))).toHaveLength(MENTIONS_MAX);
  });

  it('stand where they say, in any text', () => {
    const word = fc.oneof(fc.constantFrom('<@', '<#', '>', '<', 'ada', ' ', '😀'), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const body = words.join('');
        for (const { type, name, tag, startPosition, endPosition } of findMentions(body)) {
          expect(body.slice(startPosition, endPosition)).toBe(tag);
          expect(tag).toBe(`<${type === 'USER' ? '@' : '#'}${name}>`);
        }
      }),
    );
  });
});

describe('a hostile body of the greatest length', () => {
  it.each([
    ['', '.'],
    ['', 'a.'],
    ['', 'a.b\n'],
    ['', 'http://'],
    ['', 'http://a'],
    ['', 'www.'],
    ['', 'www.a.b'],
    ['', '1.2.3.4//'],
    ['', '1http://1.2.3.4/'],
    ['http://a.com/', '1.2.3.4///'],
    ['http://a.com/', 'a|'],
    ['', 'a|'],
    ['', 'a='],
    ['', 'a@'],
    ['', 'a@b.c'],
    ['', 'mailto:a'],
    ['http://a.com/', '('],
    ['http://a.com/', '[()]'],
    ['http://a.com/', "'a"],
    ['http://a.com/', '.a'],
    ['http://', '-'],
    ['http://', 'a:'],
    ['', 'xn--a.'],
    ['', `${'a'.repeat(63)}.`],
    ['', '<'],
    ['', '<@'],
    ['', `<@${'x'.repeat(255)}`],
    ['', '<@a<#b'],
    ['', '<@a>'],
    ['', 'example.com '],
  ])('of %j and many %j is read in little time', (start, part) => {
    const body = filled(start, part);
    const times = [1, 2, 3].map(() => {
      const before = performance.now();
      findLinks(body);
      findMentions(body);
      return performance.now() - before;
    });
    expect(Math.min(...times)).toBeLessThan(150);
  });
});
