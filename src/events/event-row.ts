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

export function toEvent(row: EventRow): DomainEvent {
  return {
    id: row.id,
    applicationId: row.application_id,
    ...(row.channel_id !== null && { channelId: row.channel_id }),
    type: row.type as DomainEventType,
    subjectId: row.subject_id,
    payload: JSON.parse(row.payload) as Record<string, unknown>,
    createdTime: row.created_time,
  };
}
