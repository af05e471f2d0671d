import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/database/database.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { connect, databaseOn } from '../support/data-source.js';
import { emptyDatabase, EmptyDatabase, ServerProcess } from '../support/server-process.js';
import { pause, until } from '../support/wait.js';
import { KILLS } from '../support/kills.js';

const CREDENTIALS = { BOOTSTRAP_CLIENT_ID: 'operator', BOOTSTRAP_CLIENT_SECRET: 'chosen by the operator' };
/** So many that the job is not done in the time that a server has. */
const SEEDED = 40_000;
const ROWS_AN_INSERT = 2_000;

describe('a server that is killed again and again while it deletes all messages', () => {
  let files: EmptyDatabase;
  let server: ServerProcess;
  let token: string;
  let channelId: number;
  let users: number[] = [];
  /** Acknowledged since all messages were deleted last. */
  let kept: number[] = [];

  beforeAll(async () => {
    files = await emptyDatabase();
    await start();
    token = await newToken();
    users = await Promise.all([1, 2].map((n) => made('/v1/users', { name: `user ${n}`, displayName: 'User' })));
    channelId = await made('/v1/channels', { type: 'PUBLIC', members: users.map((id) => ({ id })) });
  });
  afterAll(async () => {
    await ServerProcess.endAll();
    await files.remove();
  });

  const start = async () => {
    server = await ServerProcess.start({ ...CREDENTIALS, DATABASE_URL: files.url });
  };
  const newToken = async (): Promise<string> => {
    const { BOOTSTRAP_CLIENT_ID: id, BOOTSTRAP_CLIENT_SECRET: secret } = CREDENTIALS;
    const response = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const request = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(server.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as any };
  };
  const made = async (path: string, given: unknown): Promise<number> => {
    const { status, body } = await request('POST', path, given);
    expect(status).toBe(200);
    return body.id as number;
  };
  const onDatabase = async <T>(work: (database: Database) => Promise<T>): Promise<T> => {
    const dataSource = await connect(files.url);
    try {
      return await work(databaseOn(dataSource));
    } finally {
      await dataSource.destroy();
    }
  };

  /** Messages of the first user, as many as would take long to send. Nobody writes meanwhile. */
  const seed = () =>
    onDatabase((database) =>
      database.transaction(async () => {
        const [{ n }] = (await database.query<{ n: number }>('SELECT main_thread_id AS n FROM channels WHERE id = ?', [
          channelId,
        ])) as [{ n: number }];
        const row = `(1, ${channelId}, ${n}, ${users[0]}, 'TEXT', 'x', 0, '{}', 1)`;
        const values = Array.from({ length: ROWS_AN_INSERT }, () => row).join(', ');
        for (let count = 0; count < SEEDED; count += ROWS_AN_INSERT)
          await database.execute(
            `INSERT INTO messages (application_id, channel_id, thread_id, user_id, type, body, nested_level, properties, created_time) VALUES ${values}`,
          );
        for (const [sql, id] of [
          [`UPDATE channels SET message_count = message_count + ${SEEDED} WHERE id = ?`, channelId],
          [`UPDATE applications SET message_count = message_count + ${SEEDED} WHERE id = ?`, 1],
          [`UPDATE users SET message_count = message_count + ${SEEDED} WHERE id = ?`, users[0]!],
          ['UPDATE channels SET last_message_id = (SELECT MAX(id) FROM messages) WHERE id = ?', channelId],
          [
            `UPDATE memberships SET read_count = CASE WHEN read_message_id < (SELECT cleared_message_id FROM channels c WHERE c.id = channel_id) THEN 0 ELSE read_count END, sent_count = ${SEEDED} + CASE WHEN read_message_id < (SELECT cleared_message_id FROM channels c WHERE c.id = channel_id) THEN 0 ELSE sent_count END WHERE user_id = ?`,
            users[0]!,
          ],
          [
            'UPDATE memberships SET read_message_id = (SELECT cleared_message_id FROM channels c WHERE c.id = channel_id) WHERE user_id = ? AND read_message_id < (SELECT cleared_message_id FROM channels c WHERE c.id = channel_id)',
            users[0]!,
          ],
        ] as const)
          await database.execute(sql, [id]);
      }),
    );
  /** Rows of messages that nobody sees any more. */
  const rowsLeft = async (database: Database) =>
    (
      await database.query<{ n: number }>(
        'SELECT COUNT(*) AS n FROM messages m JOIN channels c ON c.id = m.channel_id WHERE m.id <= c.cleared_message_id',
      )
    )[0]!.n;
  const deleteAll = async () => {
    expect((await request('DELETE', '/v1/messages')).status).toBe(200);
    kept = [];
  };
  /** Sends, and reads what was sent, until the server is gone. */
  const client = async (user: number) => {
    for (;;)
      try {
        const { status, body } = await request('POST', `/v1/channels/${channelId}/messages`, {
          type: 'TEXT',
          body: 'x',
          user: { id: user },
        });
        expect(status).toBe(200);
        kept.push(body.id as number);
        await request('PUT', `/v1/channels/${channelId}/members/${user}/read-position`);
      } catch (error) {
        // How fetch says that nobody answers any more.
        if ((error as Error).name !== 'TypeError') throw error;
        return;
      }
  };

  it('shows none of them, keeps what was sent since, and goes on where it was', async () => {
    let interrupted = 0;
    let left = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      if (left < ROWS_AN_INSERT) {
        await server.end('SIGKILL');
        await seed();
        await start();
        await deleteAll();
      }
      const clients = users.map((user) => client(user));
      await pause(Math.random() * 150);
      await Promise.all([server.end('SIGKILL'), ...clients]);
      left = await onDatabase(async (database) => {
        expect((await new CounterCheck(database).run()).differences).toEqual([]);
        // As if the lease of the killed process had run out.
        await database.execute('UPDATE jobs SET leased_until = 0');
        return rowsLeft(database);
      });
      if (left > 0) interrupted++;
      await start();
    }
    expect(interrupted).toBeGreaterThan(KILLS / 2);

    await until('the jobs are finished', () =>
      onDatabase(async (database) => {
        const open = await database.query("SELECT 1 FROM jobs WHERE state <> 'FINISHED'");
        return open.length === 0;
      }),
    );
    await onDatabase(async (database) => {
      expect(await rowsLeft(database)).toBe(0);
      expect((await new CounterCheck(database).run()).differences).toEqual([]);
      const stored = await database.query<{ id: number }>('SELECT id FROM messages ORDER BY id');
      const ids = stored.map(({ id }) => id);
      expect(kept.filter((id) => !ids.includes(id))).toEqual([]);
      const { body } = await request('GET', '/v1/messages');
      expect(body.page.total).toBe(ids.length);
    });
  }, 600_000);
});
