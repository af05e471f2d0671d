import type { ChannelType } from '../../channels/channel.resource.js';
import { CHANNEL_TYPES } from '../../channels/channel.resource.js';
import { CursorQuery } from '../../pagination/cursor-query.js';
import { PageQuery } from '../../pagination/page-query.js';
import { BooleanField, EnumField, NAME_MAX, TextField } from '../../resource/fields.js';
import { About } from '../../resource/registry.js';
import { DISPLAY_NAME_MAX } from '../../users/user.resource.js';

/** Which of their channels a user asks for. */
@About('Channel')
export class UserChannelsQuery extends PageQuery {
  @TextField({ description: 'Filters by how the name begins', max: NAME_MAX, optional: true })
  name?: string;

  @EnumField({ description: 'Filters by channel type', values: CHANNEL_TYPES, optional: true, enumName: 'ChannelType' })
  type?: ChannelType;

  @BooleanField({ description: 'Filters by whether something in it is not read', optional: true })
  unread?: boolean;
}

/** Which users are asked for. */
@About('User')
export class UsersQuery extends PageQuery {
  @TextField({ description: 'Filters by how the name begins', max: NAME_MAX, optional: true })
  name?: string;

  @TextField({ description: 'Filters by what the display name contains', max: DISPLAY_NAME_MAX, optional: true })
  displayName?: string;

  @BooleanField({ description: 'Filters by whether they are online', optional: true })
  online?: boolean;
}

/** Published clients sort the people of a channel by `user.displayName`. */
export const ofUsers = <Query extends PageQuery>(query: Query): Query =>
  query.sort ? { ...query, sort: query.sort.map((word) => word.replace(/^user\./, '')) } : query;

/** Which messages are asked for. */
@About('Message')
export class UserMessagesQuery extends CursorQuery {
  @BooleanField({ description: 'Without replies, and without what was said in threads with a name', optional: true })
  mainThread?: boolean;

  @EnumField({ description: 'Only messages with a file', values: ['FILE'], optional: true })
  type?: 'FILE';
}

/** Which threads are asked for. */
@About('Thread')
export class UserThreadsQuery extends PageQuery {
  @BooleanField({ description: 'With the thread of the channel itself. True if absent', optional: true })
  includeMainThread?: boolean;

  @BooleanField({ description: 'Only threads with a name', optional: true })
  standalone?: boolean;
}
