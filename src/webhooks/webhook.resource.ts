import { APPLICATION } from '../hal/links.js';
import {
  BooleanField,
  EnumField,
  IdField,
  IntegerField,
  TextField,
  TextListField,
  TimeField,
} from '../resource/fields.js';
import { About, Links } from '../resource/registry.js';
import { PATTERN_MAX_LENGTH, PATTERNS_MAX } from './event-types.js';
import type { DeliveryRow, DeliveryState, WebhookRow } from './webhook.rows.js';
import { DELIVERY_STATES, patternsOf } from './webhook.rows.js';

export const URL_MAX = 2048;
export const DESCRIPTION_MAX = 1000;
/** How long an old secret is good for beside the new one, in seconds. */
const OVERLAP_MAX = 7 * 24 * 3600;
export const OVERLAP_DEFAULT = 24 * 3600;

const URL_FIELD = {
  description: 'The http or https URL that events are sent to',
  max: URL_MAX,
  format: 'uri',
  example: 'https://example.org/chat-events',
  pattern: { matches: /^https?:\/\/[^\s]+$/i, message: 'must be an absolute http or https URL' },
};
const TYPES_FIELD = {
  description: 'Which events are sent: types, prefixes such as message.*, or * for all',
  max: PATTERNS_MAX,
  maxLength: PATTERN_MAX_LENGTH,
  example: ['message.*', 'user.created'],
};
const DESCRIPTION_FIELD = { description: 'What this webhook is for', max: DESCRIPTION_MAX, min: 0, optional: true };

@Links({ self: '/webhooks/{id}', deliveries: '/webhooks/{id}/deliveries', application: APPLICATION })
export class WebhookResource {
  @IdField({ description: '64-bit integer identifier associated with this resource' })
  id!: number;

  @TextField(URL_FIELD)
  url!: string;

  @TextListField(TYPES_FIELD)
  types!: string[];

  @TextField(DESCRIPTION_FIELD)
  description?: string;

  @BooleanField({ description: 'Events are sent. Those that happen while it is false are not sent later' })
  enabled!: boolean;

  @TimeField({ description: 'ISO date-time this webhook was created' })
  createdTime!: number;
}

/** A webhook with its secret, which is shown when it is made and never again. */
export class SecretWebhookResource extends WebhookResource {
  @TextField({
    description: 'What the events that are sent are signed with. Keep it: it is not shown again',
    max: 128,
    example: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD8Ha9hIzw2GU=',
  })
  secret!: string;
}

/** What a new webhook has. */
@About('Webhook')
export class CreateWebhookResource {
  @TextField(URL_FIELD)
  url!: string;

  @TextListField({ ...TYPES_FIELD, optional: true })
  types?: string[];

  @TextField(DESCRIPTION_FIELD)
  description?: string;

  @BooleanField({ description: 'Events are sent; true unless something else is said', optional: true })
  enabled?: boolean;
}

/** What of a webhook can be changed. */
@About('Webhook')
export class WebhookPropertiesPatch {
  @TextField({ ...URL_FIELD, optional: true })
  url?: string;

  @TextListField({ ...TYPES_FIELD, optional: true })
  types?: string[];

  @TextField(DESCRIPTION_FIELD)
  description?: string;

  @BooleanField({ description: 'Events are sent', optional: true })
  enabled?: boolean;
}

/** How a secret is exchanged for another. */
@About('Webhook')
export class RotateWebhookSecretResource {
  @IntegerField({
    description: 'For so many seconds events are signed with the old secret as well',
    format: 'int32',
    max: OVERLAP_MAX,
    optional: true,
    default: OVERLAP_DEFAULT,
  })
  overlapSeconds?: number;
}

/** From where events are sent again. */
@About('Webhook')
export class ReplayWebhookResource {
  @IntegerField({
    description: 'The id of an event: all that came after it, and that the webhook is for, are sent again',
    format: 'int64',
    example: 4711,
  })
  after!: number;
}

/** An event on its way to a webhook, or the record of it. */
@Links({
  self: '/webhooks/{webhookId}/deliveries/{id}',
  webhook: '/webhooks/{webhookId}',
  application: APPLICATION,
})
export class WebhookDeliveryResource {
  @IdField({ description: '64-bit integer identifier of the event that is delivered' })
  id!: number;

  @IdField({ description: 'The webhook that it is delivered to' })
  webhookId!: number;

  @TextField({ description: 'What has happened', max: 64, example: 'message.sent' })
  type!: string;

  @IdField({ description: 'The channel it happened in', optional: true })
  channelId?: number;

  @EnumField({
    description:
      'PENDING before the first attempt, FAILED while attempts failed and more follow, DELIVERED, or DEAD when given up',
    values: DELIVERY_STATES,
    enumName: 'WebhookDeliveryState',
  })
  state!: DeliveryState;

  @IntegerField({ description: 'How often it was sent', format: 'int32' })
  attempts!: number;

  @IntegerField({ description: 'The HTTP status of the last answer', format: 'int32', optional: true })
  lastStatus?: number;

  @TextField({ description: 'What was wrong with the last attempt', max: 255, optional: true })
  lastError?: string;

  @TimeField({ description: 'ISO date-time this delivery was put in line' })
  queuedTime!: number;

  @TimeField({ description: 'ISO date-time of the last attempt', optional: true })
  lastAttemptTime?: number;

  @TimeField({ description: 'ISO date-time of the next attempt, of one that failed', optional: true })
  nextAttemptTime?: number;

  @TimeField({ description: 'ISO date-time this was delivered or given up', optional: true })
  endedTime?: number;
}

export function toWebhookResource(row: WebhookRow): WebhookResource {
  const { id, url, description, enabled, created_time } = row;
  return {
    id,
    url,
    types: patternsOf(row),
    ...(description !== null && { description }),
    enabled: Boolean(enabled),
    createdTime: created_time,
  };
}

export function toDeliveryResource(row: DeliveryRow): WebhookDeliveryResource {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    type: row.event_type,
    state: row.state,
    attempts: row.attempts,
    queuedTime: row.queued_time,
    ...(row.channel_id !== null && { channelId: row.channel_id }),
    ...(row.last_status !== null && { lastStatus: row.last_status }),
    ...(row.last_error !== null && { lastError: row.last_error }),
    ...(row.last_attempt_time !== null && { lastAttemptTime: row.last_attempt_time }),
    ...(row.state === 'FAILED' && row.due_time !== null && { nextAttemptTime: row.due_time }),
    ...(row.ended_time !== null && { endedTime: row.ended_time }),
  };
}
