import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const ROOT = new URL('../../', import.meta.url);

/** What the documentation shows: commands and programs, and what they print. */
export interface Snippet {
  page: string;
  /** `bash`, `js` and `ts` are run by the tests; `sh` is for a machine, not for the API. */
  language: string;
  code: string;
  /** Of commands, the text that follows them; of programs, the comments behind what they print. */
  printed?: string;
}

/** All pages, by their paths. */
export function pages(): string[] {
  const docs = readdirSync(new URL('docs', ROOT)).filter((name) => name.endsWith('.md'));
  return ['README.md', ...docs.map((name) => `docs/${name}`)];
}

export function snippetsOf(page: string): Snippet[] {
  const text = readFileSync(new URL(page, ROOT), 'utf8');
  const fences = [...text.matchAll(/^```(\w+)\n([^]*?)^```$\n*(?:^```text\n([^]*?)^```$)?/gm)];
  return fences.map(([, language, code, following]) => {
    const comments = [...code!.matchAll(/^ *console\.log\(.*\); \/\/ (.*)$/gm)]
      .map(([, comment]) => comment)
      .join('\n');
    const printed = language === 'bash' ? following : comments || undefined;
    return { page, language: language!, code: code!, ...(printed !== undefined && { printed }) };
  });
}

/** Runs the commands of a page in one shell, and answers what each has printed. */
export async function runCommands(snippets: Snippet[], folder: string, variables: Variables): Promise<string[]> {
  // A page is read from the top: what one says, the next knows.
  const script = snippets.map(({ code }) => `${code}\nprintf '\\036'\n`).join('');
  const printed = await run('bash', ['-c', `set -euo pipefail\n${script}`], folder, variables);
  return printed.split('\u001e').slice(0, -1);
}

/** Runs a program of a page, and answers what it has printed. */
export async function runProgram({ code }: Snippet, folder: string, variables: Variables): Promise<string> {
  const parser = { syntax: 'typescript' } as const;
  const { code: plain } = await transform(code, { jsc: { parser, target: 'es2023' }, module: { type: 'es6' } });
  const file = join(folder, 'program.mjs');
  await writeFile(file, plain);
  return run(process.execPath, [file], folder, variables);
}

export type Variables = Record<string, string>;

/** Lets what runs in a folder find what this project has installed. */
export const withPackages = (folder: string): Promise<void> =>
  symlink(fileURLToPath(new URL('node_modules', ROOT)), join(folder, 'node_modules'));

async function run(command: string, args: string[], folder: string, variables: Variables): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: folder, ...variables };
  const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [printed, complaints] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`It ended with ${code}\n${complaints}\n${printed}`);
  return printed;
}

/** What is shown, as a pattern: `…` with its beginning is anything, numbers are any numbers, the server is anywhere. */
export function shown(text: string): RegExp {
  const [server, anything, digits] = ['\u0001', '\u0002', '\u0003'];
  const pattern = text
    .trim()
    .replace(/http:\/\/localhost:\d+/g, server)
    .replace(/[\w-]*…/g, anything)
    .replace(/\d+/g, digits)
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\s+/g, '\\s*')
    .replaceAll(server, 'http://[\\w.:]+')
    .replaceAll(anything, '[^]*?')
    .replaceAll(digits, '\\d+');
  return new RegExp(`^\\s*${pattern}\\s*$`);
}
