/* Generates clients from both documents into the folder `generated`, with what each generator has said. */
import { spawn } from 'node:child_process';
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HERE = fileURLToPath(new URL('.', import.meta.url));
const OUT = join(HERE, 'generated');
const JAR = join(ROOT, 'node_modules/@openapitools/openapi-generator-cli/bin/openapi-generator.jar');
const DOCUMENTS = { v1: 'openapi.json', v2: 'openapi.v2.json' };

/** Generators of openapi-generator, each with its options. Only the TypeScript clients are compiled and run. */
const GENERATORS = {
  'typescript-axios': [],
  // `links` and `_links` of a message would otherwise be one.
  'typescript-fetch': ['--additional-properties', 'modelPropertyNaming=original,typescriptThreePlus=true'],
  java: [],
  python: [],
  go: [],
};

/**
 * What the release that brings its jar along makes wrong, whatever the document; later ones, which fetch their jar from
 * elsewhere, do not. Texts in its templates, and what they should be.
 */
const CORRECTIONS = {
  // A parameter with the name of its local variable.
  'typescript-axios/apiInner.mustache': [[/\bquery(?= = new|\.set|\)\)\.)/g, 'localVarQuery']],
  // `{ type: 'DIRECT' } & Direct`, where the type of Direct is an enum: that is nothing to newer compilers.
  'typescript-fetch/modelOneOf.mustache': [
    [/^export type .*;$/m, 'export type {{classname}} = {{#oneOf}}{{{.}}}{{^-last}} | {{/-last}}{{/oneOf}};'],
    [/return \{\.\.\.(\{\{modelName}}FromJSONTyped\(json, true\)), .*};/, 'return $1;'],
    [/switch \(value\[/, 'switch ((value as any)['],
    [/ToJSON\(value\);/, 'ToJSON(value as any);'],
    [/\$\{value\[/, '${(value as any)['],
  ],
};

export async function generate(java) {
  await rm(OUT, { recursive: true, force: true });
  await mkdir(join(OUT, 'logs'), { recursive: true });
  // Nothing is gained by optimising what runs for seconds.
  const jar = (...args) => [java, '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-jar', JAR, ...args];
  await inParallel(
    Object.keys(GENERATORS)
      .filter((generator) => corrections(generator).length > 0)
      .map((generator) => () => templates(generator, jar)),
  );
  const runs = Object.entries(DOCUMENTS).flatMap(([version, file]) => {
    const document = join(ROOT, 'src/openapi/documents', file);
    const at = (name) => join(OUT, version, name);
    const generators = Object.entries(GENERATORS).map(([generator, options]) => async () => {
      await mkdir(at(generator), { recursive: true });
      const own = corrections(generator).length > 0 ? ['-t', join(OUT, 'templates', generator)] : [];
      const args = ['generate', '-g', generator, '-i', document, '-o', at(generator), ...own, ...options];
      await run(`${version}-${generator}`, jar(...args));
    });
    return [
      ...generators,
      () =>
        run(`${version}-openapi-typescript`, bin('openapi-typescript', document, '-o', at('openapi-typescript.ts'))),
      () => run(`${version}-hey-api`, bin('openapi-ts', '-i', document, '-o', at('hey-api'), '--no-log-file')),
    ];
  });
  await inParallel(runs);
  await respell();
  // What it says is for a test to tell.
  await run('compiler', bin('tsc', '--noEmit', '-p', HERE), { mayFail: true });
}

const bin = (name, ...args) => [process.execPath, join(ROOT, 'node_modules/.bin', name), ...args];

const corrections = (generator) => Object.entries(CORRECTIONS).filter(([file]) => dirname(file) === generator);

async function templates(generator, jar) {
  const folder = join(OUT, 'templates', generator);
  await run(`templates-${generator}`, jar('author', 'template', '-g', generator, '-o', folder));
  for (const [path, replacements] of corrections(generator)) {
    const file = join(OUT, 'templates', path);
    let text = await readFile(file, 'utf8');
    for (const [wrong, right] of replacements) {
      if (text.search(wrong) < 0) throw new Error(`${path} has no ${wrong} to correct`);
      text = text.replace(wrong, right);
    }
    await writeFile(file, text);
  }
}

/** Writes the drivers for the second document: the same, with the names of fields as they are spelled there. */
async function respell() {
  const { components } = JSON.parse(await readFile(join(ROOT, 'src/openapi/documents', DOCUMENTS.v1), 'utf8'));
  const fields = new Set(Object.values(components.schemas).flatMap(({ properties }) => Object.keys(properties ?? {})));
  // Drivers name the header so, no field.
  fields.delete('idempotencyKey');
  const respelled = (text) =>
    text
      .replace(/\b[a-z]+([A-Z][a-z]*)+\b/g, (name) => (fields.has(name) ? toSnakeCase(name) : name))
      .replaceAll("'/v1/", "'/")
      .replaceAll('../generated/v1/', '../v2/')
      .replaceAll('../platform.js', '../../platform.js');
  await mkdir(join(OUT, 'drivers'));
  for (const name of await readdir(join(HERE, 'drivers')))
    await writeFile(join(OUT, 'drivers', name), respelled(await readFile(join(HERE, 'drivers', name), 'utf8')));
}

const toSnakeCase = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

async function inParallel(tasks) {
  const open = [...tasks];
  const worker = async () => {
    for (let task = open.shift(); task; task = open.shift()) await task();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

/** Runs a program; what it says is in `generated/logs`. */
async function run(name, [command, ...args], { mayFail = false } = {}) {
  const path = join(OUT, 'logs', `${name}.log`);
  const log = await open(path, 'w');
  try {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...process.env, CI: '1' },
    });
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (code !== 0 && !mayFail)
      throw new Error(`${name} ended with ${code}\n${(await readFile(path, 'utf8')).slice(-4000)}`);
  } finally {
    await log.close();
  }
}
