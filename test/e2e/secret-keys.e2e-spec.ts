import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CreatedApplication } from '../../src/applications/applications.service.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import { loadConfig } from '../../src/config/config.js';
import { SecretKeys } from '../../src/secrets/secret-keys.js';
import { SecretRotation } from '../../src/secrets/secret-rotation.js';
import { SecretsRepository } from '../../src/secrets/secrets.repository.js';
import { startApp, TestApp } from '../support/app.js';
import { Client } from '../support/client.js';
import { Contract } from '../support/contract.js';
import { emptyDatabase, EmptyDatabase } from '../support/server-process.js';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const isMysql = process.env.DATABASE_URL!.startsWith('mysql:');
const [FIRST, SECOND] = [Buffer.alloc(32, 1).toString('base64'), 'a passphrase of the operator'];
/** More than the command takes at once. */
const COUNT = 205;
const READ_EVERY = 25;

describe('the keys of secrets', () => {
  let database: EmptyDatabase;
  let folder: string;
  let application: CreatedApplication | undefined;
  let open: TestApp | undefined;
  beforeEach(async () => {
    database = await emptyDatabase();
    folder = await mkdtemp(join(tmpdir(), 'secret-keys-'));
    application = undefined;
  });
  afterEach(async () => {
    await open?.close();
    open = undefined;
    await database.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const place = () => ({ DATABASE_URL: database.url, DATA_DIR: folder });

  /** Starts a server with these keys, which speaks for the same application each time. */
  async function restart(environment: Record<string, string> = {}): Promise<Client> {
    await open?.close();
    open = await startApp({ ...place(), SECRETS_KEY: '', ...environment });
    application ??= open.application;
    return Client.of(open.url, application, new Contract());
  }

  async function newUser(client: Client, name: string): Promise<number> {
    return (await client.post('/v1/users', { name, displayName: name })).body.id as number;
  }

  async function rotate(environment: Record<string, string>) {
    const child = spawn(process.execPath, [CLI, 'secrets:rotate', '--json'], {
      env: { PATH: process.env.PATH, ...place(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [printed, complained] = ['', ''];
    child.stdout.on('data', (text) => (printed += String(text)));
    child.stderr.on('data', (text) => (complained += String(text)));
    const [code] = (await once(child, 'close')) as [number];
    return { code, complained, result: printed === '' ? undefined : (JSON.parse(printed) as Record<string, unknown>) };
  }

  const read = async (client: Client, id: number) => {
    const { status, body } = await client.get(`/v1/users/${id}/secrets/key`);
    return status === 200 ? (body.secret as unknown) : status;
  };
  const write = async (client: Client, id: number, secret: unknown) =>
    expect((await client.put(`/v1/users/${id}/secrets/key`, { secret })).status).toBe(200);

  it('open after a restart what they have sealed; another key does not, unless the old one is given too', async () => {
    let client = await restart({ SECRETS_KEY: FIRST });
    const id = await newUser(client, 'ann');
    await write(client, id, 'sealed');
    expect(await read(await restart({ SECRETS_KEY: FIRST }), id)).toBe('sealed');

    client = await restart({ SECRETS_KEY: SECOND });
    const { status, body } = await client.get(`/v1/users/${id}/secrets/key`);
    expect([status, body.error]).toEqual([503, 'SecretsUnavailableError']);
    expect(body.explanation).toContain('SECRETS_KEY_PREVIOUS');

    client = await restart({ SECRETS_KEY: SECOND, SECRETS_KEY_PREVIOUS: `another passphrase entirely,${FIRST}` });
    expect(await read(client, id)).toBe('sealed');
    // What is written now is sealed with the new key.
    await write(client, id, 'sealed again');
    expect(await read(await restart({ SECRETS_KEY: SECOND }), id)).toBe('sealed again');
  });

  it('are rotated in portions: an interrupted run loses nothing, and the next one ends it', async () => {
    let client = await restart({ SECRETS_KEY: FIRST });
    const id = await newUser(client, 'ann');
    const others = await Promise.all(Array.from({ length: COUNT }, (_, at) => newUser(client, `user ${at}`)));
    const ids = [id, ...others];
    const some = ids.filter((_, at) => at % READ_EVERY === 0);
    await Promise.all(ids.map((one) => write(client, one, { of: one })));

    // One portion, as if the process had ended then.
    client = await restart({ SECRETS_KEY: SECOND, SECRETS_KEY_PREVIOUS: FIRST });
    const keys = new SecretKeys(loadConfig({ ...place(), SECRETS_KEY: SECOND, SECRETS_KEY_PREVIOUS: FIRST }));
    const rotation = new SecretRotation(keys, new SecretsRepository(open!.database), open!.app.get(UnitOfWork));
    const { rotated, next } = await rotation.step(keys.current()!, 0, 100);
    expect([rotated, typeof next]).toEqual([100, 'number']);
    // The server has both keys, so everything can be read at every moment.
    for (const one of some) expect(await read(client, one)).toEqual({ of: one });

    const { code, result, complained } = await rotate({ SECRETS_KEY: SECOND, SECRETS_KEY_PREVIOUS: FIRST });
    expect({ code, complained, result }).toEqual({
      code: 0,
      complained: '',
      result: { keyId: keys.current()!.id, rotated: ids.length - 100, verified: ids.length, stuck: [] },
    });
    expect((await rotate({ SECRETS_KEY: SECOND })).result).toMatchObject({ rotated: 0, verified: ids.length });

    client = await restart({ SECRETS_KEY: SECOND });
    for (const one of some) expect(await read(client, one)).toEqual({ of: one });
  });

  it('leave alone what cannot be opened, and say so', async () => {
    const client = await restart({ SECRETS_KEY: FIRST });
    const [ann, bob] = [await newUser(client, 'ann'), await newUser(client, 'bob')];
    await write(client, ann, 'of Ann');
    await write(client, bob, 'of Bob');
    const sealed = () => open!.database.query('SELECT key_id, sealed FROM user_secrets ORDER BY id');
    const before = await sealed();
    const unknown = await rotate({ SECRETS_KEY: SECOND });
    expect([unknown.code, unknown.result]).toEqual([
      1,
      expect.objectContaining({
        rotated: 0,
        verified: 0,
        stuck: [ann, bob].map((userId) => expect.objectContaining({ userId, reason: 'unknown key' })),
      }),
    ]);
    expect(await sealed()).toEqual(before);

    await open!.database.execute(
      "UPDATE user_secrets SET sealed = CONCAT('AAAA', SUBSTR(sealed, 5)) WHERE user_id = ?",
      [ann],
    );
    const damaged = await rotate({ SECRETS_KEY: SECOND, SECRETS_KEY_PREVIOUS: FIRST });
    expect([damaged.code, damaged.result]).toEqual([
      1,
      expect.objectContaining({
        rotated: 1,
        verified: 1,
        stuck: [expect.objectContaining({ userId: ann, reason: 'damaged' })],
      }),
    ]);
    const later = await restart({ SECRETS_KEY: SECOND });
    expect([await read(later, ann), await read(later, bob)]).toEqual([503, 'of Bob']);
  });

  it('do not overwrite what is set while they are rotated', async () => {
    const client = await restart({ SECRETS_KEY: FIRST });
    const id = await newUser(client, 'ann');
    await write(client, id, 'old');
    const repository = new SecretsRepository(open!.database);
    const [row] = await repository.after(0, 1);
    await write(client, id, 'new');
    await open!.app.get(UnitOfWork).batch([repository.resealing(row!, 'any', 'stale')]);
    expect(await read(client, id)).toBe('new');
  });

  if (isMysql)
    it('have to be configured: without one, reading and writing say what the operator has to do', async () => {
      const client = await restart();
      const id = await newUser(client, 'ann');
      for (const [method, body] of [['GET'], ['DELETE'], ['PUT', { secret: 1 }]] as const) {
        const answer = await client.request(method, `/v1/users/${id}/secrets/key`, { body });
        expect([method, answer.status, answer.body.error]).toEqual([method, 503, 'SecretsUnavailableError']);
        expect(answer.body.explanation).toContain('SECRETS_KEY');
      }
      expect(await readdir(folder)).toEqual([]);
      expect((await rotate({})).complained).toContain('SECRETS_KEY is not set');
    });
  else
    it('are made once where nobody has configured any, in a file that only its owner can read', async () => {
      let client = await restart();
      const id = await newUser(client, 'ann');
      expect(await readdir(folder)).toEqual([]);
      await Promise.all([1, 2, 3].map((value) => write(client, id, value)));
      await write(client, id, 'kept');
      const file = join(folder, 'secrets.key');
      expect(await readdir(folder)).toEqual(['secrets.key']);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const key = await readFile(file, 'utf8');
      client = await restart();
      expect(await read(client, id)).toBe('kept');
      await write(client, id, 'kept still');
      expect(await readFile(file, 'utf8')).toBe(key);
      // Who configures a key later can read on, and rotate.
      expect(await read(await restart({ SECRETS_KEY: FIRST }), id)).toBe('kept still');
      expect((await rotate({ SECRETS_KEY: FIRST })).result).toMatchObject({ rotated: 1, verified: 1, stuck: [] });
      await rm(file);
      expect(await read(await restart({ SECRETS_KEY: FIRST }), id)).toBe('kept still');
    });
});
