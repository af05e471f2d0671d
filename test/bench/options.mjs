import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BULK } from './bulk.mjs';
import { OPERATIONS } from './operations.mjs';

export const USAGE = `npm run bench -- [options]

  --engine sqlite|mysql|both  what the server stores in (default sqlite); mysql needs BENCH_DATABASE_URL, the
                              address of a MySQL or MariaDB server: mysql://user:password@host:3306/
  --only send,list            these operations only: ${Object.keys(OPERATIONS).join(', ')}; or soak,
                              ${BULK.join(', ')}
  --seconds 10                how long an operation is measured in a round
  --rounds 3                  how many rounds; the table shows the median
  --connections 32            how many requests are under way at any time
  --floor name=url            another server that answers the same requests, measured in turn with ours
  --keep                      leave the data set for the next run
  --serve --port 4300         only seed and serve, for another load generator; says how to point it here
  --requests 100000           how long the soak is
  --bulk 1000000              how many users, and messages, are imported and exported

  The size of the data set:
  --users 10000               users of the first application
  --senders 20                how many of them are members of every channel
  --channels 1000             channels
  --messages 1000000          messages in all channels together
  --long-channel 1000000      messages in one more channel; 0 for none
  --big-users 1000000         users of the second application

  --entry dist/main.js        the built server
`;

const NUMBERS = {
  seconds: 10,
  rounds: 3,
  connections: 32,
  port: 0,
  requests: 100_000,
  bulk: 1_000_000,
  users: 10_000,
  senders: 20,
  channels: 1_000,
  messages: 1_000_000,
  'long-channel': 1_000_000,
  'big-users': 1_000_000,
};
const MAY_BE_ZERO = new Set(['port', 'long-channel']);

const TEXTS = {
  engine: 'sqlite',
  only: '',
  floor: '',
  entry: fileURLToPath(new URL('../../dist/main.js', import.meta.url)),
};
const FLAGS = ['keep', 'serve', 'help'];

/** What the user typed cannot be done. */
export class UsageError extends Error {}

/** Reads the command line; everything is checked before anything is touched. */
export function readOptions() {
  const named = (names, type) => names.map((name) => [name, { type }]);
  const options = Object.fromEntries([
    ...named([...Object.keys(NUMBERS), ...Object.keys(TEXTS)], 'string'),
    ...named(FLAGS, 'boolean'),
  ]);
  const { values } = parse(options);
  const numbers = Object.entries(NUMBERS).map(([name, usual]) => [name, number(name, values[name], usual)]);
  const given = { ...TEXTS, ...values, ...Object.fromEntries(numbers) };
  const engines = given.engine === 'both' ? ['sqlite', 'mysql'] : [given.engine];
  if (!engines.every((engine) => ['sqlite', 'mysql'].includes(engine)))
    throw new UsageError('--engine must be sqlite, mysql or both');
  if (engines.includes('mysql') && !process.env.BENCH_DATABASE_URL)
    throw new UsageError('--engine mysql needs BENCH_DATABASE_URL=mysql://user:password@host:3306/');
  if (given.serve && engines.length > 1) throw new UsageError('--serve works with one engine at a time');
  if (given.senders > given.users) throw new UsageError('--senders are some of the --users, so there cannot be more');
  return { ...given, engines, only: operationNames(given.only), floor: floor(given.floor), size: sizeOf(given) };
}

function parse(options) {
  try {
    return parseArgs({ options });
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function number(name, text, usual) {
  if (text === undefined) return usual;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < (MAY_BE_ZERO.has(name) ? 0 : 1))
    throw new UsageError(`--${name} must be a whole number${MAY_BE_ZERO.has(name) ? '' : ' above zero'}`);
  return value;
}

function operationNames(text) {
  const names = text.split(',').filter(Boolean);
  const unknown = names.filter((name) => name !== 'soak' && !BULK.includes(name) && !OPERATIONS[name]);
  if (unknown.length > 0) throw new UsageError(`--only does not know ${unknown.join(', ')}`);
  return names.length > 0 ? names : Object.keys(OPERATIONS);
}

function floor(text) {
  if (!text) return undefined;
  const [, name, url] = /^([^=]+)=(https?:\/\/.+)$/.exec(text) ?? [];
  if (!url) throw new UsageError('--floor must look like name=http://127.0.0.1:4100');
  return { name, url: new URL(url).origin };
}

const sizeOf = (given) => ({
  users: given.users,
  senders: given.senders,
  channels: given.channels,
  messages: given.messages,
  longChannel: given['long-channel'],
  bigUsers: given['big-users'],
});
