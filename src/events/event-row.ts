import { DomainEvent, DomainEventType } from './domain-event.js';

export const EVENT_COLUMNS = 'id, application_id, channel_id, type, subject_id, payload, created_time';

/** A line of the log as it is stored. */
export interface EventRow {
  id: number;
  application_id: number;
  channel_id: number | null;
  type: string;
  subject_id: number;
  payload: string;
  created_time: number;
}

/** Stands in the payload of few events, beside what features write there, and is taken out again. */
const ORIGIN = '$origin';

export function toPayload(payload: Record<string, unknown>, origin: string | undefined): string {
  return JSON.stringify(origin === undefined ? payload : { ...payload, [ORIGIN]: origin });
}

export function toEvent(row: EventRow): DomainEvent {
  const { [ORIGIN]: origin, ...payload } = JSON.parse(row.payload) as Record<string, unknown>;
  return {
    id: row.id,
    applicationId: row.application_id,
    ...(row.channel_id !== null && { channelId: row.channel_id }),
    type: row.type as DomainEventType,
    subjectId: row.subject_id,
    payload,
    createdTime: row.created_time,
    ...(typeof origin === 'string' && { origin }),
  };
}
