import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';

const ROOT = new URL('../../', import.meta.url);

describe('the program in the documentation of the published SDK', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startApp();
  });
  afterAll(() => test.close());

  it('imports and sends files, and prints what it says that it prints', async () => {
    const page = readFileSync(new URL('docs/published-sdk.md', ROOT), 'utf8');
    const code = /```js\n([^]*?)```/.exec(page)![1]!;
    const announced = [...code.matchAll(/console\.log\(.*\); \/\/ (.*)/g)].map(([, line]) => line);
    expect(announced).toHaveLength(2);
    const { clientId, clientSecret } = test.application;

    const program = spawn(process.execPath, ['--input-type=module'], {
      cwd: fileURLToPath(ROOT),
      env: { PATH: process.env.PATH, URL: test.url, CLIENT_ID: clientId, CLIENT_SECRET: clientSecret },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let printed = '';
    program.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    program.stdin.end(code);
    const [exitCode] = await once(program, 'close');

    expect([exitCode, printed.trim().split('\n')]).toEqual([0, announced]);
    const [channel] = await test.client.all<{ id: number; name: string }>('/v1/channels', 'channels');
    expect(channel).toMatchObject({ name: 'plans' });
    const members = await test.client.all<{ id: number; name: string }>(`/v1/channels/${channel!.id}/members`, 'users');
    expect(members.map(({ name }) => name)).toEqual(['ada', 'bob']);
  });
});
