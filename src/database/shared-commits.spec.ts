import { describe, expect, it } from '@jest/globals';
import { WriteResult } from './database.js';
import { SharedCommits } from './shared-commits.js';
import { counting, Statement } from './sql.js';

const insert = (name: string, lock?: number): Statement => ({
  sql: `INSERT ${name}`,
  parameters: [],
  ...(lock !== undefined && { lock }),
});

/** Commits in turn, when it is told to; a statement of the name `INSERT wrong` fails. */
class Recorder {
  readonly commits: string[][] = [];
  private ids = 0;
  private readonly held: (() => void)[] = [];
  isHeld = false;

  constructor(private readonly failure: object = { sqlState: '23000' }) {}

  readonly commit = async (statements: readonly Statement[]): Promise<WriteResult[]> => {
    this.commits.push(statements.map(({ sql, parameters }) => [sql, ...parameters].join(' ')));
    if (this.isHeld) await new Promise<void>((resolve) => this.held.push(resolve));
    if (statements.some(({ sql }) => sql === 'INSERT wrong')) throw Object.assign(new Error('wrong'), this.failure);
    return statements.map(() => ({ affectedRows: 1, insertId: ++this.ids }));
  };

  release(): void {
    this.isHeld = false;
    for (const resolve of this.held.splice(0)) resolve();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('shared commits', () => {
  it('commits a unit by itself when no other waits', async () => {
    const recorder = new Recorder();
    const results = await new SharedCommits(recorder.commit).run([
      insert('a'),
      counting('applications', 'user_count', 1, 1),
    ]);
    expect(results.map(({ insertId }) => insertId)).toEqual([1, 2]);
    expect(recorder.commits).toEqual([
      ['INSERT a', 'UPDATE applications SET user_count = user_count + ? WHERE id = ? 1 1'],
    ]);
  });

  it('puts together what arrives during other commits: locks in one order, counters once and last', async () => {
    const recorder = new Recorder();
    const shared = new SharedCommits(recorder.commit);
    recorder.isHeld = true;
    const before = [1, 2, 3, 4].map((n) => shared.run([insert(`before-${n}`)]));
    await turn();
    const unit = (name: string, channel: number, user: number) => [
      insert(`lock-${channel}`, channel),
      insert(name),
      counting('users', 'message_count', user, 1),
      counting('applications', 'message_count', 7, 1),
    ];
    const others = [shared.run(unit('c', 9, 4)), shared.run(unit('b', 3, 5)), shared.run(unit('d', 9, 4))];
    recorder.release();
    await Promise.all(before);
    const [c, b, d] = await Promise.all(others);
    expect(recorder.commits.slice(1)).toEqual([
      [
        'INSERT lock-3',
        'INSERT b',
        'INSERT lock-9',
        'INSERT c',
        'INSERT lock-9',
        'INSERT d',
        'UPDATE users SET message_count = message_count + ? WHERE id = ? 2 4',
        'UPDATE users SET message_count = message_count + ? WHERE id = ? 1 5',
        'UPDATE applications SET message_count = message_count + ? WHERE id = ? 3 7',
      ],
    ]);
    // Each has the results of its own statements.
    expect([b![1]!.insertId, c![1]!.insertId, d![1]!.insertId]).toEqual([6, 8, 10]);
    expect([b!.length, c!.length, d!.length]).toEqual([4, 4, 4]);
  });

  it('tries each by itself when they fail together, so that one mistake is nobody else’s', async () => {
    const recorder = new Recorder();
    const shared = new SharedCommits(recorder.commit);
    const results = await Promise.allSettled([
      shared.run([insert('a')]),
      shared.run([insert('wrong')]),
      shared.run([insert('b')]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(recorder.commits).toEqual([
      ['INSERT a', 'INSERT wrong', 'INSERT b'],
      ['INSERT a'],
      ['INSERT wrong'],
      ['INSERT b'],
    ]);
  });

  it('does nothing again of which it is not known whether it was committed', async () => {
    const recorder = new Recorder({ code: 'PROTOCOL_CONNECTION_LOST', fatal: true });
    const shared = new SharedCommits(recorder.commit);
    const results = await Promise.allSettled([shared.run([insert('a')]), shared.run([insert('wrong')])]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(recorder.commits).toHaveLength(1);
  });

  it('makes no commit larger than a packet of the database can be', async () => {
    const recorder = new Recorder();
    const shared = new SharedCommits(recorder.commit);
    const large = { sql: 'INSERT large', parameters: ['x'.repeat(600_000)] };
    await Promise.all([shared.run([large]), shared.run([large]), shared.run([insert('small')])]);
    expect(recorder.commits.map((statements) => statements.length)).toEqual([1, 2]);
    const many = Array.from({ length: 100 }, (_, index) => shared.run([insert(`n${index}`)]));
    await Promise.all(many);
    expect(recorder.commits.slice(2).map((statements) => statements.length)).toEqual([64, 36]);
  });
});
