import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/database/database.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { connect, databaseOn } from '../support/data-source.js';
import { allIsRead } from '../support/notifications.js';
import { emptyDatabase, EmptyDatabase, ServerProcess } from '../support/server-process.js';
import { pause, until } from '../support/wait.js';
import { KILLS } from '../support/kills.js';

const MEMBERS = 300;
const SENDERS = 3;
const CREDENTIALS = { BOOTSTRAP_CLIENT_ID: 'operator', BOOTSTRAP_CLIENT_SECRET: 'chosen by the operator' };

describe('a server that is killed while it notifies', () => {
  let files: EmptyDatabase;
  let server: ServerProcess;
  let token: string;
  let channelId: number;

  beforeAll(async () => {
    files = await emptyDatabase();
    await start();
    token = await newToken();
    channelId = await made('/v1/channels', { type: 'PUBLIC' });
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
  const post = async (path: string, body: unknown): Promise<{ status: number; id: number }> => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, id: ((await response.json()) as { id: number }).id };
  };
  const made = async (path: string, body: unknown): Promise<number> => {
    const { status, id } = await post(path, body);
    expect(status).toBe(200);
    return id;
  };
  /** Sends until the server is gone. */
  const send = async (body: string) => {
    for (;;)
      try {
        const { status } = await post(`/v1/channels/${channelId}/messages`, { type: 'TEXT', body });
        expect(status).toBe(200);
      } catch (error) {
        // How fetch says that nobody answers any more.
        if ((error as Error).name !== 'TypeError') throw error;
        return;
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
  const addMembers = (database: Database) =>
    (async () => {
      const ids = Array.from({ length: MEMBERS }, (_, index) => index + 1_000);
      await database.execute(
        `INSERT INTO users (id, application_id, type, name, display_name, presence_status, properties, channel_count, created_time) VALUES ${ids.map((id) => `(${id}, 1, 'PERSON', 'user-${id}', 'X', 'UNAVAILABLE', '{}', 1, 1)`).join(', ')}`,
      );
      await database.execute(
        `INSERT INTO memberships (channel_id, user_id, application_id, created_time) VALUES ${ids.map((id) => `(${channelId}, ${id}, 1, 1)`).join(', ')}`,
      );
      await database.execute('UPDATE channels SET member_count = ? WHERE id = ?', [MEMBERS, channelId]);
      await database.execute('UPDATE applications SET user_count = user_count + ? WHERE id = 1', [MEMBERS]);
    })();
  const countOf = async (database: Database, what: string): Promise<number> => {
    const [row] = await database.query<{ n: number }>(`SELECT ${what} AS n FROM notifications`);
    return Number(row!.n);
  };

  it('has told each member of each message once in the end', async () => {
    await onDatabase(addMembers);
    let interrupted = 0;
    for (let kill = 1; kill <= KILLS; kill++) {
      const senders = Array.from({ length: SENDERS }, (_, number) => send(`${kill}-${number}`));
      await pause(20 + Math.random() * 250);
      await server.end('SIGKILL');
      await Promise.all(senders);
      await onDatabase(async (database) => {
        if (!(await allIsRead(database))) interrupted++;
        // As if the lease of the killed process had run out.
        await database.execute('UPDATE event_positions SET leased_until = 0');
      });
      await start();
    }
    // Otherwise this would prove nothing.
    expect(interrupted).toBeGreaterThan(KILLS / 2);
    await onDatabase(async (database) => {
      await until('the rest is told', () => allIsRead(database), 30_000);
      const [{ sent }] = (await database.query<{ sent: number }>('SELECT COUNT(*) AS sent FROM messages')) as [
        { sent: number },
      ];
      expect(Number(sent)).toBeGreaterThan(KILLS);
      expect(await countOf(database, 'COUNT(*)')).toBe(Number(sent) * MEMBERS);
      // Each pair of member and message once, and in the order of the messages.
      expect(await countOf(database, 'COUNT(DISTINCT message_id * 1000000 + user_id)')).toBe(Number(sent) * MEMBERS);
      const order = await database.query<{ message_id: number }>(
        'SELECT message_id, MIN(id) AS first FROM notifications GROUP BY message_id ORDER BY first',
      );
      const messages = order.map(({ message_id }) => message_id);
      expect(messages).toEqual([...messages].sort((a, b) => a - b));
      expect((await new CounterCheck(database).run()).differences).toEqual([]);
      expect(await database.query("SELECT 1 FROM events WHERE type = 'event.failed'")).toEqual([]);
    });
  }, 300_000);
});
