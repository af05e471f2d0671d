import { Injectable } from '@nestjs/common';
import { UNREAD_COUNT } from '../channels/read-counters.js';
import { Database } from '../database/database.js';
import { MessageRow } from '../messages/message.rows.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader, PageSource } from '../pagination/page-reader.js';
import { JoinedUserRow, joinedUserColumns } from '../users/user.rows.js';
import { nodesOf } from './fork-node.js';

export interface ReceiptRow extends JoinedUserRow {
  user_id: number;
  created_time: number;
}

export interface SummaryRow extends JoinedUserRow {
  user_id: number;
  channel_id: number;
  unread_count: number;
}

const MEMBERSHIPS_SHOWN = 'ms.application_id = ? AND c.deleted_time IS NULL AND u.deleted_time IS NULL';

@Injectable()
export class ReceiptsRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  /** Who has read a message, but for whoever sent it. */
  listOfMessage(applicationId: number, message: MessageRow, query: PageQuery): Promise<Page<ReceiptRow>> {
    return this.pages.read<ReceiptRow>(
      {
        columns: `r.created_time, ${joinedUserColumns('u')}`,
        from: `(${this.marksAround(message)}) r ${this.database.dialect.joinInOrder} users u ON u.id = r.user_id`,
        where: [
          {
            sql: 'u.application_id = ? AND u.deleted_time IS NULL AND u.id <> ?',
            parameters: [applicationId, message.user_id ?? 0],
          },
        ],
        sortable: { createdTime: { column: 'r.created_time' }, id: { column: 'r.user_id' } },
        key: 'r.user_id',
      },
      query,
    );
  }

  /** The marks that a message lies within; of a user there is at most one. */
  private marksAround({ id, channel_id }: MessageRow): string {
    const { upTo, above } = nodesOf(id);
    const { dialect } = this.database;
    const part = (index: string, nodes: number[], condition: string) =>
      `SELECT user_id, created_time FROM read_marks ${dialect.readBy(index)} WHERE channel_id = ${channel_id} AND node IN (${nodes.join(', ')}) AND ${condition}`;
    return `${part('PRIMARY', upTo, `to_message_id >= ${id}`)} UNION ALL ${part('read_marks_from', above, `from_message_id < ${id}`)}`;
  }

  /** What each member of each channel has not read; with `unread`, those who have something to read, or nothing. */
  listSummaries(applicationId: number, unread: boolean | undefined, query: PageQuery): Promise<Page<SummaryRow>> {
    const { dialect } = this.database;
    const source: PageSource = {
      columns: `ms.channel_id, ${UNREAD_COUNT} AS unread_count, ${joinedUserColumns('u')}`,
      from: `memberships ms ${dialect.readBy('memberships_application')} ${dialect.joinInOrder} channels c ${dialect.readBy('PRIMARY')} ON c.id = ms.channel_id ${dialect.joinInOrder} users u ${dialect.readBy('PRIMARY')} ON u.id = ms.user_id`,
      where: [{ sql: MEMBERSHIPS_SHOWN, parameters: [applicationId] }],
      sortable: {
        channelId: { column: 'ms.channel_id' },
        userId: { column: 'ms.user_id' },
        id: { column: 'ms.channel_id' },
      },
      key: ['ms.channel_id', 'ms.user_id'],
    };
    if (unread === undefined) source.total = () => this.countMemberships(applicationId);
    else source.where.push({ sql: `${UNREAD_COUNT} ${unread ? '>' : '='} 0`, parameters: [] });
    return this.pages.read<SummaryRow>(source, query);
  }

  private async countMemberships(applicationId: number): Promise<number> {
    const [row] = await this.database.query<{ n: number | string | null }>(
      'SELECT SUM(member_count) AS n FROM channels WHERE application_id = ? AND deleted_time IS NULL',
      [applicationId],
    );
    return Number(row!.n ?? 0);
  }
}
