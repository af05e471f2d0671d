import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { beginsWith, Condition, conjunction } from '../database/sql.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader } from '../pagination/page-reader.js';
import { UserRow, userColumns } from './user.rows.js';

export interface ContactFilter {
  /** The name begins so. */
  name?: string;
  /** The display name contains this, whatever its case. */
  displayName?: string;
  online?: boolean;
}

/** Whom a user can write to: everybody else in the application. */
@Injectable()
export class Contacts {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  /** In the order of display names, unless something else is asked for. */
  list(applicationId: number, userId: number, filter: ContactFilter, query: PageQuery): Promise<Page<UserRow>> {
    const isAll = Object.values(filter).every((value) => value === undefined);
    return this.pages.read<UserRow>(
      {
        columns: userColumns('u'),
        from: 'users u',
        where: this.where(applicationId, userId, filter),
        sortable: {
          displayName: { column: 'u.display_name', index: 'users_display_name' },
          name: { column: 'u.name', index: 'users_name' },
          id: { column: 'u.id', index: 'users_id' },
          createdTime: { column: 'u.id', index: 'users_id' },
        },
        key: 'u.id',
        unique: ['u.name'],
        ...(isAll && { total: () => this.countOthers(applicationId) }),
      },
      query,
    );
  }

  async count(applicationId: number, userId: number, filter: ContactFilter): Promise<number> {
    if (Object.values(filter).every((value) => value === undefined)) return this.countOthers(applicationId);
    const { sql, parameters } = conjunction(this.where(applicationId, userId, filter));
    const [row] = await this.database.query<{ n: number }>(
      `SELECT COUNT(*) AS n FROM users u WHERE ${sql}`,
      parameters,
    );
    return Number(row!.n);
  }

  private where(applicationId: number, userId: number, { name, displayName, online }: ContactFilter): Condition[] {
    const where: Condition[] = [
      { sql: 'u.application_id = ? AND u.name IS NOT NULL AND u.id <> ?', parameters: [applicationId, userId] },
    ];
    if (name !== undefined) where.push(beginsWith('u.name', name));
    if (displayName !== undefined) where.push(this.database.dialect.containsText('u.display_name', displayName));
    if (online !== undefined) where.push({ sql: 'u.presence_online = ?', parameters: [online ? 1 : 0] });
    return where;
  }

  private async countOthers(applicationId: number): Promise<number> {
    const [row] = await this.database.query<{ user_count: number }>(
      'SELECT user_count FROM applications WHERE id = ?',
      [applicationId],
    );
    return Math.max(0, (row?.user_count ?? 0) - 1);
  }
}
