import { ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationsService, CreatedApplication } from '../../src/applications/applications.service.js';
import { startApp, TestApp } from '../support/app.js';
import { pages, runCommands, runProgram, shown, Snippet, snippetsOf, withPackages } from '../support/snippets.js';
import { until } from '../support/wait.js';

/** It serves until it is ended, and has a test of its own. */
const isReceiver = ({ code }: Snippet): boolean => code.includes('.listen(');

const isProgram = (snippet: Snippet): boolean => ['js', 'ts'].includes(snippet.language) && !isReceiver(snippet);

describe('the documentation', () => {
  let test: TestApp;
  let folder: string;
  let newcomer: CreatedApplication;
  beforeAll(async () => {
    test = await startApp({ WEBHOOKS_ALLOW_PRIVATE: 'true' });
    newcomer = await test.app.get(ApplicationsService).create('Demo');
    folder = await mkdtemp(join(tmpdir(), 'docs-'));
    await withPackages(folder);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await test.close();
  });

  it('has snippets of every language, and none that nobody knows', () => {
    const languages = new Set(pages().flatMap((page) => snippetsOf(page).map(({ language }) => language)));
    expect([...languages].sort()).toEqual(['bash', 'js', 'json', 'sh', 'sql', 'text', 'ts']);
  });

  // The tour has an application of its own, the pages share one: they may be read in any order.
  it.each(
    pages().filter((page) => snippetsOf(page).some((snippet) => snippet.language === 'bash' || isProgram(snippet))),
  )('says in %s what is so', async (page) => {
    const { key, clientId, clientSecret } = page === 'README.md' ? newcomer : test.application;
    const variables = {
      URL: test.url,
      BASE_URL: test.url,
      API_KEY: key,
      CLIENT_ID: clientId,
      CLIENT_SECRET: clientSecret,
      TOKEN: test.client.token,
    };
    const snippets = snippetsOf(page);
    const commands = snippets.filter(({ language }) => language === 'bash');
    const printed = await runCommands(commands, folder, variables);
    for (const [index, { printed: expected }] of commands.entries())
      if (expected !== undefined) expect(printed[index]).toMatch(shown(expected));
    for (const program of snippets.filter(isProgram)) {
      expect(program.printed).toBeDefined();
      expect(await runProgram(program, folder, variables)).toMatch(shown(program.printed!));
    }
  });

  describe('of webhooks', () => {
    let child: ChildProcess | undefined;
    let printed = '';
    afterAll(async () => {
      if (!child) return;
      const gone = new Promise((resolve) => child!.once('close', resolve));
      child.kill();
      await gone;
    });

    it('has a receiver of few lines, which accepts what is signed, and nothing else', async () => {
      const { code } = snippetsOf('docs/webhooks.md').find(isReceiver)!;
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
