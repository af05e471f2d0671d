/*
 * Runs the tests that need a Redis, and those of apps with the apps spread over several processes. The Redis is the one
 * that TEST_REDIS_URL names; or else one that answers on this machine's port 6379; or else one of its own, which is gone
 * afterwards. Arguments are handed on to Jest.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort, pause, program, runJest, start } from './programs.mjs';

const LOCAL = 'redis://127.0.0.1:6379';
const START_MS = 20_000;
/** What needs a Redis, and what is to hold as well where several processes share one. */
const TESTS = ['test/redis', 'test/realtime/.*sdk', 'test/realtime/connections', 'test/process/realtime-crash'];

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function main(jestArguments) {
  const jest = (url) => runJest([...TESTS, ...jestArguments], { TEST_REDIS_URL: url });
  const given = process.env.TEST_REDIS_URL;
  if (given) {
    const problem = await refusal(given);
    if (problem) throw new Error(`The Redis that TEST_REDIS_URL names does not answer: ${problem}`);
    return jest(given);
  }
  const problem = await refusal(LOCAL);
  if (!problem) return jest(LOCAL);
  const server = program('redis-server') ?? program('valkey-server');
  if (server) return withRedis(server, jest);
  throw new Error(
    [
      'There is no Redis to test with. Any one of these is enough:',
      '  - TEST_REDIS_URL=redis://user:password@host:6379/0;',
      `  - a server that answers at ${LOCAL} (now: ${problem});`,
      '  - an installed redis-server, of which a private one is started.',
    ].join('\n'),
  );
}

/** Why the server cannot be used; undefined if it can. */
async function refusal(url) {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: null, connectTimeout: 5_000 });
  let reason;
  redis.on('error', (error) => (reason = error.message || error.code));
  try {
    await redis.connect();
    await redis.ping();
    return undefined;
  } catch (error) {
    return reason ?? error.message;
  } finally {
    redis.disconnect();
  }
}

async function withRedis(command, work) {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  try {
    const port = await freePort();
    const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--logfile', join(folder, 'log')];
    const server = start(command, [...place, '--save', '', '--appendonly', 'no'], { stdio: 'ignore' });
    try {
      const url = `redis://127.0.0.1:${port}`;
      const deadline = Date.now() + START_MS;
      for (let problem; (problem = await refusal(url)); await pause(100))
        if (!server.isRunning() || Date.now() > deadline)
          throw new Error(`No private Redis could be started: ${problem}`);
      return await work(url);
    } finally {
      server.end('SIGTERM');
      await server.ended;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
