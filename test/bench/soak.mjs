import { load } from './measure.mjs';
import { mixture, thousands } from './operations.mjs';
import { residentMemory } from './server.mjs';

const PARTS = 5;

/** Mixed requests for a long time: memory that is never given back shows as a line that only rises. */
export async function soak(target, data, { connections, requests }) {
  const memory = () => thousands(residentMemory(target.pid) ?? NaN);
  console.log('| requests | RSS MiB | requests/s | errors |');
  console.log('| --: | --: | --: | --: |');
  console.log(`| 0 | ${memory()} | | |`);
  for (let part = 1; part <= PARTS; part++) {
    const amount = Math.ceil(requests / PARTS);
    const { rate, errors } = await load(target, mixture(data), { connections, amount });
    console.log(`| ${thousands(part * amount)} | ${memory()} | ${thousands(rate)} | ${errors} |`);
  }
}
