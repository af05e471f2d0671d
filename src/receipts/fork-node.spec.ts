import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { forkNode, nodesOf } from './fork-node.js';

const id = () => fc.oneof(fc.integer({ min: 0, max: 200 }), fc.maxSafeNat());

describe('the node of a range of ids', () => {
  it('lies within it', () => {
    fc.assert(
      fc.property(id(), id(), (a, b) => {
        fc.pre(a !== b);
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const node = forkNode(from, to);
        expect(node).toBeGreaterThan(from);
        expect(node).toBeLessThanOrEqual(to);
      }),
    );
  });

  it('is among the nodes of every id in the range, on the side that it lies on', () => {
    fc.assert(
      fc.property(id(), id(), id(), (a, b, c) => {
        const [from, inside, to] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
        fc.pre(from < inside);
        const node = forkNode(from, to);
        const { upTo, above } = nodesOf(inside);
        expect((node <= inside ? upTo : above).includes(node)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is one of few, each named once', () => {
    fc.assert(
      fc.property(id(), (inside) => {
        const { upTo, above } = nodesOf(inside);
        expect(upTo.length + above.length).toBeLessThanOrEqual(53);
        expect(new Set([...upTo, ...above]).size).toBe(upTo.length + above.length);
        expect(upTo.every((node) => node <= inside)).toBe(true);
        expect(above.every((node) => node > inside)).toBe(true);
      }),
    );
  });

  it('of ranges that hold nothing does not exist', () => {
    expect(() => forkNode(5, 5)).toThrow(RangeError);
    expect(() => forkNode(6, 5)).toThrow(RangeError);
  });
});
