import { ChannelBlockRow } from '../../channels/channel-blocks.repository.js';
import { ObjectField, TimeField } from '../../resource/fields.js';
import { UserBlockRow } from '../../user-blocks/user-blocks.repository.js';
import { ChatUserProperties, toUserProperties } from '../../users/user.resource.js';
import { joinedUser } from '../../users/user.rows.js';

class BlockRecord {
  @ObjectField({ description: 'The user who is blocked', type: () => ChatUserProperties })
  user!: ChatUserProperties;

  @TimeField({ description: 'Since when' })
  createdTime!: number;

  id!: number;
}

/** That a user may not come back into a channel. */
export class ChannelBlockRecordResource extends BlockRecord {}

/** That a user does not want to hear of another. */
export class UserBlockListItemResource extends BlockRecord {}

export const toBlockRecord = (row: ChannelBlockRow | UserBlockRow): BlockRecord => ({
  id: row.id,
  user: toUserProperties(joinedUser(row)!),
  createdTime: row.created_time,
});
