/** The two sides of the realtime bench: a bare `ws` server, and ours. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from './server.mjs';

export const BYTES = 600;
const AT_ONCE = 50;
const CLIENT_ID = 'bench';
const CLIENT_SECRET = 'bench-secret-of-the-realtime-bench';
const PROBE = ['--expose-gc', '--import', new URL('realtime-probe.mjs', import.meta.url).href];

/** A text of the measured size, with the time when it is sent. */
const textOf = (mark) => `@${mark}@`.padEnd(BYTES, '.');

export async function bareServer(size) {
  const child = helper('realtime-floor.mjs', ['--expose-gc']);
  const { port } = await child.ask({ listen: true });
  return {
    name: 'bare ws',
    addresses: Array.from({ length: size }, () => ({ url: `ws://127.0.0.1:${port}` })),
    send: (mark) => child.ask({ send: textOf(mark) }),
    /** What a client sends, before and after the mark. */
    frame: ['@', `@${'.'.repeat(BYTES - 22)}`],
    ...meters((question) => child.ask(question)),
    stop: () => child.stop(),
  };
}

/** With `size` members of a channel; addresses are those of apps that have it before their eyes. */
export async function ourServer(size, entry) {
  const folder = mkdtempSync(join(tmpdir(), 'realtime-bench-'));
  const server = await startServer(
    entry,
    {
      DATABASE_URL: process.env.BENCH_REALTIME_DATABASE_URL ?? `sqlite:${join(folder, 'bench.sqlite')}`,
      DATA_DIR: folder,
      BOOTSTRAP_CLIENT_ID: CLIENT_ID,
      BOOTSTRAP_CLIENT_SECRET: CLIENT_SECRET,
      REALTIME_REQUESTS_PER_SECOND: '0',
    },
    0,
    PROBE,
  );
  const { api, channel, names } = await seed(server, size);
  const { key } = await api('/v1/application');
  const url = `${server.url.replace('http', 'ws')}/rtm/websocket?api-key=${key}`;
  const topic = `/topic/v1/channels/${channel.id}`;
  return {
    name: 'ours',
    addresses: names.map((user) => ({ url, user, topics: [topic, `${topic}.messages`] })),
    send: (mark) => api(`/v1/channels/${channel.id}/messages`, { type: 'TEXT', body: textOf(mark) }),
    frame: [
      `SEND\ndestination:/application/v1/channels/${channel.id}.message\n\n{"type":"TEXT","body":"@`,
      `@${'.'.repeat(BYTES - 22)}"}\0`,
    ],
    ...meters((question) => ask(server.process, question)),
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The processor time of a server so far, in microseconds, and its memory after collection, in bytes. */
const meters = (askServer) => ({
  cpu: async () => (await askServer({ cpu: true })).cpu,
  memory: async () => (await askServer({ memory: true })).memory,
});

async function seed(server, size) {
  const credentials = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64');
  const token = await call(
    server,
    '/oauth/token',
    `Basic ${credentials}`,
    new URLSearchParams({ grant_type: 'client_credentials' }),
  );
  const api = (path, body) => call(server, path, `Bearer ${token.access_token}`, body && JSON.stringify(body));
  const names = Array.from({ length: size }, (_, n) => `reader-${n}`);
  await inPortions(names, (name) => api('/v1/users', { name, displayName: name, isGuest: false }));
  const channel = await api('/v1/channels', { type: 'PUBLIC', name: 'bench', creator: { username: names[0] } });
  await inPortions(names.slice(1), (username) => api(`/v1/channels/${channel.id}/members`, { username }));
  return { api, channel, names };
}

async function call({ url }, path, authorization, body) {
  const json = typeof body === 'string';
  const response = await fetch(url + path, {
    method: body ? 'POST' : 'GET',
    headers: { authorization, ...(json && { 'content-type': 'application/json' }) },
    ...(body && { body }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

async function inPortions(items, work) {
  for (let at = 0; at < items.length; at += AT_ONCE) await Promise.all(items.slice(at, at + AT_ONCE).map(work));
}

/** A process that answers each question with one message. */
export function helper(file, execArgv = []) {
  const child = fork(new URL(file, import.meta.url), { execArgv });
  return { ask: (question) => ask(child, question), stop: () => child.kill() };
}

async function ask(child, question) {
  child.send(question);
  const [answer] = await once(child, 'message');
  if (answer.error) throw new Error(answer.error);
  return answer;
}
