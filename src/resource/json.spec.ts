import { describe, expect, it } from '@jest/globals';
import { isCleanJson, isCleanText, isJsonObject, mergePatch } from './json.js';

describe('mergePatch', () => {
  // The examples of RFC 7396, appendix A.
  it.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('makes of %s with %s %s', (target, patch, merged) => {
    expect(JSON.stringify(mergePatch(JSON.parse(target), JSON.parse(patch)))).toBe(merged);
  });

  it('leaves what it was given as it was', () => {
    const target = { a: { b: 1 } };
    const patch = { a: { c: 2 } };
    expect(mergePatch(target, patch)).toEqual({ a: { b: 1, c: 2 } });
    expect([target, patch]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
  });

  it('keeps keys that prototypes have as what they are: keys', () => {
    const merged = mergePatch({}, { toString: { a: 1 }, constructor: 'x' });
    expect(JSON.stringify(merged)).toBe('{"toString":{"a":1},"constructor":"x"}');
  });
});

describe('what can be stored and sent anywhere', () => {
  it.each(['', 'plain', 'é', '😀', '\n\t', '\uFFFD', '\u2028'])('includes the text %j', (text) => {
    expect(isCleanText(text)).toBe(true);
  });

  it.each(['\0', 'a\0b', '\uD83D', '\uDE00', '\uDE00\uD83D'])('excludes the text %j', (text) => {
    expect(isCleanText(text)).toBe(false);
    expect(isCleanJson({ a: [{ b: text }] })).toBe(false);
    expect(isCleanJson({ a: { [text]: 1 } })).toBe(false);
  });

  it.each([null, true, 0, -1.5e300, 'text', [], {}, { a: [null, { b: false }] }])('includes %j', (value) => {
    expect(isCleanJson(value)).toBe(true);
  });

  it('excludes numbers that would come back as null', () => {
    expect(isCleanJson(JSON.parse('{"n":[1e400]}'))).toBe(false);
  });
});

describe('a JSON object', () => {
  it('is neither null nor a list nor a scalar', () => {
    expect([{}, { a: 1 }].map(isJsonObject)).toEqual([true, true]);
    expect([null, undefined, [], 'a', 1, true].map(isJsonObject)).toEqual([false, false, false, false, false, false]);
  });
});
