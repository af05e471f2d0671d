import { tuneHeap } from './memory.js';

tuneHeap();
const { ConfigError, loadConfig } = await import('./config/config.js');
const { serve } = await import('./serve.js');

try {
  await serve(loadConfig());
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
