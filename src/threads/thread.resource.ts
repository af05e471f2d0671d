import { APPLICATION } from '../hal/links.js';
import { EnumField, IdField, PropertiesField, TextField, TimeField } from '../resource/fields.js';
import type { JsonText } from '../resource/json.js';
import { Links } from '../resource/registry.js';
import type { ThreadRow, ThreadType } from './threads.repository.js';

/** A line of conversation: a channel's own, one that was started with a name, or the replies to a message. */
@Links({
  self: '/threads/{id}',
  messages: '/threads/{id}/messages',
  keystrokes: '/threads/{id}/keystrokes',
  channel: '/channels/{channelId}',
  application: APPLICATION,
})
export class ReplyThreadResource {
  @IdField({ description: '64-bit integer identifier associated with this resource' })
  id!: number;

  @EnumField({
    description: 'The type of this thread',
    values: ['MAIN', 'STANDALONE', 'MESSAGE'],
    enumName: 'ReplyThreadType',
  })
  type!: ThreadType;

  @TextField({ description: 'The name of this thread', max: 255, optional: true })
  name?: string;

  @TimeField({ description: 'The ISO date-time this thread was created' })
  createdTime!: number;

  @PropertiesField({ description: 'Custom data associated with this thread' })
  properties!: JsonText;

  channelId!: number;
}

export function toThreadResource(thread: ThreadRow): ReplyThreadResource {
  return {
    id: thread.id,
    type: thread.type,
    ...(thread.name !== null && { name: thread.name }),
    createdTime: thread.created_time,
    properties: thread.properties,
    channelId: thread.channel_id,
  };
}
