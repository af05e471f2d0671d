import { APPLICATION } from '../hal/links.js';
import { ObjectField, PropertiesField, TextField } from '../resource/fields.js';
import type { JsonText, Properties } from '../resource/json.js';
import { About, Links } from '../resource/registry.js';
import { ChatUserProperties } from '../users/user.resource.js';

export const EVENT_TYPE_MAX = 255;

/** Something that a tenant, or a user, lets those know who are in a channel now. It is not kept. */
@Links({ application: APPLICATION })
export class ChannelGenericEventResource {
  @TextField({ description: 'Custom type of this event', max: EVENT_TYPE_MAX })
  type!: string;

  @PropertiesField({ description: 'Custom data associated with this event' })
  properties!: JsonText;

  @ObjectField({ description: 'The user who sent this event', type: () => ChatUserProperties, optional: true })
  user?: ChatUserProperties;
}

/** What a new event has. */
@About('ChannelEvent')
export class CreateChannelGenericEventResource {
  @TextField({ description: 'Custom type of this event', max: EVENT_TYPE_MAX, example: 'My Custom Event' })
  type!: string;

  @PropertiesField({ description: 'Custom data associated with this event' })
  properties!: Properties;
}
