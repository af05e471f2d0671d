import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/database/database.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { connect, databaseOn } from '../support/data-source.js';
import { fileForm } from '../support/jobs.js';
import { emptyDatabase, EmptyDatabase, ServerProcess } from '../support/server-process.js';
import { pause, until } from '../support/wait.js';
import { KILLS } from '../support/kills.js';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const USERS = 3_000;
const MESSAGES = 40_000;
/** So many that the deletion is not done in the time that a server has. */
const SEEDED = 40_000;
const ROWS_AN_INSERT = 2_000;

interface Credentials {
  clientId: string;
  clientSecret: string;
}

/** One application imports while another deletes all messages: these jobs are worked on side by side. */
describe('a server that is killed again and again while it works on jobs', () => {
  const importer: Credentials = { clientId: 'operator', clientSecret: 'chosen by the operator' };
  let files: EmptyDatabase;
  let server: ServerProcess;
  let tokens: { importer: string; deleter: string };
  let deleterId: number;
  let channelId: number;
  let members: number[] = [];
  /** Acknowledged since all messages were deleted last. */
  let kept: number[] = [];

  beforeAll(async () => {
    files = await emptyDatabase();
    await start();
    const created = execFileSync(process.execPath, [CLI, 'application:create', '--name', 'Deleter', '--json'], {
      env: { PATH: process.env.PATH, DATABASE_URL: files.url },
      encoding: 'utf8',
    });
    const deleter = JSON.parse(created) as Credentials & { applicationId: number };
    deleterId = deleter.applicationId;
    tokens = { importer: await newToken(importer), deleter: await newToken(deleter) };
    const names = ['user 1', 'user 2'];
    members = await Promise.all(names.map((name) => made('/v1/users', { name, displayName: 'User' })));
    channelId = await made('/v1/channels', { type: 'PUBLIC', members: members.map((id) => ({ id })) });
  });
  afterAll(async () => {
    await ServerProcess.endAll();
    await files.remove();
  });

  const start = async () => {
    server = await ServerProcess.start({
      BOOTSTRAP_CLIENT_ID: importer.clientId,
      BOOTSTRAP_CLIENT_SECRET: importer.clientSecret,
      DATABASE_URL: files.url,
      DATA_DIR: process.env.DATA_DIR!,
    });
  };
  const newToken = async ({ clientId, clientSecret }: Credentials): Promise<string> => {
    const response = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const request = async (who: keyof typeof tokens, method: string, path: string, body?: unknown) => {
    const isForm = body instanceof FormData;
    const response = await fetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${tokens[who]}`,
        ...(!isForm && body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as any };
  };
  const onDatabase = async <T>(work: (database: Database) => Promise<T>): Promise<T> => {
    const dataSource = await connect(files.url);
    try {
      return await work(databaseOn(dataSource));
    } finally {
      await dataSource.destroy();
    }
  };
  const expectExactCounters = async (database: Database) =>
    expect((await new CounterCheck(database).run()).differences).toEqual([]);

  const importing = async (path: string, items: unknown[]): Promise<number> => {
    const { status, body } = await request('importer', 'POST', path, fileForm(items));
    expect(status).toBe(202);
    return body.id as number;
  };
  /** How many jobs have not ended. */
  const open = async (database: Database, applicationId: number) =>
    (
      await database.query("SELECT 1 FROM jobs WHERE state IN ('PENDING', 'RUNNING') AND application_id = ?", [
        applicationId,
      ])
    ).length;

  const made = async (path: string, given: unknown): Promise<number> => {
    const { status, body } = await request('deleter', 'POST', path, given);
    expect(status).toBe(200);
    return body.id as number;
  };
  /** Messages of the first member, as many as would take long to send. Nobody writes meanwhile. */
  const seed = (database: Database) =>
    database.transaction(async () => {
      const [{ n }] = (await database.query<{ n: number }>('SELECT main_thread_id AS n FROM channels WHERE id = ?', [
        channelId,
      ])) as [{ n: number }];
      const row = `(${deleterId}, ${channelId}, ${n}, ${members[0]}, 'TEXT', 'x', 0, '{}', 1)`;
      const values = Array.from({ length: ROWS_AN_INSERT }, () => row).join(', ');
      for (let count = 0; count < SEEDED; count += ROWS_AN_INSERT)
        await database.execute(
          `INSERT INTO messages (application_id, channel_id, thread_id, user_id, type, body, nested_level, properties, created_time) VALUES ${values}`,
        );
      for (const [sql, id] of [
        [`UPDATE channels SET message_count = message_count + ${SEEDED} WHERE id = ?`, channelId],
        [`UPDATE applications SET message_count = message_count + ${SEEDED} WHERE id = ?`, deleterId],
        [`UPDATE users SET message_count = message_count + ${SEEDED} WHERE id = ?`, members[0]!],
        [
          `UPDATE channels SET last_message_id = (SELECT MAX(id) FROM messages WHERE channel_id = ${channelId}) WHERE id = ?`,
          channelId,
        ],
        [
          `UPDATE memberships SET read_count = CASE WHEN read_message_id < (SELECT cleared_message_id FROM channels c WHERE c.id = channel_id) THEN 0 ELSE read_count END, sent_count = ${SEEDED} + CASE WHEN read_message_id < (SELECT cleared_message_id FROM channels c WHERE c.id = channel_id) THEN 0 ELSE sent_count END WHERE user_id = ?`,
          members[0]!,
        ],
        [
          'UPDATE memberships SET read_message_id = (SELECT cleared_message_id FROM channels c WHERE c.id = channel_id) WHERE user_id = ? AND read_message_id < (SELECT cleared_message_id FROM channels c WHERE c.id = channel_id)',
          members[0]!,
        ],
      ] as const)
        await database.execute(sql, [id]);
    });
  /** Rows of messages that nobody sees any more. */
  const rowsLeft = async (database: Database) =>
    (
      await database.query<{ n: number }>(
        'SELECT COUNT(*) AS n FROM messages m JOIN channels c ON c.id = m.channel_id WHERE c.id = ? AND m.id <= c.cleared_message_id',
        [channelId],
      )
    )[0]!.n;
  const deleteAll = async () => {
    expect((await request('deleter', 'DELETE', '/v1/messages')).status).toBe(200);
    kept = [];
  };
  /** Sends, and reads what was sent, until the server is gone. */
  const client = async (user: number) => {
    for (;;)
      try {
        const { status, body } = await request('deleter', 'POST', `/v1/channels/${channelId}/messages`, {
          type: 'TEXT',
          body: 'x',
          user: { id: user },
        });
        expect(status).toBe(200);
        kept.push(body.id as number);
        await request('deleter', 'PUT', `/v1/channels/${channelId}/members/${user}/read-position`);
      } catch (error) {
        // How fetch says that nobody answers any more.
        if ((error as Error).name !== 'TypeError') throw error;
        return;
      }
  };
  /** What happens between two servers. Answers how many jobs of the importer and rows for the deleter are left. */
  const betweenServers = (clients: Promise<void>[]) =>
    onDatabase(async (database) => {
      await Promise.all(clients);
      await expectExactCounters(database);
      // As if the lease of the killed process had run out.
      await database.execute('UPDATE jobs SET leased_until = 0');
      const left = { jobs: await open(database, 1), rows: await rowsLeft(database) };
      if (left.rows < ROWS_AN_INSERT) await seed(database);
      return left;
    });

  it('has done everything once in the end, and all counters are exact', async () => {
    const doomed = (await request('importer', 'POST', '/v1/channels', { type: 'PUBLIC', name: 'doomed' })).body;
    const filler = Array.from({ length: 6_000 }, (_, n) => ({
      type: 'SYSTEM_TEXT',
      channelId: doomed.id,
      body: `f${n}`,
    }));
    const filling = await importing('/v1/imports/messages', filler);
    await until(
      'the doomed channel is full',
      async () => (await request('importer', 'GET', `/v1/jobs/${filling}`)).body.endedTime,
      60_000,
    );
    await server.end('SIGKILL');
    await betweenServers([]);
    await start();
    await deleteAll();
    expect((await request('importer', 'DELETE', `/v1/channels/${doomed.id}`)).status).toBe(200);

    const users = Array.from({ length: USERS }, (_, n) => ({
      name: `u${n}`,
      displayName: `U ${n}`,
      idempotencyKey: `u${n}`,
    }));
    const channels = Array.from({ length: 20 }, (_, n) => ({
      type: 'PUBLIC',
      name: `c${n}`,
      members: Array.from({ length: 50 }, (_, m) => `u${n * 50 + m}`),
      idempotencyKey: `c${n}`,
    }));
    // Every seventh has no key; every tenth answers the one before; every hundredth is bad.
    const messages = Array.from({ length: MESSAGES }, (_, n) => ({
      type: 'TEXT',
      channelKey: `c${Math.floor(n / 10) % 20}`,
      body: n % 100 === 99 ? '' : `m${n}`,
      user: `u${n % USERS}`,
      ...(n % 7 > 0 && { idempotencyKey: `m${n}` }),
      ...(n % 10 === 5 && (n - 1) % 7 > 0 && { parentKey: `m${n - 1}` }),
    }));
    const ids = [
      await importing('/v1/imports/users', users),
      await importing('/v1/imports/channels', channels),
      await importing('/v1/imports/messages', messages),
    ];

    let [importsInterrupted, deletionsInterrupted] = [0, 0];
    for (let kill = 0; kill < KILLS; kill++) {
      const clients = members.map((user) => client(user));
      await pause(Math.random() * 120);
      await server.end('SIGKILL');
      const left = await betweenServers(clients);
      if (left.jobs > 0) importsInterrupted++;
      if (left.rows > 0) deletionsInterrupted++;
      await start();
      if (left.rows < ROWS_AN_INSERT) await deleteAll();
    }
    expect(importsInterrupted).toBe(KILLS);
    expect(deletionsInterrupted).toBeGreaterThan(KILLS / 2);
    await until(
      'all jobs have ended',
      () => onDatabase(async (database) => (await open(database, 1)) + (await open(database, deleterId)) === 0),
      60_000,
    );

    const jobs = await Promise.all(ids.map(async (id) => (await request('importer', 'GET', `/v1/jobs/${id}`)).body));
    const bad = MESSAGES / 100;
    expect(jobs.map(({ state, counts }) => [state, counts])).toEqual([
      ['FINISHED', { total: USERS, processed: USERS, created: USERS, skipped: 0, failed: 0 }],
      ['FINISHED', { total: 20, processed: 20, created: 20, skipped: 0, failed: 0 }],
      ['FINISHED', { total: MESSAGES, processed: MESSAGES, created: MESSAGES - bad, skipped: 0, failed: bad }],
    ]);
    await onDatabase(async (database) => {
      const names = await database.query<{ name: string }>('SELECT name FROM users WHERE application_id = 1');
      expect(names.map(({ name }) => name).sort()).toEqual(users.map(({ name }) => name).sort());
      const stored = await database.query<{ body: string }>(
        'SELECT body FROM messages WHERE application_id = 1 ORDER BY id',
      );
      // In the order of the file, each once.
      expect(stored.map(({ body }) => body)).toEqual(messages.map(({ body }) => body).filter((body) => body !== ''));
      const replies = await database.query<{ body: string; parent: string }>(
        'SELECT m.body, p.body AS parent FROM messages m JOIN messages p ON p.id = m.thread_id WHERE m.nested_level > 0',
      );
      expect(replies).toHaveLength(messages.filter(({ parentKey }) => parentKey).length);
      for (const { body, parent } of replies) expect(Number(body.slice(1))).toBe(Number(parent.slice(1)) + 1);
      const errors = await database.query<{ item_index: number }>(
        'SELECT item_index FROM job_errors ORDER BY item_index',
      );
      expect(errors.map(({ item_index }) => item_index)).toEqual(Array.from({ length: bad }, (_, n) => n * 100 + 99));
      expect(await database.query('SELECT 1 FROM channels WHERE id = ?', [doomed.id])).toEqual([]);

      expect(await rowsLeft(database)).toBe(0);
      const remaining = await database.query<{ id: number }>('SELECT id FROM messages WHERE application_id = ?', [
        deleterId,
      ]);
      const remainingIds = remaining.map(({ id }) => id);
      expect(kept.filter((id) => !remainingIds.includes(id))).toEqual([]);
      expect((await request('deleter', 'GET', '/v1/messages')).body.page.total).toBe(remainingIds.length);
      expect(await database.query("SELECT 1 FROM jobs WHERE state <> 'FINISHED'")).toEqual([]);
      await expectExactCounters(database);
    });
  }, 600_000);
});
