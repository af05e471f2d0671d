import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/database/database.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { connect, databaseOn } from '../support/data-source.js';
import { allIsRead } from '../support/notifications.js';
import { Receiver, signaturesBy } from '../support/receiver.js';
import { emptyDatabase, EmptyDatabase, ServerProcess } from '../support/server-process.js';
import { pause, until } from '../support/wait.js';
import { KILLS } from '../support/kills.js';

const CLIENTS = 4;
const CHANNELS = 3;
/** Of each channel: so many that the server is behind with its notifications most of the time. */
const MEMBERS = 300;
const CREDENTIALS = { BOOTSTRAP_CLIENT_ID: 'operator', BOOTSTRAP_CLIENT_SECRET: 'chosen by the operator' };
const PATH = '/events';

describe('a server that is killed while it tells of messages, a webhook and the members', () => {
  let files: EmptyDatabase;
  let server: ServerProcess;
  let receiver: Receiver;
  let token: string;
  let secret: string;
  let channels: number[];
  /** Bodies of the messages that were acknowledged. */
  const acknowledged: string[] = [];
  let count = 0;

  beforeAll(async () => {
    files = await emptyDatabase();
    receiver = await Receiver.start();
    receiver.behave = async () => {
      await pause(Math.random() * 10);
      return 200;
    };
    await start();
    const response = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${CREDENTIALS.BOOTSTRAP_CLIENT_ID}:${CREDENTIALS.BOOTSTRAP_CLIENT_SECRET}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    token = ((await response.json()) as { access_token: string }).access_token;
    channels = await Promise.all(
      Array.from({ length: CHANNELS }, async () => (await post('/v1/channels', { type: 'PUBLIC' })).id as number),
    );
    secret = (await post('/v1/webhooks', { url: receiver.url + PATH, types: ['message.sent'] })).secret;
    await onDatabase(addMembers);
  });
  afterAll(async () => {
    await ServerProcess.endAll();
    await receiver.stop();
    await files.remove();
  });

  const start = async () => {
    server = await ServerProcess.start({
      ...CREDENTIALS,
      DATABASE_URL: files.url,
      WEBHOOKS_ALLOW_PRIVATE: 'true',
    });
  };
  const post = async (path: string, body: unknown): Promise<any> => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
    return response.json();
  };
  const onDatabase = async <T>(work: (database: Database) => Promise<T>): Promise<T> => {
    const dataSource = await connect(files.url);
    try {
      return await work(databaseOn(dataSource));
    } finally {
      await dataSource.destroy();
    }
  };
  const addMembers = async (database: Database) => {
    const ids = Array.from({ length: MEMBERS }, (_, index) => index + 1_000);
    await database.execute(
      `INSERT INTO users (id, application_id, type, name, display_name, presence_status, properties, channel_count, created_time) VALUES ${ids.map((id) => `(${id}, 1, 'PERSON', 'user-${id}', 'X', 'UNAVAILABLE', '{}', ${CHANNELS}, 1)`).join(', ')}`,
    );
    for (const channel of channels)
      await database.execute(
        `INSERT INTO memberships (channel_id, user_id, application_id, created_time) VALUES ${ids.map((id) => `(${channel}, ${id}, 1, 1)`).join(', ')}`,
      );
    await database.execute('UPDATE channels SET member_count = ?', [MEMBERS]);
    await database.execute('UPDATE applications SET user_count = user_count + ? WHERE id = 1', [MEMBERS]);
  };
  /** Sends until the server is gone. */
  const client = async (number: number) => {
    for (;;) {
      const body = `${number}-${++count}`;
      try {
        await post(`/v1/channels/${channels[count % CHANNELS]}/messages`, { type: 'TEXT', body });
        acknowledged.push(body);
      } catch (error) {
        // How fetch says that nobody answers any more.
        if ((error as Error).name !== 'TypeError') throw error;
        return;
      }
      await pause(Math.random() * 20);
    }
  };
  it(`delivers every event at least once, and notifies each member once, in the order of each channel, through ${KILLS} kills`, async () => {
    let interrupted = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const clients = Array.from({ length: CLIENTS }, (_, number) => client(number));
      const [sent, got] = [acknowledged.length, receiver.got.length];
      await until('messages are sent and told', () => acknowledged.length > sent + 5 && receiver.got.length > got);
      await pause(Math.random() * 150);
      await server.end('SIGKILL');
      await Promise.all(clients);
      await onDatabase(async (database) => {
        if (!(await allIsRead(database))) interrupted++;
        // As if what the killed process had leased had run out.
        await database.execute('UPDATE event_positions SET leased_until = 0');
        await database.execute('UPDATE webhook_lanes SET due_time = 0');
      });
      await start();
    }
    // Otherwise this would prove nothing about notifications.
    expect(interrupted).toBeGreaterThan(KILLS / 2);
    const events = await onDatabase((database) =>
      database.query<{ id: number; channel_id: number; subject_id: number; payload: string }>(
        "SELECT id, channel_id, subject_id, payload FROM events WHERE type = 'message.sent' ORDER BY id",
      ),
    );
    const bodies = events.map(({ payload }) => (JSON.parse(payload) as { body: string }).body);
    expect(bodies).toEqual(expect.arrayContaining(acknowledged));
    expect(acknowledged.length).toBeGreaterThan(KILLS * 5);
    await expectDeliveries(events);
    await onDatabase(async (database) => {
      await expectNotifications(database, events.length);
      expect((await new CounterCheck(database).run()).differences).toEqual([]);
      expect(await database.query("SELECT 1 FROM events WHERE type = 'event.failed'")).toEqual([]);
    });
  }, 300_000);

  async function expectDeliveries(events: { id: number; channel_id: number; subject_id: number }[]): Promise<void> {
    const firsts = () => [...new Map(receiver.got.map(({ event }) => [event.id, event])).values()];
    await until('every event has come', () => firsts().length >= events.length, 60_000);
    expect(
      firsts()
        .map(({ id }) => id)
        .sort((a, b) => a - b),
    ).toEqual(events.map(({ id }) => id));
    for (const channel of channels) {
      const inChannel = firsts().filter(({ channelId }) => channelId === channel);
      expect(inChannel.map(({ data }) => data.subjectId)).toEqual(
        events.filter(({ channel_id }) => channel_id === channel).map(({ subject_id }) => subject_id),
      );
    }
    for (const received of receiver.got) expect(signaturesBy(secret, received)).toEqual([true]);
    // What was under way when the server was killed comes again, and nothing else does.
    expect(receiver.got.length - events.length).toBeLessThanOrEqual(KILLS * CHANNELS);

    await until('the log of the webhook says so', async () => {
      const open = await onDatabase((database) =>
        database.query("SELECT 1 FROM webhook_deliveries WHERE state <> 'DELIVERED' LIMIT 1"),
      );
      return open.length === 0;
    });
  }

  async function expectNotifications(database: Database, sent: number): Promise<void> {
    const countOf = async (what: string): Promise<number> =>
      Number((await database.query<{ n: number }>(`SELECT ${what} AS n FROM notifications`))[0]!.n);
    await until('the rest is told', () => allIsRead(database), 60_000);
    // Each pair of member and message once, and in the order of the messages.
    expect(await countOf('COUNT(*)')).toBe(sent * MEMBERS);
    expect(await countOf('COUNT(DISTINCT message_id * 1000000 + user_id)')).toBe(sent * MEMBERS);
    const order = await database.query<{ message_id: number }>(
      'SELECT message_id, MIN(id) AS first FROM notifications GROUP BY message_id ORDER BY first',
    );
    const messages = order.map(({ message_id }) => message_id);
    expect(messages).toEqual([...messages].sort((a, b) => a - b));
  }
});
