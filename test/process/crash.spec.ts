import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/database/database.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { connect, databaseOn } from '../support/data-source.js';
import { emptyDatabase, EmptyDatabase, ServerProcess } from '../support/server-process.js';
import { pause, until } from '../support/wait.js';

const CLIENTS = 20;
const CREDENTIALS = { BOOTSTRAP_CLIENT_ID: 'operator', BOOTSTRAP_CLIENT_SECRET: 'chosen by the operator' };

interface Sent {
  body: string;
  channelId: number;
  replyTo?: number;
  key?: string;
  /** The id that was answered; without it nobody knows what became of the message. */
  id?: number;
}

describe('a server that is killed while it writes', () => {
  let files: EmptyDatabase;
  let server: ServerProcess;
  let token: string;
  const sent: Sent[] = [];
  let channels: number[] = [];
  let users: number[] = [];

  beforeAll(async () => {
    files = await emptyDatabase();
    await start();
    token = await newToken();
    users = await Promise.all([1, 2, 3].map((n) => made('/v1/users', { name: `user ${n}`, displayName: 'User' })));
    const members = users.map((id) => ({ id }));
    channels = await Promise.all([1, 2].map(() => made('/v1/channels', { type: 'PUBLIC', members })));
  });
  afterAll(async () => {
    await ServerProcess.endAll();
    await files.remove();
  });

  const start = async () => {
    server = await ServerProcess.start({ ...CREDENTIALS, DATABASE_URL: files.url });
  };
  const crash = async () => {
    await server.end('SIGKILL');
    await start();
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
  const request = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(path.startsWith('http') ? path : server.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as any };
  };
  const made = async (path: string, given: unknown): Promise<number> => {
    const { status, body } = await request('POST', path, given);
    expect(status).toBe(200);
    return body.id as number;
  };
  const send = (message: Sent) => {
    const path = message.replyTo ? `/v1/threads/${message.replyTo}` : `/v1/channels/${message.channelId}`;
    const user = users[message.body.length % 4];
    return request(
      'POST',
      `${path}/messages`,
      { type: 'TEXT', body: message.body, ...(user && { user: { id: user } }) },
      message.key ? { 'idempotency-key': message.key } : {},
    );
  };
  /** Sends until the server is gone. */
  const client = async (round: number, number: number) => {
    for (let count = 0; ; count++) {
      const name = `${round}-${number}-${count}`;
      const channelId = channels[count % 2]!;
      const answered = sent.filter((other) => other.id !== undefined && other.channelId === channelId);
      const replyTo = count % 4 === 3 ? answered.at(-1)?.id : undefined;
      const message: Sent = {
        body: name,
        channelId,
        ...(replyTo && { replyTo }),
        ...(number % 2 && { key: name }),
      };
      sent.push(message);
      try {
        const { status, body } = await send(message);
        expect(status).toBe(200);
        message.id = body.id as number;
      } catch (error) {
        // How fetch says that nobody answers any more.
        if ((error as Error).name !== 'TypeError') throw error;
        return;
      }
    }
  };
  const onDatabase = async <T>(work: (database: Database) => Promise<T>): Promise<T> => {
    const dataSource = await connect(files.url);
    try {
      return await work(databaseOn(dataSource));
    } finally {
      await dataSource.destroy();
    }
  };
  const expectExactCounters = async () =>
    expect((await onDatabase((database) => new CounterCheck(database).run())).differences).toEqual([]);
  const stored = async (): Promise<Map<string, number[]>> => {
    const found = new Map<string, number[]>();
    for (const id of channels)
      for (let at: string | undefined = `/v1/channels/${id}/messages?size=100`; at !== undefined;) {
        const { body } = await request('GET', at);
        for (const message of body._embedded.messages as { id: number; body: string }[])
          found.set(message.body, [...(found.get(message.body) ?? []), message.id]);
        at = body._links.next?.href as string | undefined;
      }
    return found;
  };

  it.each([1, 2, 3])('keeps every message that it acknowledged, once (%d)', async (round) => {
    const before = sent.length;
    const clients = Array.from({ length: CLIENTS }, (_, number) => client(round, number));
    await until('the clients are writing', () => sent.length > before + 3 * CLIENTS);
    await pause(Math.random() * 500);
    await Promise.all([crash(), ...clients]);

    const unknown = sent.filter(({ id }) => id === undefined);
    expect(unknown.length).toBeGreaterThan(0);
    for (const message of unknown.filter(({ key }) => key !== undefined)) {
      const { status, body } = await send(message);
      expect(status).toBe(200);
      message.id = body.id as number;
    }
    const repeated = sent.filter(({ key }) => key?.startsWith(`${round}-`)).slice(0, 20);
    for (const message of repeated) {
      const { status, body, headers } = await send(message);
      expect([status, body.id, headers.get('idempotency-replayed')]).toEqual([200, message.id, 'true']);
    }

    const found = await stored();
    for (const { body, id } of sent) {
      if (id !== undefined) expect([body, found.get(body)]).toEqual([body, [id]]);
      else expect(found.get(body)?.length ?? 0).toBeLessThanOrEqual(1);
    }
    const ids = [...found.values()].flat();
    expect(new Set(ids).size).toBe(ids.length);
    await expectExactCounters();
    const events = await onDatabase((database) =>
      database.query<{ subject_id: number }>("SELECT subject_id FROM events WHERE type = 'message.sent'"),
    );
    expect(events.map(({ subject_id }) => subject_id).sort()).toEqual(ids.sort());
  });

  it('goes on with the deletion that it had begun', async () => {
    const doomed = channels[0]!;
    await onDatabase(async (database) => {
      const [{ n }] = (await database.query<{ n: number }>('SELECT main_thread_id AS n FROM channels WHERE id = ?', [
        doomed,
      ])) as [{ n: number }];
      const rows = Array.from({ length: 3_000 }, () => `(1, ${doomed}, ${n}, 'SYSTEM_TEXT', 'x', 0, '{}', 1)`);
      await database.execute(
        `INSERT INTO messages (application_id, channel_id, thread_id, type, body, nested_level, properties, created_time) VALUES ${rows.join(', ')}`,
      );
      for (const table of ['channels', 'applications'])
        await database.execute(`UPDATE ${table} SET message_count = message_count + 3000 WHERE id = ?`, [
          table === 'channels' ? doomed : 1,
        ]);
      await database.execute(
        'UPDATE channels SET last_message_id = (SELECT MAX(id) FROM messages WHERE channel_id = ?) WHERE id = ?',
        [doomed, doomed],
      );
    });
    await expectExactCounters();
    expect((await request('DELETE', `/v1/channels/${doomed}`)).status).toBe(200);
    await crash();
    // As if the lease of the killed process had run out.
    await onDatabase((database) => database.execute('UPDATE jobs SET leased_until = 0'));
    await until('the job is finished', async () => {
      const open = await onDatabase((database) => database.query("SELECT 1 FROM jobs WHERE state <> 'FINISHED'"));
      return open.length === 0;
    });
    await expectExactCounters();
    const left = await onDatabase((database) =>
      database.query('SELECT 1 FROM messages WHERE channel_id = ? LIMIT 1', [doomed]),
    );
    expect(left).toEqual([]);
  });
});
