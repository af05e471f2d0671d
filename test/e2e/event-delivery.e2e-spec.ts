import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/database/database.js';
import { SqlValue } from '../../src/database/sql.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { DomainEvent } from '../../src/events/domain-event.js';
import { EventDispatcher } from '../../src/events/event-dispatcher.js';
import { EventLog } from '../../src/events/event-log.js';
import { LeasedPlace } from '../../src/events/event-place.js';
import { EventReader } from '../../src/events/event-reader.js';
import { startApp, TestApp } from '../support/app.js';
import { pause, until } from '../support/wait.js';

describe('the delivery of events', () => {
  let test: TestApp;
  let database: Database;
  let units: UnitOfWork;
  let count = 0;
  beforeAll(async () => {
    test = await startApp();
    database = test.database;
    units = test.app.get(UnitOfWork);
  });
  afterAll(() => test.close());

  /** Writes an event as features do; with an id, as if it had been given that one. */
  const append = async (subjectId: number, channelId?: number, id?: number): Promise<void> => {
    const { applicationId } = test.application;
    const event = { applicationId, type: 'user.updated' as const, subjectId, payload: { a: 1 }, createdTime: 1 };
    if (id === undefined) {
      await test.app.get(EventLog).append({ ...event, ...(channelId && { channelId }) });
      return;
    }
    await database.execute(
      "INSERT INTO events (id, application_id, channel_id, type, subject_id, payload, created_time) VALUES (?, ?, ?, 'user.updated', ?, '{}', 1)",
      [id, applicationId, channelId ?? null, subjectId],
    );
  };
  const newestId = async (): Promise<number> => {
    const [row] = await database.query<{ id: number | null }>('SELECT MAX(id) AS id FROM events');
    return Number(row?.id ?? 0);
  };
  const begun = (name: string) =>
    until('the subscriber has a position', async () => {
      const found = await database.query('SELECT 1 FROM event_positions WHERE subscriber = ?', [name]);
      return found.length > 0;
    });
  /** A subscriber of its own, with what it got. */
  const subscriber = (handle: (events: readonly DomainEvent[]) => void | Promise<void> = () => {}) => {
    const got: DomainEvent[] = [];
    return {
      got,
      subjects: () => got.map(({ subjectId }) => subjectId),
      name: `subscriber ${++count}`,
      handle: async (events: readonly DomainEvent[]) => {
        await handle(events);
        got.push(...events);
      },
    };
  };
  const subscribed = async (handle?: (events: readonly DomainEvent[]) => void | Promise<void>) => {
    const given = subscriber(handle);
    test.app.get(EventDispatcher).subscribe(given);
    await begun(given.name);
    return given;
  };

  it('tells everything about what happened from then on', async () => {
    await append(1);
    const { got } = await subscribed();
    await append(2, 7);
    await append(3);
    await until('two events are delivered', () => got.length >= 2);
    const { applicationId } = test.application;
    expect(got).toEqual([
      {
        id: got[0]!.id,
        applicationId,
        channelId: 7,
        type: 'user.updated',
        subjectId: 2,
        payload: { a: 1 },
        createdTime: 1,
      },
      { id: got[1]!.id, applicationId, type: 'user.updated', subjectId: 3, payload: { a: 1 }, createdTime: 1 },
    ]);
  });

  it('comes after the commit, and never for what was taken back', async () => {
    const { subjects } = await subscribed();
    let commit = () => {};
    const committed = new Promise<void>((resolve) => (commit = resolve));
    const open = units.run(async () => {
      await append(1);
      await committed;
    });
    const failing = units.run(async () => {
      await append(2);
      throw new Error('intended');
    });
    await pause(100);
    expect(subjects()).toEqual([]);
    commit();
    await open;
    await expect(failing).rejects.toThrow('intended');
    await append(3);
    await until('the last is delivered', () => subjects().includes(3));
    await pause(100);
    expect([...subjects()].sort()).toEqual([1, 3]);
  });

  it('brings each of many concurrent changes once, in their order in each channel', async () => {
    const { got } = await subscribed();
    const channels = await Promise.all([1, 2, 3, 4].map(() => test.make.channel()));
    const sends = Array.from({ length: 200 }, (_, index) => test.make.message(channels[index % 4]!, 'x'));
    const sent = (await Promise.all(sends)).map(({ id }) => id);
    const messages = () => got.filter(({ type }) => type === 'message.sent');
    await until('all are delivered', () => messages().length >= 200);
    await pause(100);
    expect(
      messages()
        .map(({ subjectId }) => subjectId)
        .sort(),
    ).toEqual([...sent].sort());
    for (const { id } of channels) {
      const inChannel = got.filter(({ channelId }) => channelId === id);
      expect(inChannel[0]!.type).toBe('channel.created');
      const ids = inChannel.map((event) => event.id);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
      const subjects = inChannel.slice(1).map(({ subjectId }) => subjectId);
      expect(subjects).toEqual([...subjects].sort((a, b) => a - b));
    }
  });

  it('comes again to a subscriber that failed, and holds up no other', async () => {
    let failures = 2;
    const failing = await subscribed(() => {
      if (failures-- > 0) throw new Error('intended');
    });
    const other = await subscribed();
    await append(1);
    await append(2);
    await until('the other has got them', () => other.got.length === 2);
    expect(failing.got).toEqual([]);
    await until('the failing one has got them', () => failing.got.length >= 2);
    await pause(50);
    expect(failing.subjects()).toEqual([1, 2]);
  });

  it('finds an event whose id is lower than that of one delivered before', async () => {
    const { subjects } = await subscribed();
    const id = await newestId();
    await append(5, undefined, id + 5);
    test.app.get(EventDispatcher).wake();
    await until('the higher is delivered', () => subjects().includes(5));
    for (const later of [2, 4, 1]) {
      await append(later, undefined, id + later);
      await until(`the one with the id ${later} below is delivered`, () => subjects().includes(later));
    }
    await append(6);
    await until('the next is delivered', () => subjects().includes(6));
    await pause(100);
    expect(subjects()).toEqual([5, 2, 4, 1, 6]);
  });

  it('keeps the order of a channel when a late event and the next come between two looks at the log', async () => {
    const given = subscriber();
    let betweenQueries: (() => Promise<void>) | undefined;
    const watched = Object.create(database, {
      query: {
        value: async (sql: string, parameters?: SqlValue[]) => {
          const rows = await database.query(sql, parameters);
          const then = betweenQueries;
          if (then && sql.includes('FROM events WHERE')) {
            betweenQueries = undefined;
            await then();
          }
          return rows;
        },
      },
    }) as Database;
    const reader = new EventReader(given, new LeasedPlace(given.name, watched, units), watched);
    reader.wake();
    await begun(given.name);
    const id = await newestId();
    await append(2, 8, id + 2);
    reader.wake();
    await until('the first is delivered', () => given.got.length === 1);
    betweenQueries = async () => {
      await append(1, 9, id + 1);
      await append(3, 9, id + 3);
    };
    reader.wake();
    await until('what came between is delivered', () => {
      reader.wake();
      return given.got.length >= 3;
    });
    await reader.stop();
    expect(given.subjects()).toEqual([2, 1, 3]);
  });

  describe('with a second process', () => {
    it('is done by the one that has the lease, and by the other once that has ended', async () => {
      const [first, second] = [subscriber(), subscriber()];
      const reader = new EventReader(first, new LeasedPlace(first.name, database, units), database);
      const other = new EventReader(
        { ...second, name: first.name },
        new LeasedPlace(first.name, database, units),
        database,
      );
      reader.wake();
      await begun(first.name);
      await append(1);
      for (let times = 0; times < 5; times++) {
        other.wake();
        reader.wake();
        await pause(20);
      }
      expect([first.subjects(), second.subjects()]).toEqual([[1], []]);
      await reader.stop();
      await append(2);
      other.wake();
      await until('the other has gone on', () => second.got.length > 0);
      await other.stop();
      expect([first.subjects(), second.subjects()]).toEqual([[1], [2]]);
    });

    it('is taken over when the lease of one that died is over, with what it had not finished', async () => {
      const [dead, second] = [subscriber(() => new Promise(() => {})), subscriber()];
      const reader = new EventReader(dead, new LeasedPlace(dead.name, database, units), database);
      const other = new EventReader(
        { ...second, name: dead.name },
        new LeasedPlace(dead.name, database, units),
        database,
      );
      reader.wake();
      await begun(dead.name);
      await append(1);
      reader.wake();
      await pause(50);
      other.wake();
      await pause(50);
      expect(second.subjects()).toEqual([]);
      await database.execute('UPDATE event_positions SET leased_until = 0 WHERE subscriber = ?', [dead.name]);
      other.wake();
      await until('the other has taken over', () => second.got.length > 0);
      await other.stop();
      expect(second.subjects()).toEqual([1]);
    });
  });

  it('bears thousands of ids that never appear', async () => {
    const { subjects, name } = await subscribed();
    let id = await newestId();
    for (let hole = 1; hole <= 6; hole++) {
      id += 900;
      await append(hole, undefined, id);
      test.app.get(EventDispatcher).wake();
      await until(`what is behind hole ${hole} is delivered`, () => subjects().includes(hole));
    }
    await pause(100);
    expect(subjects()).toEqual([1, 2, 3, 4, 5, 6]);
    const [row] = await database.query<{ gaps: string }>('SELECT gaps FROM event_positions WHERE subscriber = ?', [
      name,
    ]);
    expect(row!.gaps.length).toBeLessThan(65_535);
  });
});
