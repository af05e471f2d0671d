import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventDispatcher } from '../../src/events/event-dispatcher.js';
import { DomainEvent, DomainEventType } from '../../src/events/domain-event.js';
import { EventLog } from '../../src/events/event-log.js';
import { NotificationFeed } from '../../src/notifications/notification-feed.js';
import { NotificationReader } from '../../src/notifications/notification-reader.js';
import { NotificationsService } from '../../src/notifications/notifications.service.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { Retention } from '../../src/operations/retention.js';
import { startApp, TestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { Contract } from '../support/contract.js';
import { MadeUser, Make } from '../support/make.js';
import { allIsRead, notified } from '../support/notifications.js';
import { until } from '../support/wait.js';

const DAY_MS = 86_400_000;

describe('the delivery of notifications', () => {
  let test: TestApp;
  let applicationId: number;
  beforeAll(async () => {
    test = await startApp({ NOTIFICATION_RETENTION_DAYS: '30' });
    ({ applicationId } = test.application);
    await notified(test);
  });
  afterAll(() => test.close());

  interface Row {
    id: number;
    user_id: number;
    message_id: number;
  }
  const rowsOf = (channel: { id: number }) =>
    test.database.query<Row>(
      'SELECT id, user_id, message_id FROM notifications WHERE channel_id = ? ORDER BY message_id, user_id',
      [channel.id],
    );
  const pairs = (rows: readonly Row[]) => rows.map(({ user_id, message_id }) => `${message_id} ${user_id}`);
  const expectExactCounters = async () => expect((await new CounterCheck(test.database).run()).differences).toEqual([]);
  const eventsSince = async (id: number): Promise<DomainEvent[]> => {
    const found = await test.database.query<Record<string, any>>('SELECT * FROM events WHERE id > ? ORDER BY id', [id]);
    return found.map((row) => ({
      id: row.id as number,
      applicationId: row.application_id as number,
      ...(row.channel_id !== null && { channelId: row.channel_id as number }),
      type: row.type as DomainEventType,
      subjectId: row.subject_id as number,
      payload: JSON.parse(row.payload as string) as Record<string, unknown>,
      createdTime: row.created_time as number,
    }));
  };
  const newestEvent = async (): Promise<number> => {
    const [row] = await test.database.query<{ id: number | null }>('SELECT MAX(id) AS id FROM events');
    return Number(row!.id);
  };
  /** As if another process were reading, and slow. */
  const whileNobodyReads = async (work: () => Promise<void>) => {
    await notified(test);
    await test.database.execute(
      "UPDATE event_positions SET lease_owner = 'another', leased_until = ? WHERE subscriber = 'notifications'",
      [Date.now() + DAY_MS],
    );
    // Readers remember for a few seconds that they have the lease.
    const { readers } = test.app.get<any>(EventDispatcher);
    for (const reader of readers) reader.place.forget();
    try {
      await work();
    } finally {
      await test.database.execute("UPDATE event_positions SET leased_until = 0 WHERE subscriber = 'notifications'");
    }
    await notified(test);
  };
  const crowd = async (count: number): Promise<{ id: number }> => {
    const channel = await test.make.channel();
    const [{ id }] = (await test.database.query<{ id: number }>('SELECT MAX(id) AS id FROM users')) as [{ id: number }];
    for (let from = 1; from <= count; from += 500) {
      const some = Array.from({ length: Math.min(500, count - from + 1) }, (_, index) => id + from + index);
      await test.database.execute(
        `INSERT INTO users (id, application_id, type, name, display_name, presence_status, properties, channel_count, created_time) VALUES ${some.map((user) => `(${user}, ${applicationId}, 'PERSON', 'crowd-${user}', 'X', 'UNAVAILABLE', '{}', 1, 1)`).join(', ')}`,
      );
      await test.database.execute(
        `INSERT INTO memberships (channel_id, user_id, application_id, created_time) VALUES ${some.map((user) => `(${channel.id}, ${user}, ${applicationId}, 1)`).join(', ')}`,
      );
    }
    await test.database.execute('UPDATE channels SET member_count = ? WHERE id = ?', [count, channel.id]);
    await test.database.execute('UPDATE applications SET user_count = user_count + ? WHERE id = ?', [
      count,
      applicationId,
    ]);
    return channel;
  };

  it('reaches all of a large channel, and takes back from all of it', async () => {
    const channel = await crowd(2_600);
    const message = await test.make.message(channel, 'To all of you');
    const other = await test.make.message(channel, 'And again');
    await notified(test);
    const rows = await rowsOf(channel);
    expect(rows).toHaveLength(5_200);
    expect(new Set(pairs(rows)).size).toBe(5_200);
    const ids = rows.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    await test.client.delete(`/v1/messages/${message.id}`);
    await notified(test);
    expect(new Set((await rowsOf(channel)).map(({ message_id }) => message_id))).toEqual(new Set([other.id]));
    await expectExactCounters();
    await test.client.delete(`/v1/channels/${channel.id}`);
    await notified(test);
    await test.jobsDone();
    expect(await rowsOf(channel)).toEqual([]);
    await expectExactCounters();
  });

  it('tells nobody twice when events come again, also at the same time', async () => {
    const users = await test.make.users(5);
    const channels = await Promise.all([1, 2, 3].map(() => test.make.channel({ members: users })));
    const before = await newestEvent();
    for (let count = 0; count < 10; count++)
      await Promise.all(channels.map((channel) => test.make.message(channel, 'Hi', users[count % 5])));
    await notified(test);
    const rows = await Promise.all(channels.map(rowsOf));
    expect(rows.map(({ length }) => length)).toEqual([40, 40, 40]);

    const reader = test.app.get(NotificationReader);
    const events = await eventsSince(before);
    await test.database.execute('DELETE FROM notifications WHERE channel_id = ?', [channels[0]!.id]);
    for (const { id } of users)
      await test.database.execute('UPDATE notification_counts SET total = 16, unread = 16 WHERE user_id = ?', [id]);
    const { signal } = new AbortController();
    await Promise.all([reader.handle(events, signal), reader.handle(events, signal)]);
    const again = await Promise.all(channels.map(rowsOf));
    expect(again.map(pairs)).toEqual(rows.map(pairs));
    expect(again.slice(1)).toEqual(rows.slice(1));
    for (const { id } of users)
      expect(await test.app.get(NotificationsService).counts(applicationId, id)).toEqual({ total: 24, unread: 24 });
  });

  it('leaves out what was imported', async () => {
    const [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
    const channel = await test.make.channel({ members: [ann, bob] });
    const message = await test.make.message(channel, 'said', ann);
    await notified(test);
    await test.client.delete(`/v1/messages/${message.id}`);
    const imported = await (async () => {
      let id = 0;
      await whileNobodyReads(async () => {
        ({ id } = await test.make.message(channel, 'imported', ann));
        await test.database.execute("UPDATE events SET payload = ? WHERE type = 'message.sent' AND subject_id = ?", [
          JSON.stringify({ isImported: true }),
          id,
        ]);
      });
      return id;
    })();
    const sent = await test.make.message(channel, 'sent', ann);
    await notified(test);
    const told = (await rowsOf(channel)).map(({ message_id }) => message_id);
    expect(told).toEqual([sent.id]);
    expect(told).not.toContain(imported);
  });

  it('gives up on an event that fails again and again, and says so, and does all the others', async () => {
    const [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
    const channel = await test.make.channel({ members: [ann, bob] });
    const sent: number[] = [];
    await whileNobodyReads(async () => {
      for (let count = 0; count < 5; count++) sent.push((await test.make.message(channel, 'Hi', ann)).id);
      await test.database.execute("UPDATE messages SET mentions = 'no JSON' WHERE id = ?", [sent[2]!]);
    });
    expect((await rowsOf(channel)).map(({ message_id }) => message_id)).toEqual(sent.filter((_, index) => index !== 2));
    const failed = await test.database.query<{ subject_id: number; payload: string }>(
      "SELECT subject_id, payload FROM events WHERE type = 'event.failed' AND application_id = ?",
      [applicationId],
    );
    expect(failed.map(({ subject_id }) => subject_id)).toEqual([sent[2]]);
    expect(JSON.parse(failed[0]!.payload)).toMatchObject({
      reader: 'notifications',
      eventType: 'message.sent',
      channelId: channel.id,
      reason: expect.stringContaining('JSON'),
    });
    await test.database.execute('UPDATE messages SET mentions = NULL WHERE id = ?', [sent[2]!]);
  });

  it('stops between portions when the process ends, and is taken up again', async () => {
    const channel = await crowd(1_500);
    let events: DomainEvent[] = [];
    const reader = test.app.get(NotificationReader);
    await whileNobodyReads(async () => {
      const before = await newestEvent();
      await test.make.message(channel, 'To all');
      events = await eventsSince(before);
      const ending = new AbortController();
      const stop = test.app.get(NotificationFeed).onCreated(() => ending.abort());
      await expect(reader.handle(events, ending.signal)).rejects.toThrow('aborted');
      stop();
      expect(await rowsOf(channel)).toHaveLength(1_000);
    });
    expect(await rowsOf(channel)).toHaveLength(1_500);
    await expectExactCounters();
  });

  it('counts exactly also while nobody reads the log', async () => {
    const [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
    const channel = await test.make.channel({ members: [ann, bob] });
    const messages: { id: number }[] = [];
    for (let count = 0; count < 4; count++) messages.push(await test.make.message(channel, 'Hi', ann));
    await notified(test);
    const service = test.app.get(NotificationsService);
    const [read] = (await rowsOf(channel)) as [Row];
    await service.read(applicationId, bob.id, read.id);
    await whileNobodyReads(async () => {
      for (const { id } of messages.slice(0, 2)) await test.client.delete(`/v1/messages/${id}`);
      expect(await allIsRead(test.database)).toBe(false);
      const { body } = await test.client.get(`/v1/users/${bob.id}/notifications`);
      expect([body._embedded.notifications.length, body.page.total]).toEqual([2, 2]);
      expect(await service.counts(applicationId, bob.id)).toEqual({ total: 2, unread: 2 });
    });
    expect(await service.counts(applicationId, bob.id)).toEqual({ total: 2, unread: 2 });
    await expectExactCounters();
  });

  it('can be followed by whoever passes them on', async () => {
    const [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
    const channel = await test.make.channel({ members: [ann, bob] });
    await notified(test);
    const feed = test.app.get(NotificationFeed);
    let at = await feed.newestId();
    const passed: number[] = [];
    let calls = 0;
    const stop = feed.onCreated(() => calls++);
    const failing = feed.onCreated(() => {
      throw new Error('intended');
    });
    const sent = [];
    for (let count = 0; count < 10; count++) sent.push((await test.make.message(channel, 'Hi', ann)).id);
    await notified(test);
    for (let some = await feed.after(at, 3); some.length > 0; some = await feed.after(at, 3)) {
      expect(some.every((one) => one.userId === bob.id && one.applicationId === applicationId)).toBe(true);
      const described = await test.app.get(NotificationsService).describe(
        applicationId,
        some.map(({ id }) => id),
      );
      expect(described.map(({ id }) => id)).toEqual(some.map(({ id }) => id));
      passed.push(...described.map(({ data }) => data.message.id));
      at = some.at(-1)!.id;
    }
    expect(passed).toEqual(sent);
    expect(calls).toBeGreaterThan(0);
    stop();
    failing();
    const before = calls;
    await test.make.message(channel, 'unheard', ann);
    await notified(test);
    expect(calls).toBe(before);
    const other = test.application.applicationId + 1;
    expect(await test.app.get(NotificationsService).describe(other, [at])).toEqual([]);
  });

  it('is forgotten after the configured time', async () => {
    const [ann, bob] = (await test.make.users(2)) as [MadeUser, MadeUser];
    const channel = await test.make.channel({ members: [ann, bob] });
    await test.make.message(channel, 'old', ann);
    await notified(test);
    const retention = test.app.get(Retention);
    await retention.clean(Date.now() + 29 * DAY_MS);
    expect(await rowsOf(channel)).toHaveLength(1);
    await retention.clean(Date.now() + 31 * DAY_MS);
    expect(await rowsOf(channel)).toEqual([]);
    expect(await test.app.get(NotificationsService).counts(applicationId, bob.id)).toEqual({ total: 0, unread: 0 });
    await expectExactCounters();
  });

  it('ends with the application', async () => {
    // What was forgotten above, a month later, were tokens too.
    const client = await Client.of(test.url, test.application, new Contract());
    const make = new Make(client);
    const [ann, bob] = (await make.users(2)) as [MadeUser, MadeUser];
    const channel = await make.channel({ members: [ann, bob] });
    await make.message(channel, 'Hi', ann);
    await notified(test);
    const path = '/v1/application';
    const { key } = (await client.get(path)).body;
    expect((await client.delete(`${path}?confirm=${key}`)).status).toBe(200);
    await test.jobsDone();
    await until('the reader has seen it', () => allIsRead(test.database));
    for (const table of ['notifications', 'notification_counts'])
      expect(
        await test.database.query(`SELECT 1 FROM ${table} WHERE application_id = ? LIMIT 1`, [applicationId]),
      ).toEqual([]);
    await test.app.get(EventLog).append({
      applicationId,
      type: 'user.deleted',
      subjectId: bob.id,
      payload: {},
      createdTime: 1,
    });
    await notified(test);
    await test.jobsDone();
  });
});
