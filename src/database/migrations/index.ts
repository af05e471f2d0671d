import { CreateCoreTables0001 } from './0001-create-core-tables.js';
import { CreateChannelLife0004 } from './0004-create-channel-life.js';
import { CreateNotifications0006 } from './0006-create-notifications.js';

/** All migrations, oldest first. Two branches that add one meet here. */
export const migrations = [CreateCoreTables0001, CreateChannelLife0004, CreateNotifications0006];
