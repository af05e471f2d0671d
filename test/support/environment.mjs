import { randomBytes } from 'node:crypto';

// Before anything is imported: columns are declared for the engine that the environment names. Each spec file has a
// database of its own.
const server = process.env.TEST_DATABASE_URL;
process.env.DATABASE_URL = server
  ? `${server.replace(/\/?$/, '/')}chat_test_${randomBytes(6).toString('hex')}`
  : 'sqlite::memory:';
