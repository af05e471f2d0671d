import { SealedSecret } from './webhook-secret.js';

/** A webhook without what signs. */
export interface WebhookRow {
  id: number;
  application_id: number;
  url: string;
  types: string;
  description: string | null;
  enabled: number;
  since_event_id: number;
  replay_after: number | null;
  replay_up_to: number | null;
  delivery_count: number;
  created_time: number;
}

const NAMES =
  'id, application_id, url, types, description, enabled, since_event_id, replay_after, replay_up_to, delivery_count, created_time'.split(
    ', ',
  );
export const WEBHOOK_COLUMNS = NAMES.map((name) => `w.${name}`).join(', ');

export const patternsOf = ({ types }: Pick<WebhookRow, 'types'>): string[] => JSON.parse(types) as string[];

export const DELIVERY_STATES = ['PENDING', 'FAILED', 'DELIVERED', 'DEAD'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** A line of the log of a webhook. Its id is that of the event. */
export interface DeliveryRow {
  id: number;
  webhook_id: number;
  event_type: string;
  channel_id: number | null;
  state: DeliveryState;
  attempts: number;
  last_status: number | null;
  last_error: string | null;
  last_attempt_time: number | null;
  queued_time: number;
  ended_time: number | null;
  /** When it is tried again, of the one that its lane waits for. */
  due_time: number | null;
}

/** What is next in a lane, with all that is needed to send it. */
export interface DueDelivery {
  event_id: number;
  body: string;
  queued_time: number;
  url: string;
  secret: SealedSecret;
  previous_secret: SealedSecret | null;
  previous_secret_until: number | null;
  failures: number;
}
