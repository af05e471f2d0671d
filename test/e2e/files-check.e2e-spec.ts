import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const given = process.env.DATABASE_URL!;

describe('the command files:check', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chat-files-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function check(...options: string[]) {
    const child = spawn(process.execPath, [CLI, 'files:check', '--json', ...options], {
      env: {
        PATH: process.env.PATH,
        DATA_DIR: folder,
        DATABASE_URL: given.startsWith('mysql:') ? given : `sqlite:${join(folder, 'chat.sqlite')}`,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (text) => (output += String(text)));
    const [code] = (await once(child, 'close')) as [number];
    return { code, result: JSON.parse(output) as unknown };
  }

  it('finds what is in storage of nothing, and deletes it when it is told to', async () => {
    const NOTHING = { unknown: [], missing: [], unowned: [], checked: 0, deleted: 0 };
    expect(await check()).toEqual({ code: 0, result: NOTHING });
    const hours = (count: number) => new Date(Date.now() - count * 3_600_000);
    const left = { key: 'files/1/ab/left', size: 4 };
    const partial = { key: 'partial/ab', size: 4 };
    for (const { key } of [left, partial]) {
      await mkdir(join(folder, 'files', key, '..'), { recursive: true });
      await writeFile(join(folder, 'files', key), 'left');
      await utimes(join(folder, 'files', key), hours(2), hours(2));
    }
    // Perhaps its row is about to be written. Others have folders of their own.
    await writeFile(join(folder, 'files/files/1/ab/young'), 'young');
    await mkdir(join(folder, 'files/others'));
    await writeFile(join(folder, 'files/others/a'), 'of others');
    const found = { ...NOTHING, unknown: [left, partial], checked: 3 };
    expect(await check()).toEqual({ code: 1, result: found });
    expect(await check('--repair')).toEqual({ code: 0, result: { ...found, deleted: 2 } });
    expect(await check()).toEqual({ code: 0, result: { ...NOTHING, checked: 1 } });
    const names = (await readdir(join(folder, 'files'), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
    expect(names.sort()).toEqual(['a', 'young']);
  });
});
