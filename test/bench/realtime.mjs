/**
 * One message of 600 bytes to all who are connected: `node test/bench/realtime.mjs [connections…]`, 1000 unless told.
 *
 * Ours: members of one channel, each with a chat session that listens to it, and a back-end that sends over REST. The
 * floor: a bare `ws` server in a process of its own that sends the same text to all of its sockets. Connections are held by
 * one more process, the same for both. Each next message is sent once the last has reached everybody.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { residentMemory, startServer, stopServers } from './server.mjs';

const SECONDS = 8;
const BYTES = 600;
const AT_ONCE = 50;
const CLIENT_ID = 'bench';
const CLIENT_SECRET = 'bench-secret-of-the-realtime-bench';
const ENTRY = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

const sizes = process.argv.slice(2).map(Number);
console.log('| connections | server | connects/s | deliveries/s | p50 ms | p99 ms | KiB a connection |');
console.log('| --: | --- | --: | --: | --: | --: | --: |');
try {
  for (const size of sizes.length > 0 ? sizes : [1_000])
    for (const make of [bareServer, ourServer]) await measure(make, size);
} finally {
  await stopServers();
}

async function measure(make, size) {
  const server = await make(size);
  const clients = helper('realtime-clients.mjs');
  try {
    const before = residentMemory(server.pid);
    const startedAt = performance.now();
    await clients.ask({ open: server.addresses });
    const connecting = performance.now() - startedAt;
    const idle = ((residentMemory(server.pid) - before) * 1_024) / size;
    await server.send('0');
    await clients.ask({ expect: size });
    await clients.ask({ forget: true });
    const until = performance.now() + SECONDS * 1_000;
    let rounds = 0;
    const sendingAt = performance.now();
    while (performance.now() < until) {
      const arrived = clients.ask({ expect: size });
      await server.send(String(performance.timeOrigin + performance.now()).padEnd(20, '0'));
      await arrived;
      rounds++;
    }
    const seconds = (performance.now() - sendingAt) / 1_000;
    const { p50, p99 } = await clients.ask({ delays: true });
    const figures = [(size / connecting) * 1_000, (rounds * size) / seconds].map((figure) =>
      Math.round(figure).toLocaleString('en'),
    );
    console.log(
      `| ${size} | ${server.name} | ${figures.join(' | ')} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${idle.toFixed(1)} |`,
    );
  } finally {
    clients.stop();
    await server.stop();
  }
}

async function bareServer(size) {
  const child = helper('realtime-floor.mjs');
  const { port } = await child.ask({ listen: true });
  return {
    name: 'bare ws',
    pid: child.pid,
    addresses: Array.from({ length: size }, () => ({ url: `ws://127.0.0.1:${port}` })),
    send: (mark) => child.ask({ send: textOf(mark) }),
    stop: () => child.stop(),
  };
}

async function ourServer(size) {
  const folder = mkdtempSync(join(tmpdir(), 'realtime-bench-'));
  const server = await startServer(ENTRY, {
    DATABASE_URL: process.env.BENCH_REALTIME_DATABASE_URL ?? `sqlite:${join(folder, 'bench.sqlite')}`,
    DATA_DIR: folder,
    BOOTSTRAP_CLIENT_ID: CLIENT_ID,
    BOOTSTRAP_CLIENT_SECRET: CLIENT_SECRET,
  });
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
  const { key } = await api('/v1/application');
  const url = `${server.url.replace('http', 'ws')}/rtm/websocket?api-key=${key}`;
  return {
    name: 'ours',
    pid: server.pid,
    addresses: names.map((user) => ({ url, user, topic: `/topic/v1/channels/${channel.id}` })),
    send: (mark) => api(`/v1/channels/${channel.id}/messages`, { type: 'TEXT', body: textOf(mark) }),
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function textOf(mark) {
  return `@${mark}@`.padEnd(BYTES, '.');
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
function helper(file) {
  const child = fork(new URL(file, import.meta.url));
  return {
    pid: child.pid,
    async ask(question) {
      child.send(question);
      const [answer] = await once(child, 'message');
      if (answer.error) throw new Error(answer.error);
      return answer;
    },
    stop: () => child.kill(),
  };
}
