import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/database/database.js';
import { CounterCheck } from '../../src/operations/counter-check.js';
import { connect, databaseOn } from '../support/data-source.js';
import { Receiver, signaturesBy } from '../support/receiver.js';
import { emptyDatabase, EmptyDatabase, ServerProcess } from '../support/server-process.js';
import { pause, until } from '../support/wait.js';
import { KILLS } from '../support/kills.js';

const CLIENTS = 4;
const CHANNELS = 3;
const CREDENTIALS = { BOOTSTRAP_CLIENT_ID: 'operator', BOOTSTRAP_CLIENT_SECRET: 'chosen by the operator' };
const PATH = '/events';

describe('a server that is killed while it tells a webhook', () => {
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
  /** As if what the killed process had leased had run out. */
  const endLeases = () =>
    onDatabase(async (database) => {
      await database.execute('UPDATE event_positions SET leased_until = 0');
      await database.execute('UPDATE webhook_lanes SET due_time = 0');
    });

  it(`delivers every event at least once, those of a channel in their order, through ${KILLS} kills`, async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const clients = Array.from({ length: CLIENTS }, (_, number) => client(number));
      const [sent, got] = [acknowledged.length, receiver.got.length];
      await until('messages are sent and told', () => acknowledged.length > sent + 5 && receiver.got.length > got);
      await pause(Math.random() * 150);
      await server.end('SIGKILL');
      await Promise.all(clients);
      await endLeases();
      await start();
    }
    const events = await onDatabase((database) =>
      database.query<{ id: number; channel_id: number; subject_id: number; payload: string }>(
        "SELECT id, channel_id, subject_id, payload FROM events WHERE type = 'message.sent' ORDER BY id",
      ),
    );
    const bodies = events.map(({ payload }) => (JSON.parse(payload) as { body: string }).body);
    expect(bodies).toEqual(expect.arrayContaining(acknowledged));
    expect(acknowledged.length).toBeGreaterThan(KILLS * 5);

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
    expect((await onDatabase((database) => new CounterCheck(database).run())).differences).toEqual([]);
  }, 300_000);
});
