import { ReadableStream, TransformStream } from 'node:stream/web';
import { databaseRows } from './bulk-rows.mjs';
import { thousands } from './operations.mjs';
import { forgetPeak, peakMemory } from './server.mjs';

const POLL_MS = 200;
const FAN_OUT_MEMBERS = 10_000;
const FAN_OUT_MESSAGES = 20;

/** What is measured in items a second rather than in requests: one row for each, against a bare INSERT where there is one. */
export const BULK = ['imports', 'fanout'];

/** Imports and exports users and messages, and the same rows by bare statements of many rows. */
export async function imports(target, place, data, { bulk }, say) {
  header();
  const users = (n) => ({ name: `bulk-${n}`, displayName: `Bulk Person ${n}`, isGuest: false, properties: {} });
  say(`${thousands(bulk)} users`);
  const bareUsers = await databaseRows(place, 'users', bulk);
  report('import users', await measured(target, () => importing(target, data, 'users', bulk, users)), bulk, bareUsers);
  const channel = await api(target, data, 'POST', '/v1/channels', { type: 'PUBLIC', name: `bulk-${Date.now()}` });
  const messages = (n) => ({
    type: 'TEXT',
    channelId: channel.id,
    user: `bulk-${1 + (n % bulk)}`,
    body: `The train to the coast leaves at nine, says number ${n}.`,
    createdTime: new Date(1_600_000_000_000 + n * 1_000).toISOString(),
  });
  say(`${thousands(bulk)} messages`);
  const bareMessages = await databaseRows(place, 'messages', bulk);
  report(
    'import messages',
    await measured(target, () => importing(target, data, 'messages', bulk, messages)),
    bulk,
    bareMessages,
  );
  say('exports');
  for (const what of ['users', 'messages']) {
    const run = await measured(target, () => job(target, data, `/v1/analytics/${what}`));
    report(`export ${what}`, run, await count(target, data, what));
  }
}

/** Notifications for a channel of 10,000 members, until the last has its own. */
export async function fanout(target, place, data, _options, say) {
  header();
  say(`${FAN_OUT_MESSAGES} messages to ${thousands(FAN_OUT_MEMBERS)} members`);
  const channel = await api(target, data, 'POST', '/v1/channels', { type: 'PUBLIC', name: `fan-${Date.now()}` });
  const connection = await place.connect();
  await connection.run(
    'INSERT INTO memberships (channel_id, user_id, application_id, created_time) SELECT ?, u.id, u.application_id, 1 FROM users u WHERE u.id <= ?',
    [channel.id, FAN_OUT_MEMBERS],
  );
  await connection.run('UPDATE channels SET member_count = ? WHERE id = ?', [FAN_OUT_MEMBERS, channel.id]);
  const expected = FAN_OUT_MEMBERS * FAN_OUT_MESSAGES;
  const run = await measured(target, async () => {
    for (let n = 0; n < FAN_OUT_MESSAGES; n++)
      await api(target, data, 'POST', `/v1/channels/${channel.id}/messages`, { type: 'TEXT', body: `Attention ${n}` });
    const made = async () =>
      Number(
        (await connection.query('SELECT COUNT(*) AS n FROM notifications WHERE channel_id = ?', [channel.id]))[0].n,
      );
    while ((await made()) < expected) await pause();
  });
  await connection.close();
  report('notifications', run, expected);
}

function header() {
  console.log('| what | items | items/s | of bare INSERT | peak RSS MiB |');
  console.log('| --- | --: | --: | --: | --: |');
}

function report(what, { seconds, memory }, items, bareRate) {
  const rate = items / seconds;
  const ratio = bareRate ? (rate / bareRate).toFixed(2) : '';
  console.log(
    `| ${what} | ${thousands(items)} | ${thousands(rate)} | ${ratio} | ${memory ? thousands(memory) : '–'} |`,
  );
}

async function measured(target, work) {
  forgetPeak(target.pid);
  const startedAt = performance.now();
  await work();
  return { seconds: (performance.now() - startedAt) / 1_000, memory: peakMemory(target.pid) };
}

/** A file of a million items is not made in memory: it is sent as it comes into being. */
async function importing(target, data, what, total, item) {
  const boundary = 'bench-boundary';
  async function* form() {
    yield `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${what}.json"\r\nContent-Type: application/json\r\n\r\n[`;
    for (let from = 1; from <= total; from += 1_000) {
      const items = Array.from({ length: Math.min(1_000, total - from + 1) }, (_, n) => JSON.stringify(item(from + n)));
      yield (from > 1 ? ',' : '') + items.join(',');
    }
    yield `]\r\n--${boundary}--\r\n`;
  }
  const encode = new TransformStream({ transform: (text, out) => out.enqueue(Buffer.from(text)) });
  const body = ReadableStream.from(form()).pipeThrough(encode);
  const type = `multipart/form-data; boundary=${boundary}`;
  await job(target, data, `/v1/imports/${what}`, { body, duplex: 'half', headers: { 'content-type': type } });
}

/** Starts a job and waits until it has ended. */
async function job(target, data, path, options = {}) {
  const started = await answered(target, data, path, { method: 'POST', ...options });
  for (;;) {
    const { state, counts } = await api(target, data, 'GET', `/v1/jobs/${started.id}`);
    if (state === 'FAILED' || counts?.failed > 0) throw new Error(`${path}: ${state}, ${JSON.stringify(counts)}`);
    if (state === 'FINISHED') return;
    await pause();
  }
}

const count = async (target, data, what) => {
  const { page } = await api(target, data, 'GET', `/v1/${what}?size=1`);
  return page.totalElements ?? page.total;
};

const api = (target, data, method, path, body) =>
  answered(target, data, path, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });

async function answered({ url }, data, path, { headers, ...options }) {
  const answer = await fetch(url + path, {
    headers: { authorization: `Bearer ${data.tokens.main}`, ...headers },
    ...options,
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

const pause = () => new Promise((resolve) => setTimeout(resolve, POLL_MS));
