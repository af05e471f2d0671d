import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Config, ConfigError, databaseEngine, loadConfig } from './config.js';

/** What is said to be wrong with these variables. */
function problemsOf(variables: Record<string, string>): string[] {
  try {
    loadConfig(variables);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}
const namesOf = (problems: string[]) => problems.map((problem) => problem.split(' ')[0]).sort();

describe('the configuration', () => {
  it('needs nothing to be set', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      port: 3000,
      host: '0.0.0.0',
      database: { engine: 'sqlite', file: './data/chatkitty.sqlite' },
      dataDir: './data',
      corsOrigins: [],
      logLevel: 'info',
      migrateOnStart: true,
      publicUrl: 'http://localhost:3000',
      storage: { kind: 'disk', folder: './data/files' },
      maxUploadBytes: 26_214_400,
    });
    expect(config.bootstrap).toBeUndefined();
    expect(config.tls).toBeUndefined();
  });

  it('takes an empty variable for one that is not set', () => {
    const names = ['PORT', 'HOST', 'DATABASE_URL', 'PUBLIC_URL', 'BOOTSTRAP_CLIENT_ID', 'TLS_CERT_FILE', 'LOG_LEVEL'];
    expect(loadConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(loadConfig({}));
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '80.5'],
    ['DATABASE_URL', 'postgres://localhost/chat'],
    ['DATABASE_URL', 'sqlite:'],
    ['DATABASE_URL', 'mysql://localhost'],
    ['DATABASE_URL', 'mysql://localhost/'],
    ['DATABASE_URL', 'mysql://:3306/chat'],
    ['DATABASE_POOL_SIZE', '0'],
    ['PUBLIC_URL', 'chat.example.org'],
    ['PUBLIC_URL', 'ftp://chat.example.org'],
    ['PUBLIC_URL', 'https://chat.example.org/?a=b'],
    ['CORS_ORIGINS', 'dashboard.example.org'],
    ['CORS_ORIGINS', 'https://dashboard.example.org/path'],
    ['LOG_LEVEL', 'loud'],
    ['DELETE_ALL_MESSAGES', 'yes'],
    ['MIGRATE_ON_START', 'yes'],
    ['STORAGE', 'tape'],
    ['S3_FORCE_PATH_STYLE', 'yes'],
    ['MAX_UPLOAD_BYTES', '12'],
    ['MAX_UPLOAD_BYTES', '25 MB'],
    ['ACCESS_TOKEN_SECONDS', '1'],
    ['IDEMPOTENCY_KEY_HOURS', '0'],
    ['EVENT_RETENTION_DAYS', 'ever'],
    ['NOTIFICATION_RETENTION_DAYS', '0'],
    ['JOBS_AT_ONCE', '0'],
    ['JOB_FILE_RETENTION_DAYS', '0'],
    ['MAX_IMPORT_BYTES', '2 GB'],
    ['USER_EXPORT_JOB_TYPE', 'ANALYTICS'],
  ])('refuses %s=%s and names it', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name} must `))]);
  });

  it('names all problems at once, and keeps what is secret to itself', () => {
    const problems = problemsOf({
      PORT: 'http',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://root:hidden-word@localhost',
      BOOTSTRAP_CLIENT_ID: 'a:b',
      BOOTSTRAP_CLIENT_SECRET: 'hidden',
    });
    expect(namesOf(problems)).toEqual([
      'BOOTSTRAP_CLIENT_ID',
      'BOOTSTRAP_CLIENT_SECRET',
      'DATABASE_URL',
      'LOG_LEVEL',
      'PORT',
    ]);
    const { message } = new ConfigError(problems);
    for (const problem of problems) expect(message).toContain(problem);
    expect(message).not.toContain('hidden');
  });

  it.each(['changeme', 'change-me-please', 'CHANGE_ME', 'your-secret', 'Your Secret', 'password'])(
    'refuses the placeholder %s for a secret',
    (secret) => {
      const problems = problemsOf({ BOOTSTRAP_CLIENT_ID: 'me', BOOTSTRAP_CLIENT_SECRET: secret });
      expect(problems).toEqual(['BOOTSTRAP_CLIENT_SECRET is a placeholder; choose a secret of your own']);
    },
  );

  it.each([
    ['BOOTSTRAP_CLIENT_ID', 'BOOTSTRAP_CLIENT_SECRET', 'a good secret'],
    ['BOOTSTRAP_CLIENT_SECRET', 'BOOTSTRAP_CLIENT_ID', 'me'],
    ['TLS_CERT_FILE', 'TLS_KEY_FILE', 'package.json'],
    ['TLS_KEY_FILE', 'TLS_CERT_FILE', 'package.json'],
  ])('misses %s when only %s is set', (missing, given, value) => {
    expect(problemsOf({ [given]: value })).toEqual([expect.stringMatching(new RegExp(`^${missing} must .*${given}`))]);
  });

  it('reads where files are, and asks for a bucket only where there is one', () => {
    const bucket = { STORAGE: 's3', S3_BUCKET: 'chat-files' };
    expect(loadConfig({ DATA_DIR: '/srv/chat' }).storage).toEqual({ kind: 'disk', folder: '/srv/chat/files' });
    expect(loadConfig(bucket).storage).toEqual({
      kind: 's3',
      bucket: 'chat-files',
      region: 'us-east-1',
      forcePathStyle: false,
    });
    const credentials = { S3_ACCESS_KEY_ID: 'me', S3_SECRET_ACCESS_KEY: 'secret' };
    const elsewhere = { S3_ENDPOINT: 'http://127.0.0.1:9000', S3_FORCE_PATH_STYLE: 'true', S3_REGION: 'eu-central-1' };
    expect(loadConfig({ ...bucket, ...credentials, ...elsewhere }).storage).toEqual({
      kind: 's3',
      bucket: 'chat-files',
      region: 'eu-central-1',
      endpoint: 'http://127.0.0.1:9000',
      credentials: { accessKeyId: 'me', secretAccessKey: 'secret' },
      forcePathStyle: true,
    });
    expect(loadConfig({ S3_BUCKET: 'No Bucket' }).storage.kind).toBe('disk');
    const wrong = { STORAGE: 's3', S3_ENDPOINT: 'objects', S3_REGION: 'Mars!', S3_SECRET_ACCESS_KEY: 'hidden-word' };
    const problems = problemsOf(wrong);
    expect(namesOf(problems)).toEqual(['S3_ACCESS_KEY_ID', 'S3_BUCKET', 'S3_ENDPOINT', 'S3_REGION']);
    expect(problems.join()).not.toContain('hidden');
    expect(namesOf(problemsOf({ ...bucket, S3_ACCESS_KEY_ID: 'me' }))).toEqual(['S3_SECRET_ACCESS_KEY']);
  });

  it('reads where the database is', () => {
    const target = (url: string) => loadConfig({ DATABASE_URL: url }).database;
    expect(target('sqlite::memory:')).toEqual({ engine: 'sqlite', file: ':memory:' });
    expect(target('sqlite:/var/lib/chat.db')).toEqual({ engine: 'sqlite', file: '/var/lib/chat.db' });
    const mysql = { engine: 'mysql', host: 'db.example.org', port: 3307, user: 'ann', database: 'chat' };
    expect(target('mysql://ann:p%40ss%2Fword@db.example.org:3307/chat')).toEqual({ ...mysql, password: 'p@ss/word' });
    expect(target('mariadb://ann@db.example.org/chat')).toEqual({ ...mysql, port: 3306, password: '' });
  });

  it('keeps the database with the other data, unless it says where', () => {
    expect(loadConfig({ DATA_DIR: '/srv/chat' }).database).toEqual({
      engine: 'sqlite',
      file: '/srv/chat/chatkitty.sqlite',
    });
  });

  it('knows the engine before everything else', () => {
    expect(databaseEngine({})).toBe('sqlite');
    expect(databaseEngine({ DATABASE_URL: 'sqlite:./mysql.sqlite' })).toBe('sqlite');
    expect(databaseEngine({ DATABASE_URL: 'mysql://localhost/chat' })).toBe('mysql');
    expect(databaseEngine({ DATABASE_URL: 'mariadb://localhost/chat' })).toBe('mysql');
  });

  it('reads lists of origins', () => {
    const origins = (given: string) => loadConfig({ CORS_ORIGINS: given }).corsOrigins;
    expect(origins('https://a.example.org , http://localhost:5173')).toEqual([
      'https://a.example.org',
      'http://localhost:5173',
    ]);
    expect(origins('*')).toEqual(['*']);
  });

  it('lets links name the port that was got, unless the public address is fixed', () => {
    const free = loadConfig({ PORT: '0' });
    free.listeningOn(4321);
    expect(free.publicUrl).toBe('http://localhost:4321');
    const fixed = loadConfig({ PORT: '0', PUBLIC_URL: 'https://chat.example.org/' });
    fixed.listeningOn(4321);
    expect(fixed.publicUrl).toBe('https://chat.example.org');
  });

  it('takes credentials together', () => {
    const config = loadConfig({ BOOTSTRAP_CLIENT_ID: 'me', BOOTSTRAP_CLIENT_SECRET: 'a good secret' });
    expect(config.bootstrap).toEqual({ clientId: 'me', clientSecret: 'a good secret' });
  });

  describe('with files', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'chat-config-'));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    const load = (cert: string, key: string): Config => loadConfig({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key });

    it('speaks TLS when both files are there', () => {
      const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
      for (const file of [cert, key]) writeFileSync(file, 'pem');
      const config = load(cert, key);
      expect(config.tls).toEqual({ certFile: cert, keyFile: key });
      expect(config.publicUrl).toBe('https://localhost:3000');
    });

    it('names each file that cannot be read', () => {
      expect(problemsOf({ TLS_CERT_FILE: join(folder, 'nowhere.pem'), TLS_KEY_FILE: folder })).toEqual([
        expect.stringMatching(/^TLS_CERT_FILE must be a file that can be read/),
        expect.stringMatching(/^TLS_KEY_FILE must be a file that can be read/),
      ]);
    });
  });
});
