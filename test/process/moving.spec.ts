import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BuiltServer, startBuiltServer } from '../support/built-server.js';
import { Client } from '../support/client.js';
import { Contract } from '../support/contract.js';
import { comparable, exportOf } from '../support/exported.js';
import { imported } from '../support/jobs.js';
import { Make } from '../support/make.js';
import { PNG } from '../support/png.js';
import { emptyDatabase, EmptyDatabase } from '../support/server-process.js';
import { until } from '../support/wait.js';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const USERS = 230;
/** More than fit into memory at once come by storage. */
const LONG = 1_150;

interface Result {
  applicationId: number;
  key: string;
  clientId?: string;
  clientSecret?: string;
  failures?: string;
  requests: number;
  repeatedRequests: number;
  notCopied: string[];
}
type Counts = Record<string, { copied: number; skipped: number; failed: number }>;

describe('copying an application of another server', () => {
  let source: BuiltServer;
  let target: BuiltServer;
  let folder: string;
  let files: EmptyDatabase;
  let make: Make;
  let there: Client;
  /** The first copy. */
  let copied: Client;
  let front: Server;
  /** What the other server is asked for by way of `front`, in which a test may do what it likes. */
  let asked: string[];
  /** Channels do not list replies: they are told by their threads alone. */
  let hidesReplies = false;
  let disturb: (count: number, request: IncomingMessage, response: ServerResponse) => boolean;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moving-'));
    files = await emptyDatabase();
    // Two servers at a time: the other one is always on SQLite.
    [source, target] = await Promise.all([
      startBuiltServer({ DATABASE_URL: `sqlite:${join(folder, 'source.sqlite')}` }),
      startBuiltServer({ DATABASE_URL: files.url, DATA_DIR: join(folder, 'target') }),
    ]);
    there = await Client.of(source.url, source.credentials, new Contract());
    make = new Make(there);
    await build();
    front = createServer((request, response) => {
      asked.push(request.url!);
      if (!disturb(asked.length, request, response)) void forward(request, response);
    });
    front.listen(0, '127.0.0.1');
    await once(front, 'listening');
  });
  afterAll(async () => {
    front?.closeAllConnections();
    front?.close();
    await Promise.all([source?.stop(), target?.stop()]);
    await files?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization, accept = '*/*', 'content-type': type } = request.headers;
    const answer = await fetch(source.url + request.url!, {
      method: request.method!,
      headers: { accept, ...(authorization && { authorization }), ...(type && { 'content-type': type }) },
      ...(request.method === 'POST' && { body: new Uint8Array(await buffer(request)) }),
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    const body = Buffer.from(await answer.arrayBuffer());
    const isOfChannel = /^\/v1\/channels\/\d+\/messages/.test(request.url!);
    response.end(hidesReplies && isOfChannel ? withoutReplies(body) : body);
  }

  function withoutReplies(body: Buffer): string {
    const page = JSON.parse(body.toString());
    page._embedded.messages = page._embedded.messages.filter((one: any) => one.nestedLevel === 0);
    return JSON.stringify(page);
  }

  function start(...args: string[]): { child: ChildProcess; output: { stdout: string; stderr: string } } {
    asked = [];
    disturb = () => false;
    const { port } = front.address() as AddressInfo;
    const child = spawn(process.execPath, [CLI, 'migrate-from-chatkitty', ...args], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: files.url,
        DATA_DIR: join(folder, 'target'),
        CHATKITTY_CLIENT_ID: source.credentials.clientId,
        CHATKITTY_CLIENT_SECRET: source.credentials.clientSecret,
        CHATKITTY_BASE_URL: `http://127.0.0.1:${port}/v1`,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (text) => (output.stdout += String(text)));
    child.stderr.on('data', (text) => (output.stderr += String(text)));
    return { child, output };
  }

  async function run(...args: string[]): Promise<{ code: number; result: Result & Counts }> {
    const { child, output } = start('--json', ...args);
    const [code] = (await once(child, 'close')) as [number];
    expect(output.stderr).toBe('');
    return { code, result: JSON.parse(output.stdout) as Result & Counts };
  }

  const here = async (...args: string[]): Promise<any> => {
    const child = spawn(process.execPath, [CLI, ...args, '--json'], {
      env: { PATH: process.env.PATH, DATABASE_URL: files.url, DATA_DIR: join(folder, 'target') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return JSON.parse((await buffer(child.stdout)).toString());
  };

  /** All that can be copied, with what makes it hard: people and messages that are gone, pages, threads, files. */
  async function build(): Promise<void> {
    const users = Array.from({ length: USERS }, (_, n) => ({
      kind: 'USER',
      idempotencyKey: `u${n}`,
      name: `u${n}`,
      displayName: `U ${n}`,
      isGuest: n % 7 === 0,
      type: n % 40 === 0 ? 'BOT' : 'PERSON',
      presence: { status: n % 2 ? 'AWAY' : 'AVAILABLE' },
      properties: { n, nested: { null: null } },
      ...(n % 9 === 0 && {
        displayPicture: { url: `https://example.org/${n}.png`, name: 'p', contentType: 'image/png', size: 1 },
      }),
    }));
    const channels = Array.from({ length: 14 }, (_, n) => ({
      kind: 'CHANNEL',
      idempotencyKey: `c${n}`,
      createdTime: `2024-01-01T00:00:${10 + n}Z`,
      properties: { n },
      creatorKey: `u${n}`,
      ...(n % 5 === 4
        ? { type: 'DIRECT', members: [`u${n}`, `u${n + 1}`] }
        : { type: n % 2 ? 'PRIVATE' : 'PUBLIC', name: `channel ${n}`, displayName: `Channel ${n}` }),
    }));
    const members = channels.flatMap(({ type, idempotencyKey: channelKey }, c) =>
      type === 'DIRECT'
        ? []
        : users.slice(c, c === 0 ? USERS : c + 5).map(({ name }, n) => ({
            kind: 'MEMBER',
            channelKey,
            username: name,
            createdTime: `2024-02-01T00:00:${10 + (n % 50)}Z`,
            ...(n % 3 === 1 && { isModerator: true }),
          })),
    );
    const messages = Array.from({ length: LONG + 280 }, (_, n) => {
      const c = n < LONG ? 0 : n % 14;
      return {
        kind: 'MESSAGE',
        idempotencyKey: `m${n}`,
        channelKey: `c${c}`,
        createdTime: new Date(1_710_000_000_000 + n * 1000).toISOString(),
        ...(n % 11 === 0 ? { type: 'SYSTEM_TEXT' } : { type: 'TEXT', userKey: `u${n % USERS}` }),
        body: `Message ${n} to <@u${n % USERS}> in <#channel 0> https://example.org/${n}`,
        // Some are answered much later, some replies are answered again.
        ...(n % 90 === 45 && n < LONG && { parentKey: `m${n > 900 ? 3 : n - 1}` }),
        ...(n % 90 === 46 && n < LONG && { parentKey: `m${n - 1}` }),
        ...(n % 25 === 0 && { groupTag: 'gallery', lastEditedTime: '2024-06-01T00:00:00Z', properties: { n } }),
      };
    });
    const job = await imported(there, '/v1/imports/application', [...users, ...channels, ...members, ...messages]);
    expect(job.counts.failed).toBe(0);

    const settings = { guestUsers: 'DISABLED', userCreatedChannels: 'ENABLED' };
    expect((await there.put('/v1/application/settings', settings)).status).toBe(200);
    const [ann, bob, cyd] = await make.users(3);
    const room = await make.channel({ name: 'room', members: [ann!, bob!, cyd!] });
    const pair = await make.channel({ type: 'DIRECT', members: [ann!, bob!] });
    const doomed = await make.message(room, 'Will be deleted', ann);
    await make.reply(doomed, 'An orphan', cyd);
    await make.message(pair, 'Between us', bob);
    await there.upload(`/v1/channels/${room.id}/messages`, new Blob(['The plan']), { username: cyd!.name });
    await there.upload(`/v1/users/${ann!.id}/display-picture`, new Blob([PNG]), { name: 'me.png' });
    for (const path of [`/v1/messages/${doomed.id}`, `/v1/users/${bob!.id}`])
      expect((await there.delete(path)).status).toBe(200);
  }

  it('ends with the same as there, wherever it is killed, and raises nothing', async () => {
    // While users are copied, and while messages of the long channel are.
    for (const last of [/^\/v1\/users/, /^\/v1\/channels\/1\/messages.*relation=NEXT/]) {
      const { child } = start();
      let hits = 0;
      disturb = (_, { url }) =>
        last.test(url!) && ++hits === (last.test('/v1/users') ? 2 : 11) && child.kill('SIGKILL');
      await once(child, 'close');
      expect(child.signalCode).toBe('SIGKILL');
    }
    const { child, output } = start('--concurrency', '4');
    disturb = (count, _, response) => {
      if (count % 4 === 2) response.writeHead(429, { 'retry-after': '0' }).end('{}');
      else if (count === 3) response.writeHead(503).end();
      else return false;
      return true;
    };
    const [code] = (await once(child, 'close')) as [number];
    expect({ code, errors: output.stderr.includes('error') }).toEqual({ code: 0, errors: false });
    expect(output.stderr).toMatch(/contents \|.*\| 16\/16 channels, \d+ messages/);
    expect(output.stdout).toMatch(/^messages +\d+ +0 +0$/m);
    expect(output.stdout).toContain('The published API does not tell');

    const applicationId = Number(/^application id +(\d+)$/m.exec(output.stdout)![1]);
    // Whoever was killed took the secret along.
    const credentials = await here('credentials:rotate', '--application-id', String(applicationId));
    copied = await Client.of(target.url, credentials, new Contract());
    const [copy, original] = [comparable(await exportOf(copied)), comparable(await exportOf(there))];
    for (const kind of Object.keys(original)) expect(copy[kind]).toEqual(original[kind]);
    expect(original.MESSAGE!.filter(({ parentKey }) => parentKey && parentKey !== 'gone')).toHaveLength(26);
    expect(original.MEMBER!.filter(({ isModerator }) => isModerator).length).toBeGreaterThan(70);
    expect((await copied.get('/v1/application/settings')).body).toMatchObject({ guestUsers: 'DISABLED' });
    expect((await here('check')).differences).toEqual([]);
    const events = await copied.all<{ type: string }>('/v1/events', 'events');
    expect(events.filter(({ type }) => /^(message\.|channel\.member_|user\.)/.test(type))).toEqual([]);
    const user = (await copied.get('/v1/users?name=u1')).body._embedded.users[0];
    expect((await copied.get(`/v1/users/${user.id}/notifications`)).body.page.total).toBe(0);
  }, 60_000);

  it('brings what is new when it is run again, and leaves the rest alone', async () => {
    const { body: channels } = await there.get('/v1/channels?sort=id&size=1');
    const first = (await there.get('/v1/users?name=u0')).body._embedded.users[0];
    await make.message(channels._embedded.channels[0], 'Meanwhile', first);
    const { code, result } = await run();
    expect([code, result.messages!.copied, result.users!.copied, result.clientId]).toEqual([0, 1, 0, undefined]);
    expect(result.repeatedRequests).toBe(0);
    expect(comparable(await exportOf(copied)).MESSAGE).toEqual(comparable(await exportOf(there)).MESSAGE);
  }, 60_000);

  it('copies into an application that is there, with files, and tells what it could not copy', async () => {
    hidesReplies = true;
    const created = await here('application:create', '--name', 'Mine');
    const client = await Client.of(target.url, created, new Contract());
    const mine = new Make(client);
    const namesake = await mine.user({ name: 'u1', displayName: 'Mine' });
    await mine.channel({ name: 'channel 1' });
    const { code, result } = await run('--application', created.key, '--download-files', '--failures', 'failed.jsonl');
    expect([code, result.applicationId]).toEqual([1, created.applicationId]);
    expect(result.users).toEqual({ copied: USERS + 1, skipped: 1, failed: 0 });
    expect(result.channels).toMatchObject({ copied: 15, failed: 1 });
    expect(result.files).toEqual({ copied: 2, skipped: 0, failed: 0 });
    const lines = readFileSync(join(folder, result.failures!), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { kind: 'CHANNEL', id: expect.any(String), errors: [expect.objectContaining({ code: 'already_exists' })] },
    ]);
    expect((await client.get(`/v1/users/${namesake.id}`)).body.displayName).toBe('Mine');
    const messages = await client.all<any>('/v1/messages', 'messages');
    const { file } = messages.find(({ type }) => type === 'FILE');
    expect(file.type).toBe('HOSTED');
    const isReply = ({ parentKey }: Record<string, unknown>) => parentKey !== undefined && parentKey !== 'gone';
    const repliesOf = async (client: Client) =>
      comparable(await exportOf(client))
        .MESSAGE!.filter(isReply)
        .map(({ parentKey, body }) => `${body} to ${parentKey}`)
        .sort();
    expect(await repliesOf(client)).toHaveLength((await repliesOf(there)).length);
    const users = await client.all<any>('/v1/users', 'users');
    const hosted = users.filter(({ displayPictureUrl }) => displayPictureUrl.startsWith(`${target.url}/v1/files/`));
    expect(Buffer.from(await (await fetch(hosted[0].displayPictureUrl)).arrayBuffer())).toEqual(PNG);
    expect(hosted).toHaveLength(1);
    await until('the file is served', async () => (await (await fetch(file.url)).text()) === 'The plan');
  }, 60_000);

  it('complains in one line', async () => {
    const complaints: [string[], RegExp][] = [
      [['--client-secret', 'wrong'], /was answered 401/],
      [['--application', 'nobody'], /there is no application with the key nobody/],
    ];
    await Promise.all(
      complaints.map(async ([args, complaint]) => {
        const { child, output } = start('--json', ...args);
        const [code] = (await once(child, 'close')) as [number];
        expect({ code, stdout: output.stdout }).toEqual({ code: 2, stdout: '' });
        expect(output.stderr).toMatch(complaint);
        expect(output.stderr.trimEnd()).not.toContain('\n');
      }),
    );
  });
});
