/* Programs that test runs start: each ends with the run, however that ends. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What has to end before this does; the last one started is the first to end. */
const running = new Set();
let isEnding = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    isEnding = true;
    [...running].at(-1)?.end('SIGTERM');
  });

/** Runs Jest with these arguments, and answers its exit code. */
export function runJest(jestArguments, variables) {
  const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  args.push(join(ROOT, 'node_modules/jest/bin/jest.js'), '--config', join(ROOT, 'test/jest.config.mjs'));
  const environment = { ...process.env, ...variables };
  return start(process.execPath, [...args, ...jestArguments], { cwd: ROOT, stdio: 'inherit', env: environment }).ended;
}

/** Where an executable is; those of servers may not be on everybody's PATH. */
export function program(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/libexec'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a program in a process group of its own, so that only this process ends it, with all that it has started. */
export function start(command, args, options) {
  if (isEnding) throw new Error('Ended before all was done');
  const child = spawn(command, args, { ...options, detached: true });
  const program = {
    end(signal) {
      if (running.has(program) && child.pid !== undefined) process.kill(-child.pid, signal);
    },
    isRunning: () => running.has(program),
    /** Its exit code. */
    ended: new Promise((resolve) => {
      child.once('error', (error) => {
        console.error(error.message);
        resolve(1);
      });
      child.once('exit', (code) => resolve(code ?? 1));
    }).finally(() => running.delete(program)),
  };
  running.add(program);
  return program;
}

export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
