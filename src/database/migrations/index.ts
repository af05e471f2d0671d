import { CreateCoreTables0001 } from './0001-create-core-tables.js';
import { CreateFiles0002 } from './0002-create-files.js';
import { JobProgressAndImports0003 } from './0003-job-progress-and-imports.js';
import { CreateChannelLife0004 } from './0004-create-channel-life.js';
import { CreateReadPositions0005 } from './0005-create-read-positions.js';
import { CreateNotifications0006 } from './0006-create-notifications.js';
import { CreateSecretsAndLimits0007 } from './0007-create-secrets-and-limits.js';
import { CreateWebhooks0008 } from './0008-create-webhooks.js';
import { CreateSearchAndPreviews0009 } from './0009-create-search-and-previews.js';
import { CreateUserActions0010 } from './0010-create-user-actions.js';
import { CreateMoves0011 } from './0011-create-moves.js';

/** All migrations, oldest first. Two branches that add one meet here. */
export const migrations = [
  CreateCoreTables0001,
  CreateFiles0002,
  JobProgressAndImports0003,
  CreateChannelLife0004,
  CreateReadPositions0005,
  CreateNotifications0006,
  CreateSecretsAndLimits0007,
  CreateWebhooks0008,
  CreateSearchAndPreviews0009,
  CreateUserActions0010,
  CreateMoves0011,
];
