import { ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApp, TestApp } from '../support/app.js';
import { until } from '../support/wait.js';

const PAGE = new URL('../../docs/webhooks.md', import.meta.url);

describe('the receiver in the documentation', () => {
  let test: TestApp;
  let folder: string;
  let child: ChildProcess | undefined;
  let printed = '';
  beforeAll(async () => {
    test = await startApp({ WEBHOOKS_ALLOW_PRIVATE: 'true' });
    folder = await mkdtemp(join(tmpdir(), 'receiver-'));
  });
  afterAll(async () => {
    if (child) {
      const gone = new Promise((resolve) => child!.once('close', resolve));
      child.kill();
      await gone;
    }
    await rm(folder, { recursive: true, force: true });
    await test.close();
  });

  it('has few lines, accepts what is signed, and nothing else', async () => {
    const code = /```js\n([^`]*(?:`(?!``)[^`]*)*)```/.exec(readFileSync(PAGE, 'utf8'))![1]!;
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(23);
    const file = join(folder, 'receiver.mjs');
    await writeFile(file, code);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const { body: webhook } = await test.client.post('/v1/webhooks', { url, types: ['user.created'] });
    child = spawn(process.execPath, [file], {
      env: { PATH: process.env.PATH, WEBHOOK_SECRET: webhook.secret as string, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await until('it listens', () =>
      fetch(url, { method: 'POST', body: '{}' }).then(
        ({ status }) => status === 401,
        () => false,
      ),
    );
    const user = await test.make.user();
    await until('it is told', () => printed.includes('\n'));
    expect(printed).toBe(`user.created ${user.id}\n`);
    // It does not mind being told again.
    const deliveries = `/v1/webhooks/${webhook.id}/deliveries`;
    const [{ id }] = (await test.client.all<{ id: number }>(deliveries, 'deliveries')) as [{ id: number }];
    await test.client.post(`${deliveries}/${id}/retry`);
    await until('it is told again', async () => {
      const { attempts, state } = (await test.client.get(`${deliveries}/${id}`)).body;
      return attempts === 2 && state === 'DELIVERED';
    });
    expect(printed).toBe(`user.created ${user.id}\n`);
    // After an exchange without overlap it has the wrong secret.
    await test.client.post(`/v1/webhooks/${webhook.id}/secret`, { overlapSeconds: 0 });
    await test.make.user();
    await until('it refuses', async () => {
      const failed = await test.client.all<{ lastStatus: number }>(`${deliveries}?state=FAILED`, 'deliveries');
      return failed[0]?.lastStatus === 401;
    });
    expect(printed).toBe(`user.created ${user.id}\n`);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
