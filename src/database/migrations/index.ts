import { CreateCoreTables0001 } from './0001-create-core-tables.js';
import { CreateFiles0002 } from './0002-create-files.js';
import { JobProgressAndImports0003 } from './0003-job-progress-and-imports.js';

/** All migrations, oldest first. Two branches that add one meet here. */
export const migrations = [CreateCoreTables0001, CreateFiles0002, JobProgressAndImports0003];
