import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ArrayInspection, itemsOf } from './import-file.js';
import { JsonItem } from './json-items.js';

const BOM = '\ufeff';

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function inspect(text: string | Buffer, size = 7): Promise<number> {
  const inspection = new ArrayInspection();
  const bytes = Buffer.from(text);
  const passed: Uint8Array[] = [];
  for await (const chunk of inspection.through(inChunks(bytes, size))) passed.push(chunk);
  expect(Buffer.concat(passed).equals(bytes)).toBe(true);
  return inspection.found.items;
}

async function read(bytes: Buffer, size: number, after?: { index: number; end: number }): Promise<JsonItem[]> {
  const items: JsonItem[] = [];
  for await (const some of itemsOf(inChunks(bytes, size), after)) items.push(...some);
  return items;
}

const refusalOf = (text: string | Buffer, size?: number): Promise<string> =>
  inspect(text, size).then(
    (items) => `accepted with ${items} items`,
    (error: Error & { details?: { explanation?: string } }) => error.details?.explanation ?? error.message,
  );

describe('a JSON array that arrives in pieces', () => {
  const anyArray = fc.array(fc.jsonValue(), { maxLength: 8 });
  const anySpace = fc.constantFrom('', ' ', '\n', '\t \r\n');

  it('has the items that it has for JSON.parse, whatever they are and wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(anyArray, anySpace, fc.constantFrom(0, 2), fc.integer({ min: 1, max: 40 }), async (...given) => {
        const [values, space, indent, size] = given;
        const text = `${space}[${space}${values.map((value) => JSON.stringify(value, null, indent)).join(`${space},${space}`)}${space}]${space}`;
        expect(await inspect(text, size)).toBe(values.length);
        const bytes = Buffer.from(text);
        const items = await read(bytes, size);
        expect(items.map((item) => JSON.parse(item.bytes!.toString()) as unknown)).toEqual(
          JSON.parse(JSON.stringify(values)),
        );
        expect(items.map(({ index }) => index)).toEqual(values.map((_, index) => index));
        for (const { index, end } of items) {
          const rest = await read(bytes.subarray(end), size, { index, end });
          expect(rest.map((item) => [item.index, item.end, item.bytes!.toString()])).toEqual(
            items.slice(index + 1).map((item) => [item.index, item.end, item.bytes!.toString()]),
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is accepted exactly if JSON.parse accepts it, when something in it is changed', async () => {
    const edit = fc.record({
      at: fc.nat(200),
      remove: fc.nat(2),
      insert: fc.constantFrom('', ',', '[', ']', '{', '}', '"', ':', '1', 'x', '\\', '\n'),
    });
    await fc.assert(
      fc.asyncProperty(anyArray, edit, fc.integer({ min: 1, max: 9 }), async (values, { at, remove, insert }, size) => {
        const whole = JSON.stringify(values);
        const from = at % (whole.length + 1);
        // No half of a pair: that would be another text in UTF-8.
        const text = (whole.slice(0, from) + insert + whole.slice(from + remove)).toWellFormed();
        let isArray = false;
        try {
          isArray = Array.isArray(JSON.parse(text));
        } catch {
          // It is none.
        }
        expect([text, (await refusalOf(text, size)).startsWith('accepted')]).toEqual([text, isArray]);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, string | Buffer, string]>([
    ['nothing', '', 'file is empty (line 1, position 1)'],
    ['space alone', ' \n ', 'file is empty (line 2, position 2)'],
    ['an object', '\n {"a":1}', 'file must be a JSON array (line 2, position 2)'],
    ['a text', '"[]"', 'file must be a JSON array (line 1, position 1)'],
    ['an array that ends half-way', '[{"a":1},\n{"b', 'file ends before the array does (line 2, position 4)'],
    ['an array without an end', '[1', 'file ends before the array does (line 1, position 3)'],
    ['a comma too many', '[1,]', 'file lacks an item here (line 1, position 4)'],
    ['a comma at the start', '[,1]', 'file lacks an item here (line 1, position 2)'],
    ['a comma too few', '[{"a":1}\n {"b":2}]', 'file lacks a comma between two items (line 2, position 2)'],
    ['two arrays', '[1]\n[2]', 'file goes on after the array has ended (line 2, position 1)'],
    ['bytes that are not UTF-8', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), 'file is not UTF-8 (line 1, position 2)'],
  ])('is refused when it is %s', async (_, text, message) => {
    expect(await refusalOf(text)).toBe(message);
  });

  it.each([
    ['[{"a":1},\n {"b":1,}]', 2, 9],
    ['[{"a":1},\n {"b":\n  tru}]', 3, 3],
    ['[1,\n2,\nnul]', 3, 1],
  ])('is refused where it is no JSON: %j', async (text, line, position) => {
    expect(await refusalOf(text)).toMatch(
      new RegExp(`^file is not valid JSON: .+ \\(line ${line}, position ${position}\\)$`),
    );
  });

  it('may begin with a byte order mark', async () => {
    expect(await inspect(`${BOM}[1]`)).toBe(1);
    expect((await read(Buffer.from(`${BOM}[1]`), 4))[0]!.bytes!.toString()).toBe('1');
  });

  it('may have items that are too large, which are checked but not held', async () => {
    const large = JSON.stringify({ a: 'x'.repeat(2_000_000), b: ['é'.repeat(10)] });
    const text = `[1,${large},2]`;
    expect(await inspect(text, 65_536)).toBe(3);
    const items = await read(Buffer.from(text), 65_536);
    expect(items.map(({ bytes }) => bytes?.toString())).toEqual(['1', undefined, '2']);
    expect(await refusalOf(`[1,\n${large.slice(0, -1)},},2]`, 65_536)).toMatch(
      /^file is not valid JSON: .+ \(line 2, /,
    );
  });
});
