import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks } from '../database/sql.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader, PageSource } from '../pagination/page-reader.js';
import { ChannelType } from './channel.resource.js';
import { CHANNEL_COLUMNS, ChannelRow } from './channel.rows.js';

export interface NewChannel {
  type: ChannelType;
  name: string | null;
  displayName: string | null;
  directKey: string | null;
  creatorId: number | null;
  mainThreadId: number;
  memberCount: number;
  properties: string;
  createdTime: number;
}

export interface ChannelFilter {
  type?: ChannelType;
  /** All of these are members. */
  memberIds?: readonly number[];
  /** Created at this time or later. */
  startTime?: number;
  /** Created before this time. */
  endTime?: number;
  properties?: Record<string, unknown>;
}

const SORTABLE = {
  id: { column: 'c.id', index: 'channels_id' },
  createdTime: { column: 'c.created_time', index: 'channels_created' },
  name: { column: 'c.name', index: 'channels_by_name' },
  displayName: { column: 'c.display_name', index: 'channels_display_name' },
};

@Injectable()
export class ChannelsRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  async insert(applicationId: number, channel: NewChannel): Promise<number> {
    const { insertId } = await this.database.execute(
      'INSERT INTO channels (application_id, type, name, display_name, direct_key, creator_id, main_thread_id, member_count, properties, created_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      [
        applicationId,
        channel.type,
        channel.name,
        channel.displayName,
        channel.directKey,
        channel.creatorId,
        channel.mainThreadId,
        channel.memberCount,
        channel.properties,
        channel.createdTime,
      ],
    );
    return insertId;
  }

  find(applicationId: number, id: number): Promise<ChannelRow | undefined> {
    return this.findBy(applicationId, 'c.id = ?', id);
  }

  /** The same, held until the open unit ends. What changes a channel goes through here, so its events have an order. */
  findForUpdate(applicationId: number, id: number): Promise<ChannelRow | undefined> {
    return this.findBy(applicationId, 'c.id = ?', id, this.database.dialect.forUpdate);
  }

  findByName(applicationId: number, name: string): Promise<ChannelRow | undefined> {
    return this.findBy(applicationId, 'c.name = ?', name);
  }

  findDirect(applicationId: number, directKey: string): Promise<ChannelRow | undefined> {
    return this.findBy(applicationId, 'c.direct_key = ?', directKey);
  }

  findByIds(applicationId: number, ids: readonly number[]): Promise<ChannelRow[]> {
    if (ids.length === 0) return Promise.resolve([]);
    return this.database.query<ChannelRow>(
      `SELECT ${CHANNEL_COLUMNS} FROM channels c WHERE c.application_id = ? AND c.id IN (${marks(ids)}) AND c.deleted_time IS NULL`,
      [applicationId, ...ids],
    );
  }

  list(applicationId: number, filter: ChannelFilter, query: PageQuery): Promise<Page<ChannelRow>> {
    const { type, memberIds = [], startTime, endTime, properties } = filter;
    const source: PageSource = {
      columns: CHANNEL_COLUMNS,
      from: 'channels c',
      where: [{ sql: 'c.application_id = ? AND c.deleted_time IS NULL', parameters: [applicationId] }],
      sortable: SORTABLE,
      key: 'c.id',
    };
    if (type) source.where.push({ sql: 'c.type = ?', parameters: [type] });
    for (const memberId of memberIds)
      source.where.push({
        sql: 'c.id IN (SELECT channel_id FROM memberships WHERE user_id = ?)',
        parameters: [memberId],
      });
    if (startTime !== undefined) source.where.push({ sql: 'c.created_time >= ?', parameters: [startTime] });
    if (endTime !== undefined) source.where.push({ sql: 'c.created_time < ?', parameters: [endTime] });
    if (properties) source.where.push(this.database.dialect.contains('c.properties', properties));
    if (source.where.length === 1) {
      source.total = () => this.count(applicationId);
      source.totalInRow = { sql: 'SELECT channel_count FROM applications WHERE id = ?', parameters: [applicationId] };
    }
    return this.pages.read<ChannelRow>(source, query);
  }

  /** The channels that a user is a member of. */
  listOfUser(applicationId: number, userId: number, query: PageQuery): Promise<Page<ChannelRow>> {
    return this.pages.read<ChannelRow>(
      {
        columns: CHANNEL_COLUMNS,
        from: 'memberships ms JOIN channels c ON c.id = ms.channel_id',
        where: [
          {
            sql: 'ms.user_id = ? AND c.application_id = ? AND c.deleted_time IS NULL',
            parameters: [userId, applicationId],
          },
        ],
        sortable: { ...SORTABLE, id: { column: 'ms.channel_id' } },
        key: 'ms.channel_id',
      },
      query,
    );
  }

  async update(
    applicationId: number,
    id: number,
    { display_name, properties }: Pick<ChannelRow, 'display_name' | 'properties'>,
  ): Promise<void> {
    await this.database.execute(
      'UPDATE channels SET display_name = ?, properties = ? WHERE id = ? AND application_id = ?',
      [display_name, properties, id, applicationId],
    );
  }

  /** Takes the channel out of sight; its name, or its set of members, can be used again. */
  async markDeleted(applicationId: number, id: number, deletedTime: number): Promise<void> {
    await this.database.execute(
      'UPDATE channels SET deleted_time = ?, name = NULL, direct_key = NULL WHERE id = ? AND application_id = ?',
      [deletedTime, id, applicationId],
    );
  }

  async countMembers(id: number, change: number): Promise<void> {
    await this.database.execute('UPDATE channels SET member_count = member_count + ? WHERE id = ?', [change, id]);
  }

  private async count(applicationId: number): Promise<number> {
    const [row] = await this.database.query<{ channel_count: number }>(
      'SELECT channel_count FROM applications WHERE id = ?',
      [applicationId],
    );
    return row?.channel_count ?? 0;
  }

  private async findBy(
    applicationId: number,
    condition: string,
    value: number | string,
    lock = '',
  ): Promise<ChannelRow | undefined> {
    const [row] = await this.database.query<ChannelRow>(
      `SELECT ${CHANNEL_COLUMNS} FROM channels c WHERE ${condition} AND c.application_id = ? AND c.deleted_time IS NULL ${lock}`,
      [value, applicationId],
    );
    return row;
  }
}
