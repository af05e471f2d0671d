import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Config } from '../../src/config/config.js';
import { Database } from '../../src/database/database.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { EventLog } from '../../src/events/event-log.js';
import { User } from '../../src/users/user.entity.js';
import { UsersRepository } from '../../src/users/users.repository.js';
import { startApp, TestApp } from '../support/app.js';

const isMysql = process.env.DATABASE_URL!.startsWith('mysql:');

/** Opens when it is told to. */
function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
/** Lets others go on, as often as is said. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}
class Intended extends Error {}

describe('a unit of work', () => {
  let test: TestApp;
  let database: Database;
  let units: UnitOfWork;
  let applicationId: number;
  beforeAll(async () => {
    test = await startApp();
    database = test.database;
    units = test.app.get(UnitOfWork);
    applicationId = test.application.applicationId;
  });
  afterAll(() => test.close());
  beforeEach(() => database.execute('DELETE FROM users'));

  const insertion = (name: string) =>
    test.app.get(UsersRepository).insertion({
      applicationId,
      name,
      displayName: name,
      isGuest: false,
      presenceStatus: 'UNAVAILABLE',
      properties: '{}',
      createdTime: 1,
    });
  const insert = async (name: string): Promise<number> => {
    const { sql, parameters } = insertion(name);
    return (await database.execute(sql, parameters)).insertId;
  };
  const insertByRepository = (name: string) =>
    database.repository(User).insert({
      applicationId,
      type: 'PERSON',
      name,
      displayName: name,
      isGuest: false,
      presenceStatus: 'UNAVAILABLE',
      presenceOnline: false,
      properties: '{}',
      createdTime: 1,
    });
  const names = async (): Promise<string[]> => {
    const found = await database.query<{ name: string }>('SELECT name FROM users ORDER BY name');
    return found.map(({ name }) => name);
  };
  const namesByRepository = async (): Promise<(string | null)[]> => {
    const found = await database.repository(User).find({ order: { name: 'ASC' } });
    return found.map(({ name }) => name);
  };
  const append = (subjectId: number) =>
    test.app.get(EventLog).append({ applicationId, type: 'user.created', subjectId, payload: {}, createdTime: 1 });
  const countEvents = async (): Promise<number> => {
    const [row] = await database.query<{ n: number }>('SELECT COUNT(*) AS n FROM events');
    return Number(row!.n);
  };

  it('takes back everything when the work fails, its events included', async () => {
    const eventsBefore = await countEvents();
    const work = units.run(async () => {
      await append(await insert('ann'));
      await insertByRepository('bob');
      await units.batch([insertion('cy')]);
      expect(await names()).toEqual(['ann', 'bob', 'cy']);
      expect(await countEvents()).toBe(eventsBefore + 1);
      throw new Intended();
    });
    await expect(work).rejects.toThrow(Intended);
    expect(await names()).toEqual([]);
    expect(await countEvents()).toBe(eventsBefore);
  });

  it('is joined by a unit that is opened inside', async () => {
    const inside = units.run(async () => {
      await insert('outer');
      await units.run(async () => {
        await insert('inner');
      });
      throw new Intended();
    });
    await expect(inside).rejects.toThrow(Intended);
    expect(await names()).toEqual([]);
    await units.run(async () => {
      await units.run(() => insert('inner'));
      expect(await names()).toEqual(['inner']);
      await insert('outer');
    });
    expect(await names()).toEqual(['inner', 'outer']);
  });

  it('shows nobody outside what it has not committed', async () => {
    const written = gate();
    const end = gate();
    const failing = units.run(async () => {
      await insert('ann');
      await insertByRepository('bob');
      written.open();
      await end.opened;
      throw new Intended();
    });
    await written.opened;
    const seen = [names(), namesByRepository(), names(), namesByRepository()];
    await pause(20);
    end.open();
    await expect(failing).rejects.toThrow(Intended);
    expect(await Promise.all(seen)).toEqual([[], [], [], []]);
  });

  it('shows nobody outside what it takes back, wherever a read falls between two units', async () => {
    const seen: unknown[] = [];
    const look = async (read: () => Promise<unknown[]>) => seen.push(...(await read()));
    const fail = async () => {
      const work = units.run(async () => {
        await insert('ann');
        await insertByRepository('bob');
        await turns(20);
        throw new Intended();
      });
      await expect(work).rejects.toThrow(Intended);
    };
    for (let between = 0; between < 20; between++) {
      const failing = fail();
      const next = names().then(async () => {
        await turns(between);
        await fail();
      });
      await Promise.all([failing, next, look(names), look(namesByRepository)]);
    }
    expect(seen).toEqual([]);
  });

  it('that fails does not take another request’s write with it', async () => {
    const written = gate();
    const end = gate();
    const failing = units.run(async () => {
      await insert('mine');
      written.open();
      await end.opened;
      throw new Intended();
    });
    await written.opened;
    const others = [
      insert('by statement'),
      insertByRepository('by repository'),
      units.batch([insertion('by batch')]),
      units.run(() => insert('by unit')),
    ];
    await pause(20);
    end.open();
    await expect(failing).rejects.toThrow(Intended);
    await Promise.all(others);
    expect(await names()).toEqual(['by batch', 'by repository', 'by statement', 'by unit']);
  });

  it('loses no write, wherever it falls between two that fail', async () => {
    const fail = async () => {
      const work = units.run(async () => {
        await turns(20);
        throw new Intended();
      });
      await expect(work).rejects.toThrow(Intended);
    };
    const expected: string[] = [];
    const named = (name: string): string => (expected.push(name), name);
    for (let between = 0; between < 20; between++) {
      const failing = fail();
      const next = names().then(async () => {
        await turns(between);
        await fail();
      });
      const writes = [insertByRepository(named(`repository ${between}`)), insert(named(`statement ${between}`))];
      await Promise.all([failing, next, ...writes]);
    }
    expect(await names()).toEqual(expected.sort());
  });

  it('is one of fifty at the same time, of which every third fails', async () => {
    const counted = await insert('counter');
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        units.run(async () => {
          await insert(`user ${index}`);
          await database.execute('UPDATE users SET message_count = message_count + 1 WHERE id = ?', [counted]);
          if (index % 3 === 0) throw new Intended();
        }),
      ),
    );
    const succeeded = results.flatMap(({ status }, index) => (status === 'fulfilled' ? [`user ${index}`] : []));
    expect(succeeded).toHaveLength(33);
    expect(await names()).toEqual(['counter', ...succeeded].sort());
    const [row] = await database.query<{ message_count: number }>('SELECT message_count FROM users WHERE id = ?', [
      counted,
    ]);
    expect(row!.message_count).toBe(33);
  });

  it('runs both of two that lock two rows in opposite order', async () => {
    const [first, second] = [await insert('first'), await insert('second')];
    const meeting = gate();
    let holders = 0;
    let attempts = 0;
    const add = (id: number) =>
      database.execute('UPDATE users SET message_count = message_count + 1 WHERE id = ?', [id]);
    const both = (one: number, other: number) =>
      units.run(async () => {
        attempts++;
        await add(one);
        if (++holders === 2) meeting.open();
        await Promise.race([meeting.opened, pause(500)]);
        await add(other);
      });
    await Promise.all([both(first, second), both(second, first)]);
    const rows = await database.query<{ message_count: number }>('SELECT message_count FROM users');
    expect(rows.map(({ message_count }) => message_count)).toEqual([2, 2]);
    // SQLite has one writer: there the second begins when the first has ended.
    expect(attempts).toBe(isMysql ? 3 : 2);
  });

  it('is run again as a whole after a deadlock, and what follows its commit once', async () => {
    const followed: number[] = [];
    let attempts = 0;
    await units.run(async () => {
      const attempt = ++attempts;
      await insert(`attempt ${attempt}`);
      units.afterCommit(() => followed.push(attempt));
      if (attempt < 3) throw Object.assign(new Error('deadlock'), { code: 'ER_LOCK_DEADLOCK' });
    });
    expect(followed).toEqual([3]);
    expect(await names()).toEqual(['attempt 3']);
  });

  it('is not run again after any other failure', async () => {
    let attempts = 0;
    const work = units.run(async () => {
      attempts++;
      throw new Intended();
    });
    await expect(work).rejects.toThrow(Intended);
    expect(attempts).toBe(1);
  });

  it('shares a commit with other batches, of which a failing one leaves the others alone', async () => {
    await insert('taken');
    const eventsBefore = await countEvents();
    const batches = Array.from({ length: 20 }, (_, index) =>
      units.batch([
        test.app.get(EventLog).statement({
          applicationId,
          type: 'user.created',
          subjectId: index,
          payload: {},
          createdTime: 1,
        }),
        insertion(index === 7 ? 'taken' : `user ${index}`),
      ]),
    );
    const results = await Promise.allSettled(batches);
    const failed = results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []));
    expect(failed).toEqual([7]);
    expect(await names()).toHaveLength(20);
    expect(await countEvents()).toBe(eventsBefore + 19);
  });

  it('answers the results of a batch in the order of its statements', async () => {
    const [first, updated, second] = await units.batch([
      insertion('first'),
      { sql: "UPDATE users SET display_name = 'Other' WHERE name LIKE ?", parameters: ['f%'] },
      insertion('second'),
    ]);
    const rows = await database.query<{ id: number; name: string }>('SELECT id, name FROM users ORDER BY id');
    expect(rows).toEqual([
      { id: first!.insertId, name: 'first' },
      { id: second!.insertId, name: 'second' },
    ]);
    expect(updated!.affectedRows).toBe(1);
  });

  it('lets callbacks run after its commit, when others see what it wrote', async () => {
    const order: string[] = [];
    let seen: Promise<string[]> | undefined;
    await units.run(async () => {
      await units.run(async () => {
        units.afterCommit(() => order.push('first callback'));
      });
      units.afterCommit(() => {
        order.push('second callback');
        expect(database.openUnit).toBeUndefined();
        seen = names();
      });
      await insert('ann');
      await pause(5);
      order.push('end of the work');
    });
    expect(order).toEqual(['end of the work', 'first callback', 'second callback']);
    expect(await seen).toEqual(['ann']);
  });

  it('lets no callback run after it was taken back', async () => {
    let calls = 0;
    const work = units.run(async () => {
      units.afterCommit(() => calls++);
      await insert('ann');
      throw new Intended();
    });
    await expect(work).rejects.toThrow(Intended);
    await pause(20);
    expect(calls).toBe(0);
  });

  it('lets a callback run at once where there is none', () => {
    let calls = 0;
    units.afterCommit(() => calls++);
    expect(calls).toBe(1);
  });

  if (isMysql)
    it('reads what is committed, and is strict about values, on every connection', async () => {
      const all = gate();
      let open = 0;
      const UNITS = test.app.get(Config).databasePoolSize;
      const settings = await Promise.all(
        Array.from({ length: UNITS }, () =>
          units.run(async () => {
            if (++open === UNITS) all.open();
            await all.opened;
            return database.query<{ Variable_name: string; Value: string }>(
              "SHOW SESSION VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation', 'sql_mode')",
            );
          }),
        ),
      );
      const seen = new Set(settings.flat().map(({ Value }) => Value));
      expect([...seen].sort()).toEqual(['READ-COMMITTED', expect.stringMatching(/^STRICT_ALL_TABLES/)]);
    });
});
