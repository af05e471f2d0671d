import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inParts } from './parts.js';

async function partsOf(chunks: Uint8Array[], size: number): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for await (const part of inParts(Readable.from(chunks), size)) parts.push(part);
  return parts;
}

describe('bytes in parts', () => {
  it('are the same bytes, in parts of the size that was asked for', async () => {
    const chunk = fc.uint8Array({ minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 20 }), fc.integer({ min: 1, max: 30 }), async (chunks, size) => {
        const parts = await partsOf(chunks, size);
        expect(Buffer.concat(parts)).toEqual(Buffer.concat(chunks));
        for (const part of parts.slice(0, -1)) expect(part.length).toBe(size);
        const last = parts.at(-1);
        if (last) expect(last.length > 0 && last.length <= size).toBe(true);
      }),
    );
  });

  it('are no parts when there are none', async () => {
    expect(await partsOf([], 8)).toEqual([]);
  });
});
