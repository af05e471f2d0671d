import { Injectable } from '@nestjs/common';
import { membershipsOfUser, UNREAD_COUNT } from '../channels/read-counters.js';
import { Database } from '../database/database.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader, PageSource } from '../pagination/page-reader.js';
import { UserRow, userColumns } from './user.rows.js';
import { Condition, marks, Statement } from '../database/sql.js';

const COLUMNS = userColumns('u');
const BY_ID = { column: 'u.id', index: 'users_id' };
const SORTABLE = {
  name: { column: 'u.name', index: 'users_name' },
  displayName: { column: 'u.display_name', index: 'users_display_name' },
  // Ids are given in the order of creation.
  createdTime: BY_ID,
  id: BY_ID,
};
/** Ids or names in one look-up. */
const LOOKUP_MAX = 500;

export interface NewUser {
  applicationId: number;
  name: string;
  displayName: string;
  isGuest: boolean;
  presenceStatus: string;
  properties: string;
  createdTime: number;
}

export interface UserFilter {
  name?: string;
  properties?: Record<string, unknown>;
  /** Has messages that they have not read, or has none. */
  unread?: boolean;
}

@Injectable()
export class UsersRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  insertion(user: NewUser): Statement {
    return {
      sql: "INSERT INTO users (application_id, type, name, display_name, is_guest, presence_status, presence_online, properties, created_time) VALUES (?, 'PERSON', ?, ?, ?, ?, 0, ?, ?)",
      parameters: [
        user.applicationId,
        user.name,
        user.displayName,
        user.isGuest ? 1 : 0,
        user.presenceStatus,
        user.properties,
        user.createdTime,
      ],
    };
  }

  async find(applicationId: number, id: number): Promise<UserRow | undefined> {
    const [row] = await this.database.query<UserRow>(
      `SELECT ${COLUMNS} FROM users u WHERE u.id = ? AND u.application_id = ? AND u.deleted_time IS NULL`,
      [id, applicationId],
    );
    return row;
  }

  /** The same, held until the open unit ends. */
  async findForUpdate(applicationId: number, id: number): Promise<UserRow | undefined> {
    const [row] = await this.database.query<UserRow>(
      `SELECT ${COLUMNS} FROM users u WHERE u.id = ? AND u.application_id = ? AND u.deleted_time IS NULL ${this.database.dialect.forUpdate}`,
      [id, applicationId],
    );
    return row;
  }

  async exists(applicationId: number, name: string): Promise<boolean> {
    const found = await this.database.query('SELECT 1 FROM users WHERE application_id = ? AND name = ?', [
      applicationId,
      name,
    ]);
    return found.length > 0;
  }

  findByIds(applicationId: number, ids: readonly number[]): Promise<UserRow[]> {
    return this.findBy(applicationId, 'u.id', ids);
  }

  /** Also those who have been deleted, for what still names them. */
  findAnyByIds(applicationId: number, ids: readonly number[]): Promise<UserRow[]> {
    return this.findBy(applicationId, 'u.id', ids, 'deleted too');
  }

  findByNames(applicationId: number, names: readonly string[]): Promise<UserRow[]> {
    return this.findBy(applicationId, 'u.name', names);
  }

  list(applicationId: number, filter: UserFilter, query: PageQuery): Promise<Page<UserRow>> {
    const source: PageSource = {
      columns: COLUMNS,
      from: 'users u',
      // Deleted users have no name. Said this way, the index of names alone tells who is on a page.
      where: [{ sql: 'u.application_id = ? AND u.name IS NOT NULL', parameters: [applicationId] }],
      sortable: SORTABLE,
      key: 'u.id',
      unique: ['u.name'],
    };
    if (filter.name !== undefined) source.where.push({ sql: 'u.name = ?', parameters: [filter.name] });
    if (filter.properties !== undefined)
      source.where.push(this.database.dialect.contains('u.properties', filter.properties));
    if (filter.unread !== undefined) source.where.push(this.isUnread(filter.unread));
    if (source.where.length === 1) {
      source.total = () => this.count(applicationId);
      source.totalInRow = { sql: 'SELECT user_count FROM applications WHERE id = ?', parameters: [applicationId] };
    }
    return this.pages.read<UserRow>(source, query);
  }

  async update(
    applicationId: number,
    id: number,
    user: Pick<UserRow, 'display_name' | 'is_guest' | 'presence_status' | 'properties'>,
  ): Promise<void> {
    await this.database.execute(
      'UPDATE users SET display_name = ?, is_guest = ?, presence_status = ?, properties = ? WHERE id = ? AND application_id = ?',
      [user.display_name, user.is_guest, user.presence_status, user.properties, id, applicationId],
    );
  }

  async setDisplayPicture(applicationId: number, id: number, address: string): Promise<void> {
    await this.database.execute('UPDATE users SET display_picture = ? WHERE id = ? AND application_id = ?', [
      address,
      id,
      applicationId,
    ]);
  }

  /** Leaves of the user what its messages need; the name is free again. */
  async anonymise(applicationId: number, id: number, deletedTime: number): Promise<void> {
    await this.database.execute(
      "UPDATE users SET name = NULL, display_name = 'Deleted user', display_picture = NULL, presence_status = 'UNAVAILABLE', presence_online = 0, properties = '{}', deleted_time = ? WHERE id = ? AND application_id = ?",
      [deletedTime, id, applicationId],
    );
  }

  /** Whether a user has unread messages. The LIMIT keeps MySQL from looking at the memberships of everybody first. */
  private isUnread(isSo: boolean): Condition {
    const first = `SELECT ms.channel_id FROM ${membershipsOfUser(this.database.dialect)} WHERE ms.user_id = u.id AND c.deleted_time IS NULL AND ${UNREAD_COUNT} > 0 LIMIT 1`;
    return { sql: `(${first}) IS ${isSo ? 'NOT NULL' : 'NULL'}`, parameters: [] };
  }

  private async count(applicationId: number): Promise<number> {
    const [row] = await this.database.query<{ user_count: number }>(
      'SELECT user_count FROM applications WHERE id = ?',
      [applicationId],
    );
    return row?.user_count ?? 0;
  }

  private async findBy(
    applicationId: number,
    column: string,
    values: readonly (number | string)[],
    which: 'living' | 'deleted too' = 'living',
  ): Promise<UserRow[]> {
    const found: UserRow[] = [];
    const living = which === 'living' ? ' AND u.deleted_time IS NULL' : '';
    for (let from = 0; from < values.length; from += LOOKUP_MAX) {
      const some = values.slice(from, from + LOOKUP_MAX);
      const users = await this.database.query<UserRow>(
        `SELECT ${COLUMNS} FROM users u WHERE u.application_id = ? AND ${column} IN (${marks(some)})${living}`,
        [applicationId, ...some],
      );
      found.push(...users);
    }
    return found;
  }
}
