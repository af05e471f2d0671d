import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from './config.js';

const problemsOf = (variables: Record<string, string>): string[] => {
  try {
    loadConfig(variables);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('configuration', () => {
  it('needs nothing', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      port: 3000,
      publicUrl: 'http://localhost:3000',
      database: { engine: 'sqlite', file: './data/chatkitty.sqlite' },
      migrateOnStart: true,
      corsOrigins: [],
    });
    expect(config.bootstrap).toBeUndefined();
    expect(config.tls).toBeUndefined();
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadConfig({ PORT: '', PUBLIC_URL: '' }).port).toBe(3000);
  });

  it('reads the parts of a MySQL address, decoded', () => {
    expect(loadConfig({ DATABASE_URL: 'mysql://chat:p%40ss@db.example.org:3307/chat' }).database).toEqual({
      engine: 'mysql',
      host: 'db.example.org',
      port: 3307,
      user: 'chat',
      password: 'p@ss',
      database: 'chat',
    });
  });

  it('names every problem at once', () => {
    const problems = problemsOf({
      PORT: 'http',
      DATABASE_URL: 'postgres://db/chat',
      PUBLIC_URL: 'chat.example.org',
      LOG_LEVEL: 'loud',
      BOOTSTRAP_CLIENT_ID: 'only-the-id',
      TLS_CERT_FILE: 'cert.pem',
      MIGRATE_ON_START: 'yes',
    });
    for (const name of [
      'PORT',
      'DATABASE_URL',
      'PUBLIC_URL',
      'LOG_LEVEL',
      'BOOTSTRAP_CLIENT_SECRET',
      'TLS_KEY_FILE',
      'MIGRATE_ON_START',
    ])
      expect(problems.filter((problem) => problem.startsWith(`${name} `))).toHaveLength(1);
  });

  it('refuses a MySQL address without a database', () => {
    expect(problemsOf({ DATABASE_URL: 'mysql://root@localhost:3306/' })).toEqual([
      expect.stringContaining('DATABASE_URL'),
    ]);
  });

  it.each(['changeme', 'change-me-please', 'your-secret', 'password'])(
    'refuses the placeholder %s as a secret',
    (secret) => {
      expect(problemsOf({ BOOTSTRAP_CLIENT_ID: 'id', BOOTSTRAP_CLIENT_SECRET: secret })).toEqual([
        expect.stringContaining('BOOTSTRAP_CLIENT_SECRET'),
      ]);
    },
  );

  it('lets links name the port that was got, unless the public address is fixed', () => {
    const [free, fixed] = [
      loadConfig({ PORT: '0' }),
      loadConfig({ PORT: '0', PUBLIC_URL: 'https://chat.example.org/' }),
    ];
    free.listeningOn(4321);
    fixed.listeningOn(4321);
    expect([free.publicUrl, fixed.publicUrl]).toEqual(['http://localhost:4321', 'https://chat.example.org']);
  });
});
