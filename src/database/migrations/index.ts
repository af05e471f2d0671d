import { CreateCoreTables0001 } from './0001-create-core-tables.js';
import { CreateReadPositions0005 } from './0005-create-read-positions.js';

/** All migrations, oldest first. Two branches that add one meet here. */
export const migrations = [CreateCoreTables0001, CreateReadPositions0005];
