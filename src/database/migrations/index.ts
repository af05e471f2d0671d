import { CreateCoreTables0001 } from './0001-create-core-tables.js';
import { JobProgressAndImports0003 } from './0003-job-progress-and-imports.js';

/** All migrations, oldest first. Two branches that add one meet here. */
export const migrations = [CreateCoreTables0001, JobProgressAndImports0003];
