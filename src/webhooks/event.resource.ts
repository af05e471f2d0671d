import { DomainEvent } from '../events/domain-event.js';
import { APPLICATION } from '../hal/links.js';
import { IdField, PropertiesField, TextField, TimeField } from '../resource/fields.js';
import type { JsonText } from '../resource/json.js';
import { Links } from '../resource/registry.js';
import { writeTime } from '../resource/writer.js';

/** Something that has changed. */
@Links({ application: APPLICATION })
export class EventResource {
  @IdField({ description: '64-bit integer identifier associated with this event, increasing' })
  id!: number;

  @TextField({ description: 'What has happened', max: 64, example: 'message.sent' })
  type!: string;

  @IdField({ description: 'The application it happened in' })
  applicationId!: number;

  @IdField({ description: 'The channel it happened in', optional: true })
  channelId?: number;

  @TimeField({ description: 'ISO date-time of when it happened' })
  createdTime!: number;

  @PropertiesField({
    description: 'subjectId, which is the id of what has changed, and what has changed of it; always in camelCase',
    example: { subjectId: 7, body: 'Hello' },
  })
  data!: JsonText;
}

const dataOf = ({ subjectId, payload }: DomainEvent) => ({ subjectId, ...payload });

export function toEventResource(event: DomainEvent): EventResource {
  const { id, type, applicationId, channelId, createdTime } = event;
  return {
    id,
    type,
    applicationId,
    ...(channelId !== undefined && { channelId }),
    createdTime,
    data: JSON.stringify(dataOf(event)),
  };
}

/** The same without links, as webhooks are told it. */
export function envelope(event: DomainEvent): string {
  const { id, type, applicationId, channelId, createdTime } = event;
  return JSON.stringify({
    id,
    type,
    applicationId,
    channelId,
    createdTime: writeTime(createdTime),
    data: dataOf(event),
  });
}
