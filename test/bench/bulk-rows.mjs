/** Rows in one statement. */
const ROWS = 500;
/** Statements in one transaction. */
const STATEMENTS = 10;

const TABLES = {
  users: {
    columns:
      'application_id, type, name, display_name, is_guest, presence_status, presence_online, properties, created_time',
    row: (n) => [0, 'PERSON', `bulk-${n}`, `Bulk Person ${n}`, 0, 'UNAVAILABLE', 0, '{}', 1_600_000_000_000],
  },
  messages: {
    columns: 'application_id, channel_id, thread_id, user_id, type, body, nested_level, properties, created_time',
    row: (n) => [
      0,
      0,
      0,
      n,
      'TEXT',
      `The train to the coast leaves at nine, says number ${n}.`,
      0,
      '{}',
      1_600_000_000_000 + n,
    ],
  },
};

/**
 * How many rows a second the database takes with nothing in between: statements of many rows, a few to a transaction,
 * into a copy of the table with its indexes. The copy goes afterwards.
 */
export async function databaseRows(place, table, total) {
  const { columns, row } = TABLES[table];
  const connection = await place.connect();
  await connection.copyTable(table, 'bench_copy');
  const marks = `(${columns
    .split(',')
    .map(() => '?')
    .join(', ')})`;
  const startedAt = performance.now();
  for (let from = 1; from <= total; from += ROWS) {
    const rows = Array.from({ length: Math.min(ROWS, total - from + 1) }, (_, n) => row(from + n));
    const statement = (from - 1) / ROWS;
    if (statement % STATEMENTS === 0) await connection.run('BEGIN');
    await connection.run(`INSERT INTO bench_copy (${columns}) VALUES ${rows.map(() => marks).join(', ')}`, rows.flat());
    if (statement % STATEMENTS === STATEMENTS - 1 || from + ROWS > total) await connection.run('COMMIT');
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  await connection.run('DROP TABLE bench_copy');
  await connection.close();
  return total / seconds;
}
