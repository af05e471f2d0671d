import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import Libsql from 'libsql';
import { ClientError } from '../errors/api-error.js';
import { behind, decodePosition, encodePosition, orderBy, Position, reversed } from './keyset.js';
import { SortKey } from './sort.js';

const key = (column: string, descending = false): SortKey => ({ column, descending });
type Column = 'a' | 'b' | 'id';

/** Any order of these columns that ends in the unique one. */
const orders = fc
  .tuple(fc.subarray(['a', 'b']), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }))
  .map(([some, directions]) => [...some, 'id'].map((column, index) => key(column, directions[index])));
const values = fc.tuple(fc.option(fc.constantFrom('x', 'y', 'z', 'é', '')), fc.option(fc.integer({ min: -1, max: 2 })));

describe('what is behind a position', () => {
  let database: Libsql.Database;
  beforeAll(() => {
    database = new Libsql(':memory:');
    database.exec('CREATE TABLE items (id INTEGER PRIMARY KEY, a TEXT, b INTEGER)');
  });
  afterAll(() => {
    database.close();
  });

  type Row = Record<Column, string | number | null>;
  const select = (rest: string, parameters: Position = []) =>
    database.prepare(`SELECT id, a, b FROM items ${rest}`).all(...parameters) as Row[];

  it('is the rest of the list, also beside empty values, in every order', () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 12 }), orders, (rows, keys) => {
        database.exec('DELETE FROM items');
        rows.forEach(([a, b], id) => database.prepare('INSERT INTO items (id, a, b) VALUES (?, ?, ?)').run(id, a, b));
        for (const order of [keys, reversed(keys)]) {
          const all = select(`ORDER BY ${orderBy(order)}`);
          all.forEach((row, index) => {
            const { sql, parameters } = behind(
              order.map(({ column }) => row[column as keyof Row]),
              order,
            );
            expect(select(`WHERE ${sql} ORDER BY ${orderBy(order)}`, parameters)).toEqual(all.slice(index + 1));
          });
        }
      }),
    );
  });

  it('stays where it is when the row of the position is gone', () => {
    database.exec('DELETE FROM items');
    database.exec("INSERT INTO items (id, a) VALUES (1, 'x'), (2, 'x'), (3, 'y')");
    const { sql, parameters } = behind(['x', 2], [key('a'), key('id')]);
    database.exec('DELETE FROM items WHERE id = 2');
    expect(select(`WHERE ${sql}`, parameters).map(({ id }) => id)).toEqual([3]);
  });
});

describe('an order', () => {
  it('is the reverse of its reverse', () => {
    fc.assert(
      fc.property(orders, (keys) => {
        expect(reversed(reversed(keys))).toEqual(keys);
        expect(orderBy(reversed(keys))).not.toBe(orderBy(keys));
      }),
    );
  });

  it('is written as SQL', () => {
    expect(orderBy([key('u.name', true), key('u.id')])).toBe('u.name DESC, u.id');
  });
});

describe('a position in a link', () => {
  const KEYS = [key('a'), key('b'), key('id')];
  const positions = fc.tuple(fc.option(fc.string({ unit: 'binary' })), fc.option(fc.maxSafeInteger()), fc.nat());

  it('is read as it was written, and needs no escaping', () => {
    fc.assert(
      fc.property(positions, (position) => {
        const text = encodePosition(position, KEYS);
        expect(text).toMatch(/^[\w-]+$/);
        expect(decodePosition(text, 'after', KEYS)).toEqual(position);
      }),
    );
  });

  it('fits its parameter with the longest values of two columns', () => {
    const longest = '\u0001'.repeat(255);
    expect(encodePosition([longest, longest, Number.MAX_SAFE_INTEGER], KEYS).length).toBeLessThanOrEqual(8192);
  });

  it('is refused in another order', () => {
    const text = encodePosition(['x', 1, 2], KEYS);
    for (const keys of [
      reversed(KEYS),
      [key('b'), key('a'), key('id')],
      [key('a'), key('id')],
      [...KEYS, key('c')],
      [key('a', true), key('b'), key('id')],
    ])
      expect(() => decodePosition(text, 'after', keys)).toThrow(ClientError);
  });

  it('is refused when any letter of it is another, or missing', () => {
    fc.assert(
      fc.property(positions, fc.nat(), fc.base64String({ minLength: 4 }), (position, at, other) => {
        const text = encodePosition(position, KEYS);
        const index = at % text.length;
        const letter = other[0]!;
        if (letter !== text[index]) {
          const changed = text.slice(0, index) + letter + text.slice(index + 1);
          expect(() => decodePosition(changed, 'after', KEYS)).toThrow(ClientError);
        }
        expect(() => decodePosition(text.slice(0, index), 'after', KEYS)).toThrow(ClientError);
      }),
    );
  });

  it.each(['', 'x', 'null', '{}', '[]', '[1]', '["mark",{},1,2]', '["mark",true,1,2]', '["mark",1.5,1,2]'])(
    'is not %j',
    (json) => {
      const text = Buffer.from(json).toString('base64url');
      expect(() => decodePosition(text, 'before', KEYS)).toThrow(ClientError);
    },
  );
});
