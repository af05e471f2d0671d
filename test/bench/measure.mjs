import autocannon from 'autocannon';
import { forgetPeak, peakMemory } from './server.mjs';

const TIMEOUT_SECONDS = 30;
const WARM_UP_SECONDS = 3;

/** Measures one operation on every target in turn, A B A B, and sums up each target's rounds. */
export async function compare(targets, operation, data, { connections, seconds, rounds }) {
  const at = operation.walker ? 1 : connections;
  const sourceFor = (target) => operation.of(data, (request) => probe(target, request));
  const runs = new Map(targets.map((target) => [target, []]));
  for (const target of targets) {
    const source = await sourceFor(target);
    await probe(target, source.next());
    await load(target, source, { connections: at, duration: Math.min(seconds, WARM_UP_SECONDS) });
  }
  for (let round = 0; round < rounds; round++)
    for (const target of targets) {
      forgetPeak(target.pid);
      const run = await load(target, await sourceFor(target), { connections: at, duration: seconds });
      runs.get(target).push({ ...run, memory: peakMemory(target.pid) });
    }
  return targets.map((target) => summary(target, runs.get(target)));
}

/**
 * A request by itself, waited for. Before a run: a wrong one is told with its answer, and not measured by the thousand.
 * After a run: what was under way when the time was over has been worked off, and does not weigh on the next run.
 */
async function probe(target, { method, path, token, body, headers }) {
  const answer = await fetch(target.url + path, { method, headers: headersOf(token, body, headers), body });
  const text = await answer.text();
  if (!answer.ok)
    throw new Error(`${target.name} answers ${answer.status} to ${method} ${path}: ${text.slice(0, 500)}`);
  return text;
}

/** Drives a target with as many requests under way as there are connections, for a time or a number of requests. */
export async function load(target, source, { connections, duration, amount }) {
  const times = [];
  let lastAnswer = performance.now();
  const startedAt = lastAnswer;
  const test = autocannon({
    url: target.url,
    connections,
    ...(amount ? { amount } : { duration }),
    timeout: TIMEOUT_SECONDS,
    requests: [
      {
        setupRequest(request) {
          const { method, path, token, body, headers } = source.next();
          return Object.assign(request, { method, path, body, headers: headersOf(token, body, headers) });
        },
        ...(source.read && { onResponse: (_status, body) => source.read(body) }),
      },
    ],
  });
  // Times in fractions of a millisecond: the histogram of the library has whole ones.
  test.on('response', (_client, _status, _bytes, milliseconds) => {
    times.push(milliseconds);
    lastAnswer = performance.now();
  });
  const { non2xx, errors } = await test;
  await probe(target, source.next());
  const sorted = Float64Array.from(times).sort();
  return {
    rate: times.length === 0 ? 0 : times.length / ((lastAnswer - startedAt) / 1000),
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    errors: non2xx + errors,
  };
}

function headersOf(token, body, more) {
  return { Authorization: `Bearer ${token}`, ...(body && { 'Content-Type': 'application/json' }), ...more };
}

const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;

function summary(target, runs) {
  const all = (field) => runs.map((run) => run[field]);
  return {
    target,
    rate: median(all('rate')),
    slowest: Math.min(...all('rate')),
    fastest: Math.max(...all('rate')),
    p50: median(all('p50')),
    p99: median(all('p99')),
    errors: all('errors').reduce((sum, errors) => sum + errors, 0),
    memory: runs[0].memory === undefined ? undefined : Math.max(...all('memory')),
  };
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
