/**
 * Apps that are connected: `node test/bench/realtime.mjs [--only fanout,connect,idle,latency] [connections…]`, 1000 unless
 * told. See docs/benchmarks.md.
 *
 * Each part measures a bare `ws` server and this one, in processes of their own and in turn; one more process for each holds
 * the connections.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bareServer, helper, ourServer } from './realtime-servers.mjs';
import { stopServers } from './server.mjs';

const PARTS = { fanout, connect, idle, latency };
const IDLE_BEFORE = 1_000;
const IDLE_MORE = 5_000;
/** A server that takes less processor time than this in a second does nothing. */
const QUIET_US = 100_000;
const SETTLE_SECONDS = 60;
const READERS = 10;
const PER_SECOND = 100;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: Object.keys(PARTS).join(',') },
    entry: { type: 'string', default: fileURLToPath(new URL('../../dist/main.js', import.meta.url)) },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
  },
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const sizes = positionals.length > 0 ? positionals.map(Number) : [1_000];

const row = (cells) => console.log(`| ${cells.join(' | ')} |`);
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const whole = (value) => Math.round(value).toLocaleString('en');
const ms = (value) => value.toFixed(1);

try {
  for (const name of options.only.split(',')) await PARTS[name]();
} finally {
  await stopServers();
}

/** One message to all who are connected, the next one once it has reached them all. */
async function fanout() {
  header(['fan-out to', 'server', 'deliveries/s', 'p50 ms', 'p99 ms', 'CPU µs a delivery', 'of the floor']);
  for (const size of sizes)
    await onBoth(size, async (sides) => {
      for (const side of sides) {
        await side.clients.ask({ open: side.addresses });
        await broadcasts(side, size, 1);
      }
      const figures = await inTurn(sides, (side) => broadcasts(side, size, seconds));
      report(sides, figures, ({ rate, p50, p99, cpu }) => [whole(rate), ms(p50), ms(p99), ms(cpu)], size);
    });
}

async function broadcasts({ clients, send, cpu }, size, length) {
  const before = await cpu();
  const startedAt = performance.now();
  let count = 0;
  for (; performance.now() < startedAt + length * 1_000; count++) {
    const arrived = clients.ask({ expect: size });
    await send(String(performance.timeOrigin + performance.now()).padEnd(20, '0'));
    await arrived;
  }
  const took = (performance.now() - startedAt) / 1_000;
  const { p50, p99 } = await clients.ask({ delays: true });
  return { rate: (count * size) / took, p50, p99, cpu: ((await cpu()) - before) / (count * size) };
}

/** Signed in with a chat session, fifty at a time; and as the SDKs begin, with everybody told that somebody has come. */
async function connect() {
  header(['connects', 'server', 'connects/s', 'CPU µs a connect', 'of the floor']);
  for (const size of sizes)
    for (const isSession of [false, true])
      await onBoth(size, async (sides) => {
        const portion = Math.ceil(size / rounds);
        const figures = await inTurn(sides, async (side, round) => {
          const addresses = side.addresses.slice(round * portion, (round + 1) * portion);
          const before = await side.cpu();
          const startedAt = performance.now();
          await side.clients.ask({ open: addresses.map((address) => ({ ...address, isSession })) });
          const took = (performance.now() - startedAt) / 1_000;
          return { rate: addresses.length / took, cpu: ((await side.cpu()) - before) / addresses.length };
        });
        report(
          sides,
          figures,
          ({ rate, cpu }) => [whole(rate), whole(cpu)],
          `${size}${isSession ? ' as SDKs do' : ''}`,
        );
      });
}

/**
 * What a connection takes in memory while nothing happens, after collection. The heap is compared: a server that has worked
 * before holds memory in which connections find room, so its resident memory grows by less than they take.
 */
async function idle() {
  header(['idle', 'server', 'heap KiB', 'outside KiB', 'RSS KiB', 'of the floor']);
  await onBoth(IDLE_BEFORE + IDLE_MORE, async (sides) => {
    const figures = [];
    for (const side of sides) {
      await side.clients.ask({ open: side.addresses.slice(0, IDLE_BEFORE) });
      const before = await settled(side);
      await side.clients.ask({ open: side.addresses.slice(IDLE_BEFORE) });
      const after = await settled(side);
      const grown = (key) => (after[key] - before[key]) / 1_024 / IDLE_MORE;
      figures.push([{ rate: grown('heap'), outside: grown('outside'), rss: grown('rss') }]);
    }
    const cells = ({ rate, outside, rss }) => [ms(rate), ms(outside), ms(rss)];
    report(sides, figures, cells, `${IDLE_BEFORE + IDLE_MORE}`);
  });
}

/** The memory, once what connecting has caused is done. */
async function settled({ cpu, memory }) {
  for (let waited = 0, before = await cpu(); waited < SETTLE_SECONDS; waited++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const after = await cpu();
    if (after - before < QUIET_US) return memory();
    before = after;
  }
  throw new Error(`A server is not quiet after ${SETTLE_SECONDS} seconds`);
}

/** From one who sends to those who are connected, a hundred times a second. */
async function latency() {
  header([`${PER_SECOND} a second to`, 'server', 'p50 ms', 'p99 ms', 'of the floor']);
  await onBoth(READERS, async (sides) => {
    for (const { clients, addresses } of sides) await clients.ask({ open: addresses });
    const figures = await inTurn(sides, async ({ clients, frame: [before, after] }) => {
      await clients.ask({ pace: { perSecond: PER_SECOND, seconds, before, after } });
      const { p50, p99 } = await clients.ask({ delays: true });
      return { p50, p99, rate: p50 };
    });
    report(sides, figures, ({ p50, p99 }) => [p50.toFixed(2), p99.toFixed(2)], `${READERS}`);
  });
}

async function onBoth(size, measure) {
  const sides = [];
  try {
    for (const make of [bareServer, ourServer])
      sides.push({ ...(await make(size, options.entry)), clients: helper('realtime-clients.mjs') });
    await measure(sides);
  } finally {
    for (const { clients, stop } of sides) {
      clients.stop();
      await stop();
    }
  }
}

/** A B A B: for each side what was measured, round by round. */
async function inTurn(sides, measure) {
  const figures = sides.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [at, side] of sides.entries()) figures[at].push(await measure(side, round));
  return figures;
}

/** Medians; `rate` of each is what is compared, as the median of the ratios round by round. */
function report(sides, figures, cells, title) {
  const ratio = median(figures[1].map(({ rate }, round) => rate / figures[0][round].rate));
  for (const [at, { name }] of sides.entries()) {
    const keys = Object.keys(figures[at][0]);
    const medians = Object.fromEntries(keys.map((key) => [key, median(figures[at].map((one) => one[key]))]));
    row([title, name, ...cells(medians), at === 0 ? '' : ratio.toFixed(2)]);
  }
}

function header(titles) {
  console.log('');
  row(titles);
  row(titles.map((_, at) => (at === 1 ? '---' : '--:')));
}
