import { spawn } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startServer } from './server.mjs';

/** Rows in one statement. */
const STEP = 100_000;
/** When the oldest row was made. */
const EPOCH = 1_700_000_000_000;
const YEAR_MS = 31_536_000_000;
const SCOPES = 'create:* read:* update:* delete:*';

// Bodies are 20 to 219 characters from the start of this.
const TEXT =
  'The train to the coast leaves at nine, so we should meet under the clock a little earlier and buy the tickets there. ' +
  'Bring something warm: it is windy on the pier, and the boats do not wait for anybody who goes back for a coat.';

// What searches look for, at the end of every so many bodies.
const MARK_EVERY = [
  [100_000, ' zephyrine qz'],
  [1_000, ' a quokka'],
  [999, ' 明日は天気がいい'],
];
const MARKS = `CASE ${MARK_EVERY.map(([every, mark]) => `WHEN (? + n) % ${every} = 7 THEN '${mark}'`).join(' ')} ELSE '' END`;

/** Tokens of the two applications: fixed, so that another server can be given the same and answer the same requests. */
export const TOKENS = {
  main: process.env.BENCH_TOKEN || 'bench-token-1-0123456789abcdef0123456789abcdef',
  big: process.env.BENCH_BIG_TOKEN || 'bench-token-2-0123456789abcdef0123456789abcdef',
};

/** What is in a database, as the requests need to know it. Ids begin at 1 in every table. */
export function dataSet(size) {
  return {
    ...size,
    tokens: TOKENS,
    hotChannel: 1,
    shortChannel: 2,
    longChannelId: size.longChannel > 0 ? size.channels + 1 : undefined,
  };
}

/** Makes the data set unless this database holds it already, from an earlier run that kept it. */
export async function provide(place, size, entry, say) {
  const description = JSON.stringify({ schema: schemaOf(entry), ...size, ...TOKENS });
  if ((await descriptionIn(place)) === description) return say('using the data set that is there');
  await place.create();
  // The server itself makes the schema and the applications.
  const applications = { main: await makeApplication(place, entry), big: await makeApplication(place, entry) };
  const connection = await place.connect();
  try {
    await connection.hurry();
    await fill(connection, size, applications, say);
    await connection.settle();
  } finally {
    await connection.close();
  }
  await indexMessages(place, entry);
  say('the index of messages');
  const described = await place.connect();
  await describe(described, description);
  await described.close();
  say('the data set is ready');
}

/** Tells a data set of another schema from one that can be used again. */
function schemaOf(entry) {
  const folder = join(dirname(entry), 'database', 'migrations');
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  return hash('sha256', files.map((name) => readFileSync(join(folder, name))).join('\n'), 'base64');
}

async function descriptionIn(place) {
  if (!(await place.exists())) return undefined;
  const connection = await place.connect();
  try {
    const [row] = await connection.query('SELECT description FROM bench_data_set');
    return row?.description;
  } catch {
    // There is no such table: nothing was kept, or it was not finished.
    return undefined;
  } finally {
    await connection.close();
  }
}

/** Written last, so that a data set that was interrupted is never taken for a whole one. */
async function describe(connection, description) {
  await connection.run('CREATE TABLE bench_data_set (description TEXT NOT NULL)');
  await connection.run('INSERT INTO bench_data_set VALUES (?)', [description]);
}

/** Done by the server's own command, which would otherwise do it while others are measured. */
function indexMessages(place, entry) {
  const environment = { ...process.env, DATABASE_URL: place.url };
  const child = spawn(process.execPath, [join(dirname(entry), 'cli.js'), 'search:rebuild'], {
    env: environment,
    stdio: 'ignore',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`search:rebuild ended with ${code}`))));
  });
}

async function makeApplication(place, entry) {
  const clientId = `bench-${randomBytes(8).toString('hex')}`;
  const server = await startServer(entry, {
    DATABASE_URL: place.url,
    BOOTSTRAP_CLIENT_ID: clientId,
    BOOTSTRAP_CLIENT_SECRET: randomBytes(24).toString('hex'),
  });
  await server.stop();
  const connection = await place.connect();
  try {
    const [row] = await connection.query('SELECT application_id AS id FROM clients WHERE id = ?', [clientId]);
    return { id: Number(row.id), clientId };
  } finally {
    await connection.close();
  }
}

async function fill(connection, size, { main, big }, say) {
  const { run } = connection;
  await addToken(run, TOKENS.main, main);
  await addToken(run, TOKENS.big, big);
  await addNumbers(run);

  const restore = [];
  for (const table of ['users', 'memberships', 'messages']) restore.push(await connection.liftIndexes(table));
  await addUsers(run, main.id, size.users, 0);
  await addUsers(run, big.id, size.bigUsers, size.users);
  say(`${size.users} + ${size.bigUsers} users`);

  const channels = size.channels + (size.longChannel > 0 ? 1 : 0);
  await addChannels(run, main.id, channels);
  await addMembers(run, main.id, channels, size.senders);
  say(`${channels} channels with ${size.senders} members each`);

  await addMessages(run, main.id, size, size.messages, channels, `1 + (? + n) * 6151 % ${size.channels}`);
  await addMessages(run, main.id, size, size.longChannel, channels + size.messages, `${channels} + 0 * ?`);
  say(`${size.messages + size.longChannel} messages`);
  for (const bringBack of restore) await bringBack();
  say('indexes');

  await run('DROP TABLE bench_numbers');
  await count(run, main.id);
  await count(run, big.id);
  say('counters');
}

async function addToken(run, token, { id, clientId }) {
  await run(
    'INSERT INTO access_tokens (token_hash, application_id, client_id, scope, issued_time, expires_time) VALUES (?, ?, ?, ?, ?, ?)',
    [hash('sha256', token, 'base64'), id, clientId, SCOPES, Date.now(), Date.now() + YEAR_MS],
  );
}

/** The numbers 1 to {@link STEP}, which every engine can select from. */
async function addNumbers(run) {
  await run('CREATE TABLE bench_numbers (n INTEGER PRIMARY KEY)');
  await run('INSERT INTO bench_numbers VALUES (1)');
  for (let count = 1; count < STEP; count *= 2)
    await run('INSERT INTO bench_numbers SELECT n + ? FROM bench_numbers WHERE n <= ?', [count, STEP - count]);
}

/** Calls `insert` with how many rows there are already and how many to add, a portion at a time. */
async function inPortions(total, insert) {
  for (let done = 0; done < total; done += STEP) await insert(done, Math.min(STEP, total - done));
}

const addUsers = (run, applicationId, total, firstId) =>
  inPortions(total, (done, rows) =>
    run(
      `INSERT INTO users (id, application_id, type, name, display_name, is_guest, presence_status, presence_online, properties, created_time)
       SELECT ? + n, ?, 'PERSON', CONCAT('user-', ? + n), CONCAT('Person Number ', ? + n), 0, 'UNAVAILABLE', 0, '{}', ? + n
       FROM bench_numbers WHERE n <= ? ORDER BY n`,
      [firstId + done, applicationId, done, done, EPOCH + done, rows],
    ),
  );

/** The main thread of a channel has its number as well: threads and messages share one sequence of ids. */
async function addChannels(run, applicationId, total) {
  await inPortions(total, (done, rows) =>
    run(
      `INSERT INTO channels (id, application_id, type, name, display_name, creator_id, main_thread_id, properties, created_time)
       SELECT ? + n, ?, 'PUBLIC', CONCAT('channel-', ? + n), CONCAT('Channel Number ', ? + n), 1, ? + n, '{}', ?
       FROM bench_numbers WHERE n <= ? ORDER BY n`,
      [done, applicationId, done, done, done, EPOCH, rows],
    ),
  );
  await run(
    `INSERT INTO threads (id, application_id, channel_id, type, nested_level, properties, created_time)
     SELECT main_thread_id, application_id, id, 'MAIN', 0, '{}', created_time FROM channels ORDER BY id`,
  );
}

/** The first users of the application are members of every channel. */
async function addMembers(run, applicationId, channels, members) {
  const channelsAtOnce = Math.max(1, Math.floor(STEP / members));
  for (let done = 0; done < channels; done += channelsAtOnce)
    await run(
      `INSERT INTO memberships (channel_id, user_id, application_id, created_time)
       SELECT c.id, m.n, ?, ? FROM channels c JOIN bench_numbers m ON m.n <= ?
       WHERE c.id > ? AND c.id <= ? ORDER BY c.id, m.n`,
      [applicationId, EPOCH, members, done, done + channelsAtOnce],
    );
}

/**
 * Messages by all users in turn, as if they had been members once: a page of 25 names 25 people. `channel` is an
 * expression with one parameter, how many messages were added before.
 */
const addMessages = (run, applicationId, { users }, total, firstId, channel) =>
  inPortions(total, (done, rows) =>
    run(
      `INSERT INTO messages (id, application_id, channel_id, thread_id, user_id, type, body, nested_level, properties, created_time)
       SELECT ? + n, ?, ${channel}, ${channel}, 1 + (? + n) * 48271 % 99991 % ?, 'TEXT',
         CONCAT(SUBSTR(?, 1, 20 + (? + n) * 40692 % 7919 % 200), ${MARKS}), 0, '{}', ? + n * 50
       FROM bench_numbers WHERE n <= ? ORDER BY n`,
      [
        firstId + done,
        applicationId,
        done,
        done,
        done,
        users,
        TEXT,
        done,
        ...MARK_EVERY.map(() => done),
        EPOCH + done * 50,
        rows,
      ],
    ),
  );

/** All counters from what there is, so that they are as exact as the server keeps them. */
async function count(run, applicationId) {
  await run(
    `UPDATE channels SET
       message_count = (SELECT COUNT(*) FROM messages m WHERE m.channel_id = channels.id),
       last_message_id = (SELECT MAX(m.id) FROM messages m WHERE m.channel_id = channels.id),
       member_count = (SELECT COUNT(*) FROM memberships ms WHERE ms.channel_id = channels.id)
     WHERE application_id = ?`,
    [applicationId],
  );
  await run(
    `UPDATE users SET
       message_count = (SELECT COUNT(*) FROM messages m WHERE m.user_id = users.id),
       channel_count = (SELECT COUNT(*) FROM memberships ms WHERE ms.user_id = users.id)
     WHERE application_id = ? AND id IN (SELECT user_id FROM messages UNION SELECT user_id FROM memberships)`,
    [applicationId],
  );
  await run(
    `UPDATE applications SET
       user_count = (SELECT COUNT(*) FROM users u WHERE u.application_id = applications.id),
       channel_count = (SELECT COUNT(*) FROM channels c WHERE c.application_id = applications.id),
       message_count = (SELECT COUNT(*) FROM messages m WHERE m.application_id = applications.id)
     WHERE id = ?`,
    [applicationId],
  );
}
