import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Before anything is imported: columns are declared for the engine that the environment names. Each spec file has a
// database of its own.
const server = process.env.TEST_DATABASE_URL;
process.env.DATABASE_URL = server
  ? `${server.replace(/\/?$/, '/')}chat_test_${randomBytes(6).toString('hex')}`
  : 'sqlite::memory:';
// Files as well. The folder is made when the first is written.
process.env.DATA_DIR = join(tmpdir(), `chat-test-${randomBytes(6).toString('hex')}`);
