import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/database/database.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { connect, databaseOn } from '../support/data-source.js';
import { fileForm } from '../support/jobs.js';
import { emptyDatabase, EmptyDatabase, ServerProcess } from '../support/server-process.js';
import { pause, until } from '../support/wait.js';
import { KILLS } from '../support/kills.js';

const USERS = 3_000;
const MESSAGES = 40_000;
/** A start takes less than a second, and much longer on a machine that is busy. */
const KILLING_MS = 200_000;
const CREDENTIALS = { BOOTSTRAP_CLIENT_ID: 'operator', BOOTSTRAP_CLIENT_SECRET: 'chosen by the operator' };

describe('a server that is killed again and again while it works on jobs', () => {
  let files: EmptyDatabase;
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    files = await emptyDatabase();
    await start();
    const { BOOTSTRAP_CLIENT_ID: id, BOOTSTRAP_CLIENT_SECRET: secret } = CREDENTIALS;
    const response = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    token = ((await response.json()) as { access_token: string }).access_token;
  });
  afterAll(async () => {
    await ServerProcess.endAll();
    await files.remove();
  });

  const start = async () => {
    server = await ServerProcess.start({ ...CREDENTIALS, DATABASE_URL: files.url, DATA_DIR: process.env.DATA_DIR! });
  };
  const request = async (method: string, path: string, body?: unknown) => {
    const isForm = body instanceof FormData;
    const response = await fetch(server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
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
  const importing = async (path: string, items: unknown[]): Promise<number> => {
    const { status, body } = await request('POST', path, fileForm(items));
    expect(status).toBe(202);
    return body.id as number;
  };
  /** How many jobs have not ended. */
  const open = (isKilled = false) =>
    onDatabase(async (database) => {
      // The lease of a process that is no more is taken from it, as if it had run out.
      if (isKilled) await database.execute("UPDATE jobs SET leased_until = 0 WHERE state IN ('PENDING', 'RUNNING')");
      return (await database.query("SELECT 1 FROM jobs WHERE state IN ('PENDING', 'RUNNING')")).length;
    });

  it('has done everything once in the end, and all counters are exact', async () => {
    const deadline = Date.now() + KILLING_MS;
    const { body: doomed } = await request('POST', '/v1/channels', { type: 'PUBLIC', name: 'doomed' });
    const filler = Array.from({ length: 6_000 }, (_, n) => ({
      type: 'SYSTEM_TEXT',
      channelId: doomed.id,
      body: `f${n}`,
    }));
    const filling = await importing('/v1/imports/messages', filler);
    await until(
      'the doomed channel is full',
      async () => (await request('GET', `/v1/jobs/${filling}`)).body.endedTime,
      60_000,
    );
    expect((await request('DELETE', `/v1/channels/${doomed.id}`)).status).toBe(200);

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

    let killsAtWork = 0;
    while (Date.now() < deadline && killsAtWork < KILLS) {
      await pause(Math.random() * 120);
      await server.end('SIGKILL');
      const left = await open(true);
      if (left > 0) killsAtWork++;
      await start();
      if (left === 0) break;
    }
    expect(killsAtWork).toBeGreaterThanOrEqual(KILLS);
    await until('all jobs have ended', async () => (await open()) === 0, 60_000);

    const jobs = await Promise.all(ids.map(async (id) => (await request('GET', `/v1/jobs/${id}`)).body));
    const bad = MESSAGES / 100;
    expect(jobs.map(({ state, counts }) => [state, counts])).toEqual([
      ['FINISHED', { total: USERS, processed: USERS, created: USERS, skipped: 0, failed: 0 }],
      ['FINISHED', { total: 20, processed: 20, created: 20, skipped: 0, failed: 0 }],
      ['FINISHED', { total: MESSAGES, processed: MESSAGES, created: MESSAGES - bad, skipped: 0, failed: bad }],
    ]);
    await onDatabase(async (database) => {
      const names = await database.query<{ name: string }>('SELECT name FROM users');
      expect(names.map(({ name }) => name).sort()).toEqual(users.map(({ name }) => name).sort());
      const stored = await database.query<{ body: string }>('SELECT body FROM messages ORDER BY id');
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
      expect((await new CounterCheck(database).run()).differences).toEqual([]);
    });
  }, 300_000);
});
