import { REASON_MAX } from '../../reports/reports.service.js';
import { ObjectField, PropertiesField, TextField, TimeField } from '../../resource/fields.js';
import type { JsonText } from '../../resource/json.js';
import { ChatUserProperties } from '../../users/user.resource.js';

/** What a user complained of in a message. */
export class MessageReportResource {
  @ObjectField({ description: 'The user who complains', type: () => ChatUserProperties })
  user!: ChatUserProperties;

  @TextField({ description: 'Why', max: REASON_MAX })
  reason!: string;

  @PropertiesField({ description: 'Custom data associated with this report' })
  properties!: JsonText;

  @TimeField({ description: 'The time this report was made' })
  createdTime!: number;
}
