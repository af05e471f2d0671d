import { describe, expect, it } from '@jest/globals';
import { sqliteDialect } from '../database/sqlite.dialect.js';
import { counting, insertions } from './notification-counting.js';

describe('inserting many rows', () => {
  it('takes all of them, in their order, with few shapes of statements', () => {
    const shapes = new Set<string>();
    for (let count = 0; count <= 1_200; count += 7) {
      const rows = Array.from({ length: count }, (_, index) => [index, 'x']);
      const statements = insertions('INSERT INTO t (a, b)', rows);
      expect(statements.flatMap(({ parameters }) => parameters)).toEqual(rows.flat());
      for (const { sql, parameters } of statements) {
        expect(sql.match(/\?/g)).toHaveLength(parameters.length);
        shapes.add(sql);
      }
    }
    expect(shapes.size).toBeLessThanOrEqual(5);
  });
});

describe('counting', () => {
  it('moves the counts of each user once, in the order of ids', () => {
    const change = (userId: number, total: number, unread: number) => ({ applicationId: 5, userId, total, unread });
    const statements = counting([change(9, 1, 1), change(2, -1, 0), change(9, 1, 1), change(2, -1, -1)], sqliteDialect);
    expect(statements).toHaveLength(1);
    expect(statements[0]!.parameters).toEqual([2, 5, -2, -1, 9, 5, 2, 2]);
    expect(statements[0]!.sql).toContain('total = total + excluded.total, unread = unread + excluded.unread');
    expect(counting([], sqliteDialect)).toEqual([]);
  });
});
