import { isRefusal } from './database-errors.js';
import { WriteResult } from './database.js';
import { Statement } from './sql.js';

/** The most units in one commit, and the most characters in their statements: packets of the database have a limit. */
const MAX_UNITS = 64;
const MAX_CHARACTERS = 1_000_000;
/** The most commits at the same time: while one waits for a lock or for the disk, others go on. */
const MAX_UNDER_WAY = 4;

interface WaitingUnit {
  statements: readonly Statement[];
  resolve: (results: WriteResult[]) => void;
  reject: (error: unknown) => void;
}

/** Runs statements as one transaction; the results are in their order. */
type Commit = (statements: readonly Statement[]) => Promise<WriteResult[]>;

/**
 * Lets small units of work that arrive while enough other commits are under way share the next one: one round trip and one wait
 * for the disk for all of them. If that fails, each is tried by itself, so that one unit's mistake is nobody else's.
 *
 * Rows are locked in one order in every process: channels by their id, and counters, which units have in common, at the
 * end and once for all.
 */
export class SharedCommits {
  private waiting: WaitingUnit[] = [];
  private underWay = 0;

  constructor(private readonly commit: Commit) {}

  run(statements: readonly Statement[]): Promise<WriteResult[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ statements, resolve, reject });
      if (this.underWay === MAX_UNDER_WAY) return;
      this.underWay++;
      setImmediate(() => void this.work());
    });
  }

  private async work(): Promise<void> {
    while (this.waiting.length > 0) await this.share(this.next());
    this.underWay--;
  }

  private next(): WaitingUnit[] {
    let characters = 0;
    const end = this.waiting.findIndex((unit, index) => {
      characters += lengthOf(unit);
      return index === MAX_UNITS || (index > 0 && characters > MAX_CHARACTERS);
    });
    return this.waiting.splice(0, end < 0 ? this.waiting.length : end);
  }

  private async share(units: WaitingUnit[]): Promise<void> {
    if (units.length === 1) return this.alone(units[0]!);
    units.sort((a, b) => lockOf(a) - lockOf(b));
    const own = units.flatMap(({ statements }) => statements.filter(({ counter }) => !counter));
    const counters = merged(units.flatMap(({ statements }) => statements.filter(({ counter }) => counter)));
    let results: WriteResult[];
    try {
      results = await this.commit([...own, ...counters]);
    } catch (error) {
      if (isRefusal(error)) await Promise.all(units.map((unit) => this.alone(unit)));
      // It may have been committed all the same, so it must not be done again.
      else for (const { reject } of units) reject(error);
      return;
    }
    let at = 0;
    for (const { statements, resolve } of units)
      resolve(statements.map(({ counter }) => (counter ? COUNTED : results[at++]!)));
  }

  private async alone({ statements, resolve, reject }: WaitingUnit): Promise<void> {
    await this.commit(statements).then(resolve, reject);
  }
}

const COUNTED: WriteResult = { affectedRows: 1, insertId: 0 };

/** The row that a unit locks first. */
const lockOf = ({ statements }: WaitingUnit): number => statements[0]?.lock ?? 0;

const lengthOf = ({ statements }: WaitingUnit): number =>
  statements.reduce(
    (sum, { sql, parameters }) =>
      sum + sql.length + parameters.reduce<number>((all, value) => all + String(value).length, 0),
    0,
  );

/** Each counter once, in one order. */
function merged(statements: readonly Statement[]): Statement[] {
  const byRow = new Map<string, Statement>();
  for (const statement of statements) {
    const [change, id] = statement.parameters;
    const key = `${statement.sql} ${String(id)}`;
    const sum = Number(byRow.get(key)?.parameters[0] ?? 0) + Number(change);
    byRow.set(key, { ...statement, parameters: [sum, id!] });
  }
  // The application's row comes last: everything that it writes has it in common.
  return [...byRow.values()].sort((a, b) =>
    a.sql < b.sql ? 1 : a.sql > b.sql ? -1 : Number(a.parameters[1]) - Number(b.parameters[1]),
  );
}
