import { CreateCoreTables0001 } from './0001-create-core-tables.js';

/** All migrations, oldest first. Two branches that add one meet here. */
export const migrations = [CreateCoreTables0001];
