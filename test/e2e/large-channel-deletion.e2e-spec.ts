import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { startApp, TestApp } from '../support/app.js';

describe('the deletion of a large channel', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());

  it('ends with exact counters, while others go on', async () => {
    const MESSAGES = 3_000;
    const { database, client, make } = test;
    const { applicationId } = test.application;
    const users = await make.users(3);
    const channel = await make.channel({ members: users });
    const other = await make.channel({ members: users });
    const senders = [...users.map(({ id }) => id), null];
    await test.app.get(UnitOfWork).run(async () => {
      const [{ main_thread_id }] = (await database.query<{ main_thread_id: number }>(
        'SELECT main_thread_id FROM channels WHERE id = ?',
        [channel.id],
      )) as [{ main_thread_id: number }];
      for (let from = 0; from < MESSAGES; from += 500) {
        const rows = Array.from({ length: 500 }, (_, index) => senders[(from + index) % 4]!);
        await database.execute(
          `INSERT INTO messages (application_id, channel_id, thread_id, user_id, type, body, nested_level, properties, created_time) VALUES ${rows.map(() => `(${applicationId}, ${channel.id}, ${main_thread_id}, ?, 'TEXT', 'x', 0, '{}', 1)`).join(', ')}`,
          rows,
        );
      }
      const [last] = await database.query<{ id: number }>('SELECT MAX(id) AS id FROM messages');
      await database.execute('UPDATE channels SET message_count = ?, last_message_id = ? WHERE id = ?', [
        MESSAGES,
        last!.id,
        channel.id,
      ]);
      await database.execute('UPDATE memberships SET sent_count = ? WHERE channel_id = ?', [MESSAGES / 4, channel.id]);
      for (const { id } of users)
        await database.execute('UPDATE users SET message_count = ? WHERE id = ?', [MESSAGES / 4, id]);
      await database.execute('UPDATE applications SET message_count = ? WHERE id = ?', [MESSAGES, applicationId]);
    });
    const check = new CounterCheck(database);
    expect((await check.run()).differences).toEqual([]);

    const deletion = client.delete(`/v1/channels/${channel.id}`);
    const sends = Array.from({ length: 30 }, (_, index) => make.message(other, 'meanwhile', users[index % 3]));
    expect((await deletion).status).toBe(200);
    expect((await client.get(`/v1/channels/${channel.id}/messages`)).status).toBe(404);
    expect((await check.run()).differences.filter(({ table }) => table !== 'users')).toEqual([]);
    await Promise.all(sends);
    await test.jobsDone();
    expect((await check.run()).differences).toEqual([]);
    for (const table of ['messages', 'memberships', 'threads'])
      expect(await database.query(`SELECT 1 FROM ${table} WHERE channel_id = ?`, [channel.id])).toEqual([]);
    expect(await database.query('SELECT 1 FROM channels WHERE id = ?', [channel.id])).toEqual([]);
    expect(await database.query('SELECT id FROM messages WHERE channel_id = ?', [other.id])).toHaveLength(30);
  });
});
