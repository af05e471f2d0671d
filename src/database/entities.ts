import { Application } from '../applications/application.entity.js';
import { AccessToken } from '../auth/access-token.entity.js';
import { Client } from '../auth/client.entity.js';
import { Channel } from '../channels/channel.entity.js';
import { Membership } from '../channels/membership.entity.js';
import { EventPosition } from '../events/event-position.entity.js';
import { StoredEvent } from '../events/event.entity.js';
import { StoredFile } from '../files/file.entity.js';
import { IdempotencyKey } from '../idempotency/idempotency-key.entity.js';
import { ImportKey } from '../imports/import-key.entity.js';
import { JobError } from '../jobs/job-error.entity.js';
import { Job } from '../jobs/job.entity.js';
import { Message } from '../messages/message.entity.js';
import { Thread } from '../threads/thread.entity.js';
import { User } from '../users/user.entity.js';

/** Every table. */
export const entities = [
  AccessToken,
  Application,
  Channel,
  Client,
  EventPosition,
  IdempotencyKey,
  ImportKey,
  Job,
  JobError,
  Membership,
  Message,
  StoredEvent,
  StoredFile,
  Thread,
  User,
];
