import { describe, expect, it } from '@jest/globals';
import { findLinks, findMentions, LINKS_MAX, MENTIONS_MAX } from './message-text.js';

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

  it('are none in plain sentences, and none of other schemes', () => {
    expect(findLinks('Lorem ipsum. Dolor sit amet.')).toEqual([]);
    expect(findLinks('javascript://example.org mailto:a@example.org ftp://example.org')).toEqual([]);
  });

  it('are bounded in number', () => {
    expect(findLinks('https://example.org '.repeat(500))).toHaveLength(LINKS_MAX);
  });

  it.each([
    ['dots', 'a.'.repeat(32_767)],
    ['schemes', 'http://'.repeat(9_362)],
    ['hosts', 'www.a.b'.repeat(9_362)],
    ['brackets', `http://a.example/${'('.repeat(65_000)}`],
    ['at signs', 'a@'.repeat(32_767)],
  ])('are looked for in little time, even in 65,535 characters of %s', (_, body) => {
    const start = performance.now();
    findLinks(body);
    findMentions(body);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('mentions in a body', () => {
  it('are found with positions that cut them out of the body', () => {
    const body = '🙂 <@ada> and <#general talk>, <@> <b>';
    const mentions = findMentions(body);
    expect(mentions.map(({ type, name }) => [type, name])).toEqual([
      ['USER', 'ada'],
      ['CHANNEL', 'general talk'],
    ]);
    for (const { tag, startPosition, endPosition } of mentions)
      expect(body.slice(startPosition, endPosition)).toBe(tag);
  });

  it('are bounded in number', () => {
    expect(findMentions('<@ada>'.repeat(500))).toHaveLength(MENTIONS_MAX);
  });
});
