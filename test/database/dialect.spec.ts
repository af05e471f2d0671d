import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { Database } from '../../src/database/database.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { isCleanJson } from '../../src/resource/json.js';
import { connect, databaseOn } from '../support/data-source.js';

/** What containment means, said in plain TypeScript. */
function contains(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return Array.isArray(actual) && wanted.every((part) => actual.some((element) => contains(element, part)));
  if (!isObject(wanted)) return actual === wanted;
  return (
    isObject(actual) &&
    Object.entries(wanted).every(([key, part]) => Object.hasOwn(actual, key) && contains(actual[key], part))
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

describe('the dialect', () => {
  let dataSource: DataSource;
  let database: Database;
  beforeAll(async () => {
    dataSource = await connect();
    database = databaseOn(dataSource);
    const column = isMysql ? 'TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' : 'TEXT';
    await database.execute(`CREATE TABLE texts (id INTEGER PRIMARY KEY, content ${column})`);
    await database.execute("INSERT INTO texts (id, content) VALUES (1, '')");
  });
  afterAll(() => dataSource.destroy());

  const holds = async (content: string, { sql, parameters }: { sql: string; parameters: never[] }) => {
    await database.execute('UPDATE texts SET content = ?', [content]);
    const found = await database.query(`SELECT id FROM texts t WHERE ${sql}`, parameters);
    return found.length === 1;
  };
  /** In one unit, since nothing has to be kept. */
  const assert = <Values>(property: fc.IAsyncPropertyWithHooks<Values>) =>
    new UnitOfWork(database).run(() => fc.assert(property, { numRuns: 1000 }));
  const containsInDatabase = (actual: unknown, wanted: unknown) =>
    holds(JSON.stringify(actual), database.dialect.contains('t.content', wanted) as never);

  it.each([
    [{ a: 1 }, {}],
    [{}, {}],
    [{ a: {} }, { a: {} }],
    [{ a: [] }, { a: [] }],
    [{ a: [] }, { a: {} }],
    [{ a: {} }, { a: [] }],
    [{ a: 1 }, { a: 1 }],
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { a: '1' }],
    [{ a: '1' }, { a: 1 }],
    [{ a: 1 }, { a: true }],
    [{ a: true }, { a: 1 }],
    [{ a: true }, { a: true }],
    [{ a: true }, { a: false }],
    [{ a: 'true' }, { a: true }],
    [{ a: null }, { a: null }],
    [{}, { a: null }],
    [{ a: 'null' }, { a: null }],
    [{ a: 0 }, { a: null }],
    [{ a: 0 }, { a: false }],
    [{ a: '' }, { a: '' }],
    [{ a: 1.5 }, { a: 1.5 }],
    [{ a: 1e21 }, { a: 1e21 }],
    [{ a: 9007199254740991 }, { a: 9007199254740991 }],
    [{ a: 9007199254740991 }, { a: 9007199254740990 }],
    [{ a: 0.1 }, { a: 0.1 }],
    [{ a: 5e-324 }, { a: 5e-324 }],
    [{ a: 5e-324 }, { a: 0 }],
    [{ a: 1e-13 }, { a: 2e-13 }],
    [{ a: [0] }, { a: 0 }],
    [{ a: [5e-324] }, { a: [0] }],
    [{ a: -0.0 }, { a: 0 }],
    [{ a: 'Teal' }, { a: 'teal' }],
    [{ a: 'teal ' }, { a: 'teal' }],
    [{ a: 'é' }, { a: 'e' }],
    [{ a: 'é' }, { a: 'e\u0301' }],
    [{ a: '😀' }, { a: '😀' }],
    [{ A: 1 }, { a: 1 }],
    [{ 'a.b': 1 }, { 'a.b': 1 }],
    [{ a: { b: 1 } }, { 'a.b': 1 }],
    [{ 'a[0]': 1 }, { 'a[0]': 1 }],
    [{ a: [1] }, { 'a[0]': 1 }],
    [{ '': 1 }, { '': 1 }],
    [{ ' ': 1 }, { ' ': 1 }],
    [{ $: 1 }, { $: 1 }],
    [{ '*': 1 }, { '*': 1 }],
    [{ x: 1 }, { '*': 1 }],
    [{ '"': 1 }, { '"': 1 }],
    [{ '\\': 1 }, { '\\': 1 }],
    [{ 'a"b\\c/d\n': 1 }, { 'a"b\\c/d\n': 1 }],
    [{ ä: 1 }, { ä: 1 }],
    [{ '😀': 1 }, { '😀': 1 }],
    [{ a: 'a"b\\c/d\n\u0001' }, { a: 'a"b\\c/d\n\u0001' }],
    [{ a: { b: { c: [{ d: 1, e: 2 }] } } }, { a: { b: { c: [{ d: 1 }] } } }],
    [{ a: { b: { c: [{ d: 1, e: 2 }] } } }, { a: { b: { c: [{ d: 2 }] } } }],
    [{ a: [1, 2, 3] }, { a: [3, 1] }],
    [{ a: [1, 2, 3] }, { a: [4] }],
    [{ a: [1] }, { a: [1, 1] }],
    [{ a: [1] }, { a: 1 }],
    [{ a: 1 }, { a: [1] }],
    [{ a: [1, [2]] }, { a: [2] }],
    [{ a: [[1, 2]] }, { a: [[1]] }],
    [{ a: [[1, 2]] }, { a: [1] }],
    [{ a: [[1], [2]] }, { a: [[1, 2]] }],
    [{ a: [{ b: 1 }, { c: 2 }] }, { a: [{ b: 1, c: 2 }] }],
    [{ a: [{ b: 1 }, { c: 2 }] }, { a: [{ c: 2 }, { b: 1 }] }],
    [{ a: [{ b: 1 }] }, { a: { b: 1 } }],
    [{ a: [null] }, { a: [null] }],
    [{ a: [] }, { a: [null] }],
    [{ a: [true] }, { a: [1] }],
    [{ a: ['1'] }, { a: [1] }],
    [{ a: [{ b: [1] }] }, { a: [{ b: 1 }] }],
    [{ a: [{ b: [] }] }, { a: [{ b: {} }] }],
    [{ a: [[]] }, { a: [{}] }],
  ])('finds in %j what it contains of %j', async (actual, wanted) => {
    expect(await containsInDatabase(actual, wanted)).toBe(contains(actual, wanted));
  });

  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constantFrom(null, true, false, 0, 1, 2, -1, 1.5, '', 'a', 'A', '1', 'é', '"', '\\'),
      fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.maxSafeInteger(),
        fc.string({ unit: 'grapheme' }),
      ),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'A', 'a.b', '"', '\\', 'ä', ''), tie('value'), { maxKeys: 3 }),
    ),
  })).value;
  const objects = fc
    .dictionary(fc.constantFrom('a', 'b', 'c"'), value, { minKeys: 1, maxKeys: 3 })
    .map((object) => JSON.parse(JSON.stringify(object)) as Record<string, unknown>)
    .filter(isCleanJson);

  /** A part of the value: fewer keys, fewer elements, sometimes something else in one place. */
  const part = (actual: unknown): fc.Arbitrary<unknown> => {
    if (Array.isArray(actual)) return fc.subarray(actual).chain((some) => fc.tuple(...some.map(part)));
    if (isObject(actual))
      return fc
        .subarray(Object.keys(actual))
        .chain((keys) => fc.tuple(...keys.map((key) => part(actual[key]).map((some) => [key, some] as const))))
        .map((entries) => Object.fromEntries(entries));
    return fc.oneof({ weight: 9, arbitrary: fc.constant(actual) }, { weight: 1, arbitrary: value });
  };

  it('agrees with plain code about what any JSON contains', async () => {
    await assert(
      fc.asyncProperty(
        objects.chain((actual) => fc.tuple(fc.constant(actual), fc.oneof(part(actual), part(actual), objects))),
        async ([actual, wanted]) => {
          const clean = JSON.parse(JSON.stringify(wanted)) as unknown;
          expect(await containsInDatabase(actual, clean)).toBe(contains(actual, clean));
        },
      ),
    );
  });

  it.each([5.007867230730504e-16, 0.1 + 0.2, Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53 - 1, 1.7976931348623155e308])(
    'finds a number to its last digit: %d',
    async (number) => {
      expect(await containsInDatabase([{ a: number }], [{ a: number }])).toBe(true);
      expect(await containsInDatabase([{ a: number }], [{ a: number / 2 + 1 }])).toBe(false);
    },
  );

  const containsTextInDatabase = (content: string, text: string) =>
    holds(content, database.dialect.containsText('t.content', text) as never);

  it.each(['%', '_', '!', '\\', "'", '"', '*', '?', '[', ']', '[a]', '[^a]', '[a-z]', '!%', '\\%', '!!', '%%', '_b'])(
    'takes %s in a text as it is',
    async (text) => {
      expect(await containsTextInDatabase(`before ${text} after`, text)).toBe(true);
      expect(await containsTextInDatabase('ab 100 pct', text)).toBe(false);
    },
  );

  it('finds a text whatever its case, in every alphabet that has cases', async () => {
    for (const [content, text] of [
      ['Grüße aus ÅRHUS', 'århus'],
      ['ÉCOLE', 'école'],
      ['école', 'ÉCOLE'],
      ['ΑΘΗΝΑ', 'αθηνα'],
      ['МОСКВА', 'москва'],
      ['straße', 'STRAßE'],
      ['日本語', '本'],
      ['a😀b', 'A😀'],
    ] as const)
      expect([content, text, await containsTextInDatabase(content, text)]).toEqual([content, text, true]);
    expect(await containsTextInDatabase('école', 'ecole')).toBe(false);
  });

  it('agrees with plain code about which texts contain another', async () => {
    const character = fc.constantFrom(...'abABéÉжЖ %_!\\*?[]^-"\'\n😀');
    const text = fc.string({ unit: character, minLength: 1, maxLength: 4 });
    const content = fc.string({ unit: character, maxLength: 12 });
    await assert(
      fc.asyncProperty(content, text, async (around, within) => {
        const expected = around.toLowerCase().includes(within.toLowerCase());
        expect(await containsTextInDatabase(around, within)).toBe(expected);
      }),
    );
  });
});

const isMysql = process.env.DATABASE_URL!.startsWith('mysql:');
