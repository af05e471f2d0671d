/** A row of `users`, as lists and look-ups select it. */
export interface UserRow {
  id: number;
  type: string;
  name: string | null;
  display_name: string;
  display_picture: string | null;
  is_guest: number;
  presence_status: string;
  presence_online: number;
  properties: string;
}

const COLUMNS = [
  'id',
  'type',
  'name',
  'display_name',
  'display_picture',
  'is_guest',
  'presence_status',
  'presence_online',
  'properties',
] as const;

/** The columns of a {@link UserRow}. */
export const userColumns = (alias: string): string => COLUMNS.map((column) => `${alias}.${column}`).join(', ');

/** The same under names of their own, for rows that hold something else besides the user. */
export const joinedUserColumns = (alias: string): string =>
  COLUMNS.map((column) => `${alias}.${column} AS user_${column}`).join(', ');

/** A row that was selected with {@link joinedUserColumns}. */
export interface JoinedUserRow {
  user_id: number | null;
  user_type: string;
  user_name: string | null;
  user_display_name: string;
  user_display_picture: string | null;
  user_is_guest: number;
  user_presence_status: string;
  user_presence_online: number;
  user_properties: string;
}

export function joinedUser(row: JoinedUserRow): UserRow | undefined {
  if (row.user_id === null) return undefined;
  return {
    id: row.user_id,
    type: row.user_type,
    name: row.user_name,
    display_name: row.user_display_name,
    display_picture: row.user_display_picture,
    is_guest: row.user_is_guest,
    presence_status: row.user_presence_status,
    presence_online: row.user_presence_online,
    properties: row.user_properties,
  };
}
