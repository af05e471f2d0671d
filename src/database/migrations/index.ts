import { CreateCoreTables0001 } from './0001-create-core-tables.js';
import { CreateChannelLife0004 } from './0004-create-channel-life.js';

/** All migrations, oldest first. Two branches that add one meet here. */
export const migrations = [CreateCoreTables0001, CreateChannelLife0004];
