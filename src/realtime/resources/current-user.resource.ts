import { ChatUserProperties, toUserProperties } from '../../users/user.resource.js';
import { UserRow } from '../../users/user.rows.js';

/** The user who is connected, as they see themselves. */
export class CurrentUserResource extends ChatUserProperties {}

export const toCurrentUser: (user: UserRow) => CurrentUserResource = toUserProperties;
