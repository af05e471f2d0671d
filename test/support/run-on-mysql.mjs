/*
 * Runs the tests on MySQL or MariaDB: the server that TEST_DATABASE_URL names; or else, if MariaDB is installed, one of
 * its own in a folder for temporary files, which is gone afterwards; or else one that answers on this machine's port
 * 3306 to root without a password. Its own is the fastest by far, since it need not last. Arguments are handed on to
 * Jest.
 */
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { freePort, pause, program, runJest, start } from './programs.mjs';

const LOCAL = 'mysql://root@127.0.0.1:3306/';
const START_MS = 60_000;
const STOP_MS = 30_000;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function main(jestArguments) {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    const problem = await refusal(given);
    if (problem) throw new Error(`The server that TEST_DATABASE_URL names does not answer: ${problem}`);
    return jest(given, jestArguments);
  }
  const mariadbd = program('mariadbd');
  const install = program('mariadb-install-db') ?? program('mysql_install_db');
  if (mariadbd && install) return withMariadb(mariadbd, install, (url) => jest(url, jestArguments));
  const problem = await refusal(LOCAL);
  if (!problem) return jest(LOCAL, jestArguments);
  throw new Error(
    [
      'There is no MySQL or MariaDB to test with. Any one of these is enough:',
      '  - TEST_DATABASE_URL=mysql://user:password@host:3306/, whose user may create databases;',
      `  - an installed MariaDB, of which a private one is started (missing: ${[!mariadbd && 'mariadbd', !install && 'mariadb-install-db'].filter(Boolean).join(', ')});`,
      `  - a server that answers at ${LOCAL} (now: ${problem}).`,
    ].join('\n'),
  );
}

/** Why the server cannot be used; undefined if it can. */
async function refusal(url) {
  try {
    const connection = await mysql.createConnection({ uri: url, connectTimeout: 5_000 });
    await connection.query('SELECT 1');
    await connection.end();
    return undefined;
  } catch (error) {
    return error.message || error.code;
  }
}

function jest(url, jestArguments) {
  return runJest(jestArguments, { TEST_DATABASE_URL: url });
}

async function withMariadb(mariadbd, install, work) {
  const folder = await mkdtemp(join(tmpdir(), 'mariadb-'));
  const log = await open(join(folder, 'log'), 'a');
  const failure = (problem) => new Error(`No private MariaDB could be started: ${problem}`);
  const said = () => readFile(join(folder, 'log'), 'utf8');
  try {
    const stdio = ['ignore', log.fd, log.fd];
    const data = `--datadir=${join(folder, 'data')}`;
    // It refuses to run as root unless told to.
    const user = process.getuid?.() === 0 ? ['--user=root'] : [];
    const options = ['--auth-root-authentication-method=normal', '--skip-test-db'];
    const installed = await start(install, ['--no-defaults', data, ...user, ...options], { stdio }).ended;
    if (installed !== 0) throw failure(`${install} ended with ${installed}\n${await said()}`);
    const port = await freePort();
    const place = [`--socket=${join(folder, 'sock')}`, `--pid-file=${join(folder, 'pid')}`, `--port=${port}`];
    // Unlike in production nothing has to outlast a power cut: waiting for the disk is most of the time that it takes to
    // create tables, and each spec file creates all of them.
    const unsafe = [
      '--innodb-flush-log-at-trx-commit=0',
      '--loose-innodb-flush-method=nosync',
      '--loose-debug-no-sync',
    ];
    const settings = ['--bind-address=127.0.0.1', '--max-connections=400', ...unsafe];
    const server = start(mariadbd, ['--no-defaults', data, ...user, ...place, ...settings], { stdio });
    try {
      const url = `mysql://root@127.0.0.1:${port}/`;
      const problem = await silence(url, server);
      if (problem) throw failure(`${problem}\n${await said()}`);
      return await work(url);
    } finally {
      server.end('SIGTERM');
      const deadline = setTimeout(() => server.end('SIGKILL'), STOP_MS);
      await server.ended;
      clearTimeout(deadline);
    }
  } finally {
    await log.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Waits until the server answers. If it does not, says why. */
async function silence(url, server) {
  const deadline = Date.now() + START_MS;
  for (let problem; (problem = await refusal(url)); await pause(200))
    if (!server.isRunning() || Date.now() > deadline) return problem;
  return undefined;
}
