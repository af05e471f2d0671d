import { Application } from '../applications/application.entity.js';
import { AccessToken } from '../auth/access-token.entity.js';
import { Client } from '../auth/client.entity.js';
import { Channel } from '../channels/channel.entity.js';
import { ChannelBlock } from '../channels/channel-block.entity.js';
import { ChannelInvite } from '../channels/invite.entity.js';
import { Membership } from '../channels/membership.entity.js';
import { Moderator } from '../channels/moderator.entity.js';
import { HiddenChannel } from '../channels/hidden-channel.entity.js';
import { HiddenMessage } from '../history/hidden-message.entity.js';
import { EventPosition } from '../events/event-position.entity.js';
import { StoredEvent } from '../events/event.entity.js';
import { StoredFile } from '../files/file.entity.js';
import { IdempotencyKey } from '../idempotency/idempotency-key.entity.js';
import { ImportKey } from '../imports/import-key.entity.js';
import { JobError } from '../jobs/job-error.entity.js';
import { Job } from '../jobs/job.entity.js';
import { ApplicationLimits } from '../limits/application-limits.entity.js';
import { MessageUsage } from '../limits/message-usage.entity.js';
import { Message } from '../messages/message.entity.js';
import { ReactionCount } from '../reactions/reaction-count.entity.js';
import { Reaction } from '../reactions/reaction.entity.js';
import { MessageReport } from '../reports/message-report.entity.js';
import { Move } from '../moving/move.entity.js';
import { MoveFailure } from '../moving/move-failure.entity.js';
import { MovedChannel } from '../moving/moved-channel.entity.js';
import { MovedReply } from '../moving/moved-reply.entity.js';
import { NotificationCount } from '../notifications/notification-count.entity.js';
import { Notification } from '../notifications/notification.entity.js';
import { ChatSession } from '../sessions/chat-session.entity.js';
import { SessionProcess } from '../sessions/session-process.entity.js';
import { UserSession } from '../sessions/user-session.entity.js';
import { UserSecret } from '../secrets/user-secret.entity.js';
import { LinkPreview } from '../previews/link-preview.entity.js';
import { PreviewTask } from '../previews/preview-task.entity.js';
import { SearchEdit } from '../search/search-edit.entity.js';
import { SearchPosition } from '../search/search-position.entity.js';
import { Thread } from '../threads/thread.entity.js';
import { ReadMark } from '../receipts/read-mark.entity.js';
import { UserBlock } from '../user-blocks/user-block.entity.js';
import { User } from '../users/user.entity.js';
import { WebhookDelivery } from '../webhooks/webhook-delivery.entity.js';
import { WebhookLane } from '../webhooks/webhook-lane.entity.js';
import { Webhook } from '../webhooks/webhook.entity.js';

/** Every table. */
export const entities = [
  AccessToken,
  Application,
  ApplicationLimits,
  Channel,
  ChannelBlock,
  ChannelInvite,
  ChatSession,
  Client,
  EventPosition,
  HiddenChannel,
  HiddenMessage,
  IdempotencyKey,
  ImportKey,
  Job,
  LinkPreview,
  JobError,
  Membership,
  Message,
  MessageReport,
  Moderator,
  Move,
  MoveFailure,
  MovedChannel,
  MovedReply,
  Notification,
  NotificationCount,
  SessionProcess,
  PreviewTask,
  SearchEdit,
  SearchPosition,
  Reaction,
  ReactionCount,
  ReadMark,
  StoredEvent,
  StoredFile,
  Thread,
  User,
  UserBlock,
  UserSession,
  MessageUsage,
  UserSecret,
  Webhook,
  WebhookDelivery,
  WebhookLane,
];
