import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { beginsWith, Condition, conjunction } from '../database/sql.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader } from '../pagination/page-reader.js';
import { ChannelType } from './channel.resource.js';
import { CHANNEL_COLUMNS, ChannelRow } from './channel.rows.js';
import { HiddenChannelsRepository } from './hidden-channels.repository.js';
import { membershipsOfUser, UNREAD_COUNT } from './read-counters.js';

export interface UserChannelFilter {
  type?: ChannelType;
  /** The name begins so. */
  name?: string;
  /** Something in it is not read. */
  unread?: boolean;
}

/** Channels as one user has them. */
@Injectable()
export class UserChannelsRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  /** Those that the user is a member of and has not hidden: first where something was said last. */
  list(applicationId: number, userId: number, filter: UserChannelFilter, query: PageQuery): Promise<Page<ChannelRow>> {
    return this.pages.read<ChannelRow>(
      {
        columns: CHANNEL_COLUMNS,
        from: this.ofUser(),
        where: this.where(applicationId, userId, filter),
        sortable: this.sortable(),
        key: 'c.id',
      },
      latestFirst(query),
    );
  }

  async count(applicationId: number, userId: number, filter: UserChannelFilter): Promise<number> {
    const { sql, parameters } = conjunction(this.where(applicationId, userId, filter));
    const [row] = await this.database.query<{ n: number }>(
      `SELECT COUNT(*) AS n FROM ${this.ofUser()} WHERE ${sql}`,
      parameters,
    );
    return Number(row!.n);
  }

  /** Public channels that the user is no member of, and may become one. */
  listJoinable(
    applicationId: number,
    userId: number,
    filter: Pick<UserChannelFilter, 'name'>,
    query: PageQuery,
  ): Promise<Page<ChannelRow>> {
    const { name, ...others } = this.sortable();
    const ofUser = (table: string) => `SELECT 1 FROM ${table} x WHERE x.channel_id = c.id AND x.user_id = ?`;
    return this.pages.read<ChannelRow>(
      {
        columns: CHANNEL_COLUMNS,
        from: 'channels c',
        where: [
          {
            sql: `c.application_id = ? AND c.type = 'PUBLIC' AND c.deleted_time IS NULL AND NOT EXISTS (${ofUser('memberships')}) AND NOT EXISTS (${ofUser('channel_blocks')})`,
            parameters: [applicationId, userId, userId],
          },
          ...(filter.name === undefined ? [] : [beginsWith('c.name', filter.name)]),
        ],
        sortable: { name, ...others },
        key: 'c.id',
        unique: ['c.name'],
      },
      query,
    );
  }

  private ofUser(): string {
    return `${membershipsOfUser(this.database.dialect)} LEFT JOIN hidden_channels h ON h.channel_id = ms.channel_id AND h.user_id = ms.user_id`;
  }

  private where(applicationId: number, userId: number, { type, name, unread }: UserChannelFilter): Condition[] {
    const where: Condition[] = [
      {
        sql: `ms.user_id = ? AND ms.application_id = ? AND c.deleted_time IS NULL AND NOT ${HiddenChannelsRepository.IS_HIDDEN}`,
        parameters: [userId, applicationId],
      },
    ];
    if (type !== undefined) where.push({ sql: 'c.type = ?', parameters: [type] });
    if (name !== undefined) where.push(beginsWith('c.name', name));
    if (unread !== undefined) where.push({ sql: `${UNREAD_COUNT} ${unread ? '>' : '='} 0`, parameters: [] });
    return where;
  }

  /** Messages and the threads of channels have ids of one sequence, so that new channels have their place among others. */
  private sortable() {
    const latest = this.database.dialect.greatest('COALESCE(c.last_message_id, 0)', 'c.main_thread_id');
    return {
      latest: { column: latest },
      id: { column: 'c.id' },
      createdTime: { column: 'c.created_time' },
      name: { column: 'c.name' },
      displayName: { column: 'c.display_name' },
    };
  }
}

const latestFirst = (query: PageQuery): PageQuery =>
  query.sort?.length ? query : { ...query, sort: ['latest', 'desc'] };
