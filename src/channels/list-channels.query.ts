import { PageQuery } from '../pagination/page-query.js';
import { EnumField, NAME_MAX, TextField, TextListField, TimeField } from '../resource/fields.js';
import { About } from '../resource/registry.js';
import type { ChannelType } from './channel.resource.js';
import { CHANNEL_TYPES } from './channel.resource.js';

/** A filter names at most so many members. */
const FILTER_MEMBERS_MAX = 50;

/** What the list of channels can be asked for. */
@About('Channel')
export class ListChannelsQuery extends PageQuery {
  @EnumField({ description: 'Filters by channel type', values: CHANNEL_TYPES, optional: true, enumName: 'ChannelType' })
  type?: ChannelType;

  @TextListField({
    description: 'Filters by channel members using their usernames: all of them are members',
    maxLength: NAME_MAX,
    max: FILTER_MEMBERS_MAX,
    optional: true,
  })
  members?: string[];

  @TimeField({ description: 'Filters for channels created at this time or later', optional: true })
  startTime?: string;

  @TimeField({ description: 'Filters for channels created before this time', optional: true })
  endTime?: string;

  @TextField({
    description: 'Filters by custom properties: a JSON object that they contain',
    max: 8192,
    optional: true,
  })
  properties?: string;
}
