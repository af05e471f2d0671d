/*
 * Generates clients from both documents, compiles the TypeScript ones, and runs the tests with them. The generator for
 * most languages needs Java, 11 or newer. Arguments are handed on to Jest.
 */
import { program, runJest } from '../support/programs.mjs';
import { generate } from './generate.mjs';

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function main(jestArguments) {
  const java = program('java');
  if (!java)
    throw new Error('Clients are generated with Java, 11 or newer: install a JRE, such as default-jre-headless');
  await generate(java);
  return runJest(['test/clients', ...jestArguments], { TEST_CLIENTS: 'true' });
}
