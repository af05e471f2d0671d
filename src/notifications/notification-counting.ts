import { Dialect } from '../database/dialect.js';
import { SqlValue, Statement } from '../database/sql.js';

/** Rows of one INSERT: whatever number there is, it is made up of few shapes, which stay prepared. */
const SHAPES = [250, 50, 10, 2, 1];

/** How the counts of a user move. */
export interface CountChange {
  applicationId: number;
  userId: number;
  total: number;
  unread: number;
}

/** INSERT statements for all rows: `beginning` is what stands before VALUES. */
export function insertions(beginning: string, rows: readonly SqlValue[][], ending = ''): Statement[] {
  const statements: Statement[] = [];
  for (let from = 0; from < rows.length;) {
    const some = rows.slice(from, from + SHAPES.find((shape) => shape <= rows.length - from)!);
    const values = some.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ');
    statements.push({ sql: `${beginning} VALUES ${values} ${ending}`, parameters: some.flat() });
    from += some.length;
  }
  return statements;
}

/** Moves the counts of users, in the order of their ids as everybody who locks several does. */
export function counting(changes: readonly CountChange[], dialect: Dialect): Statement[] {
  const byUser = new Map<number, CountChange>();
  for (const { userId, applicationId, total, unread } of changes) {
    const before = byUser.get(userId) ?? { total: 0, unread: 0 };
    byUser.set(userId, { userId, applicationId, total: before.total + total, unread: before.unread + unread });
  }
  return insertions(
    'INSERT INTO notification_counts (user_id, application_id, total, unread)',
    [...byUser.values()]
      .sort((a, b) => a.userId - b.userId)
      .map(({ userId, applicationId, total, unread }) => [userId, applicationId, total, unread]),
    dialect.addingTo('user_id', ['total', 'unread']),
  );
}
