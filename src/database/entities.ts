import { Application } from '../applications/application.entity.js';
import { AccessToken } from '../auth/access-token.entity.js';
import { Client } from '../auth/client.entity.js';
import { Channel } from '../channels/channel.entity.js';
import { Membership } from '../channels/membership.entity.js';
import { EventPosition } from '../events/event-position.entity.js';
import { StoredEvent } from '../events/event.entity.js';
import { IdempotencyKey } from '../idempotency/idempotency-key.entity.js';
import { Job } from '../jobs/job.entity.js';
import { Message } from '../messages/message.entity.js';
import { NotificationCount } from '../notifications/notification-count.entity.js';
import { Notification } from '../notifications/notification.entity.js';
import { ChatSession } from '../sessions/chat-session.entity.js';
import { SessionProcess } from '../sessions/session-process.entity.js';
import { UserSession } from '../sessions/user-session.entity.js';
import { Thread } from '../threads/thread.entity.js';
import { User } from '../users/user.entity.js';

/** Every table. */
export const entities = [
  AccessToken,
  Application,
  Channel,
  ChatSession,
  Client,
  EventPosition,
  IdempotencyKey,
  Job,
  Membership,
  Message,
  Notification,
  NotificationCount,
  SessionProcess,
  StoredEvent,
  Thread,
  User,
  UserSession,
];
