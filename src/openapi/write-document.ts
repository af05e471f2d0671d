import { mkdir, writeFile } from 'node:fs/promises';
import { createApp } from '../app.setup.js';
import { loadConfig } from '../config/config.js';
import { buildDocuments, EXAMPLE_URL } from './document.js';

/** Writes the committed documents. A test compares them with what the code says. */
const app = await createApp(loadConfig({ DATABASE_URL: 'sqlite::memory:', LOG_LEVEL: 'error' }));
await app.init();
const { v1, v2 } = buildDocuments(app, EXAMPLE_URL);
await mkdir('src/openapi/documents', { recursive: true });
await writeFile('src/openapi/documents/openapi.json', `${JSON.stringify(v1, null, 2)}\n`);
await writeFile('src/openapi/documents/openapi.v2.json', `${JSON.stringify(v2, null, 2)}\n`);
await app.close();
