import { CreateCoreTables0001 } from './0001-create-core-tables.js';
import { CreateWebhooks0008 } from './0008-create-webhooks.js';

/** All migrations, oldest first. Two branches that add one meet here. */
export const migrations = [CreateCoreTables0001, CreateWebhooks0008];
