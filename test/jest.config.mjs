import { availableParallelism } from 'node:os';

/** Runs against SQLite, or against MySQL when TEST_DATABASE_URL names a server: mysql://user:password@host:3306/ */
const isMysql = process.env.TEST_DATABASE_URL !== undefined;

export default {
  rootDir: '..',
  testPathIgnorePatterns: [
    '/node_modules/',
    // These need a Redis, which test/support/run-on-redis.mjs finds or starts,
    ...(process.env.TEST_REDIS_URL ? [] : ['/test/redis/']),
    // and these need clients, which test/clients/run.mjs generates.
    ...(process.env.TEST_CLIENTS ? [] : ['/test/clients/']),
  ],
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
          target: 'es2023',
        },
        module: { type: 'es6' },
      },
    ],
  },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['<rootDir>/test/support/environment.mjs'],
  setupFilesAfterEnv: ['<rootDir>/test/support/clean-up.mjs'],
  testEnvironment: 'node',
  testTimeout: 60_000,
  // Many tests wait, for a server of their own or for a database, so one more of them than there are cores is no burden.
  maxWorkers: isMysql || availableParallelism() <= 2 ? 3 : '50%',
  // Node does not give back the modules of earlier spec files, and looking through them again and again takes long.
  workerIdleMemoryLimit: '1GB',
};
