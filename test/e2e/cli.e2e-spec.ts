import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Libsql from 'libsql';
import { createConnection } from 'mysql2/promise';
import { BuiltServer, startBuiltServer } from '../support/built-server.js';
import { Client } from '../support/client.js';
import { Contract } from '../support/contract.js';
import { MadeUser, Make } from '../support/make.js';
import { until } from '../support/wait.js';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'cli-'));
const file = join(folder, 'cli.sqlite');
const isMysql = process.env.DATABASE_URL!.startsWith('mysql:');
const databaseUrl = isMysql ? process.env.DATABASE_URL! : `sqlite:${file}`;

/** Changes the database behind everybody's back. */
async function execute(statements: string[]): Promise<void> {
  if (isMysql) {
    const connection = await createConnection(databaseUrl);
    for (const sql of statements) await connection.query(sql);
    await connection.end();
  } else {
    const connection = new Libsql(file, { timeout: 10_000 });
    for (const sql of statements) connection.exec(sql);
    connection.close();
  }
}

interface Credentials {
  clientId: string;
  clientSecret: string;
}

type CreatedApplication = Credentials & { applicationId: number; key: string };

describe('The command line', () => {
  let server: BuiltServer;

  async function cli(...args: string[]) {
    const { output, ended } = start(...args);
    return { code: await ended, ...output };
  }

  function start(...args: string[]) {
    const child = spawn(process.execPath, [CLI, ...args], {
      env: { ...process.env, DATABASE_URL: databaseUrl },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (text) => (output.stdout += String(text)));
    child.stderr.on('data', (text) => (output.stderr += String(text)));
    return { output, ended: once(child, 'close').then(([code]) => code as number) };
  }

  /** Of a command that is expected to work and to print one line of JSON. */
  async function json<Result>(...args: string[]): Promise<Result> {
    const { code, stdout, stderr } = await cli(...args, '--json');
    expect({ code, stderr, lines: stdout.split('\n').length }).toEqual({ code: 0, stderr: '', lines: 2 });
    return JSON.parse(stdout) as Result;
  }

  function tokenRequest({ clientId, clientSecret }: Credentials): Promise<Response> {
    return fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
  }

  afterAll(() => rmSync(folder, { recursive: true }));

  describe('migrations', () => {
    it('are pending on a new database, whose schema asking does not change', async () => {
      for (let asked = 0; asked < 2; asked++) {
        const { code, stdout } = await cli('migrate:status');
        expect(code).toBe(1);
        expect(stdout).toMatch(/^pending {2}CreateCoreTables/);
      }
    });

    it('are applied by migrate, once', async () => {
      expect(await json('migrate')).toEqual({
        applied: expect.arrayContaining([expect.stringMatching(/^CreateCoreTables/)]) as unknown,
      });
      expect(await json('migrate')).toEqual({ applied: [] });
      const status = await json<{ name: string; applied: boolean }[]>('migrate:status');
      expect(status.every(({ applied }) => applied)).toBe(true);
    });
  });

  describe('beside a running server', () => {
    let shop: CreatedApplication;

    beforeAll(async () => {
      server = await startBuiltServer({ DATABASE_URL: databaseUrl });
    });

    afterAll(() => server.stop());

    it('creates an application whose credentials get a token', async () => {
      shop = await json<CreatedApplication>('application:create', '--name', 'Shop');
      expect(Object.keys(shop)).toEqual(['applicationId', 'key', 'clientId', 'clientSecret']);
      const client = await Client.of(server.url, shop, new Contract(server.url));
      const { status, body } = await client.get('/v1/application');
      expect({ status, body }).toMatchObject({ status: 200, body: { id: shop.applicationId, name: 'Shop' } });
    });

    it('watches jobs until they have ended', async () => {
      const { applicationId } = shop;
      expect(await cli('jobs:watch')).toMatchObject({ code: 0, stdout: 'No job is running.\n' });
      const far = Date.now() + 600_000;
      await execute([
        `INSERT INTO jobs (application_id, type, state, payload, failures, leased_until, created_time, total, processed) VALUES (${applicationId}, 'USER_IMPORT', 'RUNNING', '{}', 0, ${far}, 1, 200, 50)`,
      ]);
      const [job] = await json<Record<string, unknown>[]>('jobs:watch', '--application-id', String(applicationId));
      expect(job).toMatchObject({ applicationId, type: 'USER_IMPORT', state: 'RUNNING', total: 200, processed: 50 });
      expect(await json('jobs:watch', '--application-id', '987654')).toEqual([]);
      const { output, ended } = start('jobs:watch');
      await until('it shows the job', () => /USER_IMPORT \d+ \|.*\| 50\/200 RUNNING/.test(output.stderr));
      await execute(["UPDATE jobs SET state = 'FINISHED', processed = 200"]);
      expect({ code: await ended, stdout: output.stdout }).toEqual({ code: 0, stdout: '1 job has ended.\n' });
    });

    it('lists applications without their secrets', async () => {
      const list = await json<object[]>('application:list');
      expect(list).toContainEqual(
        expect.objectContaining({ applicationId: shop.applicationId, name: 'Shop', clientIds: [shop.clientId] }),
      );
      const { stdout } = await cli('application:list');
      expect(stdout).toContain(`${shop.applicationId}  Shop  key ${shop.key}`);
      expect(JSON.stringify(list) + stdout).not.toContain(shop.clientSecret);
    });

    it('rotates a secret by client id and by application id; the old one ends', async () => {
      for (const by of [
        ['--client-id', shop.clientId],
        ['--application-id', String(shop.applicationId)],
      ]) {
        const rotated = await json<Credentials>('credentials:rotate', ...by);
        expect(rotated.clientId).toBe(shop.clientId);
        expect((await tokenRequest(shop)).status).toBe(401);
        expect((await tokenRequest(rotated)).status).toBe(200);
        shop = { ...shop, ...rotated };
      }
    });

    it('finds every counter right after a varied use, and each one that is falsified', async () => {
      const client = await Client.of(server.url, shop, new Contract(server.url));
      const make = new Make(client);
      await client.post('/v1/webhooks', { url: 'http://127.0.0.1:9/', types: ['user.*'] });
      const [ann, bob] = (await make.users(2)) as [MadeUser, MadeUser];
      const kept = await make.channel({ members: [ann, bob] });
      const question = await make.message(kept, 'Lunch?', ann);
      const answer = await make.reply(question, 'Gladly', bob);
      await make.reply(answer, 'The kitchen closes at two');
      const slip = await make.reply(question, 'Oops', bob);
      const left = await make.channel({ type: 'PRIVATE', members: [ann, bob] });
      await make.message(left, 'Nobody reads this', ann);
      for (const path of [`/v1/messages/${slip.id}`, `/v1/channels/${left.id}`, `/v1/users/${bob.id}`])
        expect((await client.delete(path)).status).toBe(200);
      await execute([
        `INSERT INTO reactions (application_id, channel_id, message_id, user_id, emoji, created_time) VALUES (${shop.applicationId}, ${kept.id}, ${question.id}, ${ann.id}, '👍', 1)`,
        `INSERT INTO reaction_counts (message_id, emoji, application_id, first_reaction_id, reaction_count) VALUES (${question.id}, '👍', ${shop.applicationId}, 1, 1)`,
        `UPDATE messages SET reaction_count = 1 WHERE id = ${question.id}`,
      ]);

      const { counters, differences } = await json<{ counters: string[]; differences: object[] }>('check');
      expect(differences).toEqual([]);
      expect((await cli('check')).stdout).toMatch(/^All is right/);

      const falsify = (change: number) =>
        execute(
          counters.map((name) => {
            const [table, column] = name.split('.') as [string, string];
            const rows = table === 'threads' ? "WHERE type <> 'MAIN'" : '';
            return `UPDATE ${table} SET ${column} = ${column} + ${change} ${rows}`;
          }),
        );
      await falsify(1);
      const { code, stdout } = await cli('check', '--json');
      await falsify(-1);
      const found = (JSON.parse(stdout) as { differences: { table: string; counter: string }[] }).differences;
      expect(code).toBe(1);
      expect(new Set(found.map(({ table, counter }) => `${table}.${counter}`))).toEqual(new Set(counters));

      await execute([`UPDATE channels SET message_count = 41 WHERE id = ${kept.id}`]);
      expect(await cli('check')).toEqual({
        code: 1,
        stdout: `channels ${kept.id}: message_count is 41, should be 3 (application ${shop.applicationId})\n`,
        stderr: '',
      });
    });

    it('makes the index of messages anew while messages are sent', async () => {
      const client = await Client.of(server.url, shop, new Contract(server.url));
      const make = new Make(client);
      const channel = await make.channel();
      const first = await make.message(channel, 'Reindexed 1');
      let hasEnded = false;
      const rebuilt = json<{ from: number; upTo: number }>('search:rebuild', '--from-start').finally(() => {
        hasEnded = true;
      });
      let sent = 1;
      while (!hasEnded || sent < 30) await make.message(channel, `Reindexed ${++sent}`);
      const { from, upTo } = await rebuilt;
      expect(from).toBe(0);
      expect(upTo).toBeGreaterThanOrEqual(first.id);
      const found = await client.all<{ body: string }>('/v1/messages?query=reindexed', 'messages');
      expect(found.map(({ body }) => body)).toEqual(Array.from({ length: sent }, (_, n) => `Reindexed ${sent - n}`));
    });

    it('deletes an application for its key only', async () => {
      const id = String(shop.applicationId);
      const refused = await cli('application:delete', '--application-id', id, '--confirm', 'yes');
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toMatch(/^error: confirm must be the key of this application.*\n$/);
      expect((await tokenRequest(shop)).status).toBe(200);

      expect(await json('application:delete', '--application-id', id, '--confirm', shop.key)).toEqual({
        applicationId: shop.applicationId,
        key: shop.key,
        name: 'Shop',
      });
      expect((await tokenRequest(shop)).status).toBe(401);
      expect(await json('application:list')).not.toContainEqual(expect.objectContaining({ name: 'Shop' }));
    });
  });

  it.each([
    [['application:create'], /required option '--name <name>'/],
    [['application:create', '--name', ' '], /--name must not be blank/],
    [['application:create', '--name', 'Two', 'words'], /too many arguments/],
    [['application:delete', '--application-id', 'x', '--confirm', 'y'], /--application-id must be a whole number/],
    [['application:delete', '--application-id', '999999', '--confirm', 'y'], /there is no application 999999/],
    [['credentials:rotate'], /either --client-id or --application-id/],
    [['credentials:rotate', '--client-id', 'nobody'], /there is no client nobody/],
    [['aplication:list'], /unknown command/],
  ])('complains about %j in one line', async (args, complaint) => {
    const { code, stdout, stderr } = await cli(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(complaint);
    expect(stderr.trimEnd()).not.toContain('\n');
  });
});
