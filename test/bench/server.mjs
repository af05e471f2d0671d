import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';

const START_MS = 60_000;
const STOP_MS = 15_000;
const running = new Set();

/** Starts the built server as a process of its own and waits until it serves. `nodeOptions`: those of the command line. */
export async function startServer(entry, environment, port = 0, nodeOptions = []) {
  const child = spawn(process.execPath, [...nodeOptions, entry], {
    env: { ...process.env, LOG_LEVEL: 'warn', HOST: '127.0.0.1', PORT: String(port), ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  let output = '';
  const served = new Promise((resolve, reject) => {
    const read = (data) => {
      output = (output + data).slice(-10_000);
      const line = /^Serving .* at https?:\/\/[^\s:]+:(\d+)/m.exec(output);
      if (line) resolve(Number(line[1]));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    void ended.then((how) => reject(new Error(`the server ended (${how}) before it served:\n${output}`)));
    setTimeout(() => reject(new Error(`the server does not serve after ${START_MS} ms:\n${output}`)), START_MS).unref();
  });
  const server = {
    pid: child.pid,
    process: child,
    async stop() {
      running.delete(server);
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(timer);
    },
  };
  running.add(server);
  try {
    server.url = `http://127.0.0.1:${await served}`;
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Fails if something listens on the port: better told before a data set is made than after. */
export function requireFree(port) {
  return new Promise((resolve, reject) => {
    const trial = createServer().once('error', reject);
    trial.listen(port, '127.0.0.1', () => trial.close(resolve));
  });
}

/** Ends every server that was started here. */
export async function stopServers() {
  await Promise.all([...running].map((server) => server.stop()));
}

/** What a process keeps in memory now, in MiB. Undefined where the system does not tell. */
export const residentMemory = (pid) => statusOf(pid, 'VmRSS');
/** The most it has kept in memory since {@link forgetPeak}. */
export const peakMemory = (pid) => statusOf(pid, 'VmHWM');

function statusOf(pid, field) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)[1]) / 1024;
  } catch {
    return undefined;
  }
}

/** Lets the peak begin anew (Linux). */
export function forgetPeak(pid) {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Elsewhere, or not allowed: the peak is that of the whole life of the process.
  }
}
