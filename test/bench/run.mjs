import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BULK, fanout, imports } from './bulk.mjs';
import { databaseFor } from './databases.mjs';
import { compare } from './measure.mjs';
import { OPERATIONS } from './operations.mjs';
import { readOptions, USAGE, UsageError } from './options.mjs';
import { Report } from './report.mjs';
import { dataSet, provide } from './seed.mjs';
import { requireFree, startServer, stopServers } from './server.mjs';
import { soak } from './soak.mjs';
import { writeYardstickFiles } from './yardstick.mjs';

const FOLDER = fileURLToPath(new URL('../../data/bench/', import.meta.url));

class Interrupted extends Error {}
const interrupted = new Promise((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => reject(new Interrupted(signal)));
});
interrupted.catch(() => {});

/** Progress, apart from the tables: those go to standard output alone. */
function narrator(startedAt = performance.now()) {
  return (what) => console.error(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(7)} s  ${what}`);
}

async function runOn(engine, options) {
  const place = databaseFor(engine, FOLDER);
  try {
    await Promise.race([interrupted, workOn(place, options)]);
  } finally {
    await stopServers();
    if (!options.keep) await place.drop();
  }
}

async function workOn(place, options) {
  const say = narrator();
  say(`data set for ${place.name}`);
  await provide(place, options.size, options.entry, say);
  const data = dataSet(options.size);
  const environment = { DATABASE_URL: place.url, DATA_DIR: FOLDER };
  const server = await startServer(options.entry, environment, options.port);
  const ours = { name: 'ours', ...server };
  if (options.serve) return waitForever(ours, data);

  console.log(`\n### ${place.name}\n`);
  const names = options.only.filter((name) => name !== 'soak' && !BULK.includes(name));
  if (names.length > 0) await measure(names, ours, data, options, say);
  if (options.only.includes('soak')) {
    say('soak');
    await soak(ours, data, options);
  }
  if (options.only.includes('imports')) await imports(ours, place, data, options, say);
  if (options.only.includes('fanout')) await fanout(ours, place, data, options, say);
}

async function measure(names, ours, data, options, say) {
  const floor = options.floor && { ...options.floor, isFloor: true };
  const report = new Report(Boolean(floor));
  for (const name of names) {
    const operation = OPERATIONS[name];
    if (operation.isThere?.(data) === false) continue;
    say(name);
    const targets = floor && !operation.ours ? [floor, ours] : [ours];
    const title = typeof operation.title === 'string' ? operation.title : operation.title(data);
    report.add(title, await compare(targets, operation, data, options));
  }
}

function waitForever(ours, data) {
  for (const [name, value] of Object.entries(writeYardstickFiles(data, FOLDER)))
    console.log(`export ${name}='${value}'`);
  console.log(`# serving at ${ours.url}, process ${ours.pid}; ends on SIGINT or SIGTERM`);
  return interrupted;
}

let options;
try {
  options = readOptions();
  if (options.help) console.log(USAGE);
  else {
    mkdirSync(FOLDER, { recursive: true });
    if (options.port > 0) await requireFree(options.port);
    for (const engine of options.engines) await runOn(engine, options);
  }
} catch (error) {
  if (error instanceof Interrupted) process.exitCode = options.serve ? 0 : 130;
  else {
    console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error);
    process.exitCode = 1;
  }
}
process.exit();
