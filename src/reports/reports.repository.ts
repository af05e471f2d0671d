import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { MESSAGE_COLUMNS, MessageRow, SENDER_JOIN } from '../messages/message.rows.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader } from '../pagination/page-reader.js';

/** A row of `message_reports`. */
export interface ReportRow {
  id: number;
  message_id: number;
  channel_id: number;
  user_id: number;
  reason: string;
  properties: string;
  created_time: number;
}

/** What of a message has to be known to report it. */
export interface ReportedMessage {
  id: number;
  channel_id: number;
  report_count: number;
}

const COLUMNS = 'id, message_id, channel_id, user_id, reason, properties, created_time';

@Injectable()
export class ReportsRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  async findMessage(applicationId: number, id: number): Promise<ReportedMessage | undefined> {
    const [row] = await this.database.query<ReportedMessage>(
      'SELECT m.id, m.channel_id, m.report_count FROM messages m JOIN channels c ON c.id = m.channel_id AND m.id > c.cleared_message_id WHERE m.id = ? AND m.application_id = ?',
      [id, applicationId],
    );
    return row;
  }

  async find(applicationId: number, messageId: number, userId: number): Promise<ReportRow | undefined> {
    const [row] = await this.database.query<ReportRow>(
      `SELECT ${COLUMNS} FROM message_reports WHERE message_id = ? AND user_id = ? AND application_id = ?`,
      [messageId, userId, applicationId],
    );
    return row;
  }

  /** Reports a message whose channel is held. */
  async insert(applicationId: number, message: ReportedMessage, report: Omit<ReportRow, 'id'>): Promise<ReportRow> {
    const { message_id, channel_id, user_id, reason, properties, created_time } = report;
    const { insertId } = await this.database.execute(
      'INSERT INTO message_reports (application_id, channel_id, message_id, user_id, reason, properties, created_time) VALUES (?, ?, ?, ?, ?, ?, ?)',
      [applicationId, channel_id, message_id, user_id, reason, properties, created_time],
    );
    await this.database.execute('UPDATE messages SET report_count = report_count + 1 WHERE id = ?', [message_id]);
    if (message.report_count === 0)
      await this.database.execute(
        'UPDATE channels SET reported_message_count = reported_message_count + 1 WHERE id = ?',
        [channel_id],
      );
    return { id: insertId, ...report };
  }

  /** The messages of a channel that somebody reported, each once, whoever reported it. The oldest message first. */
  listMessages(applicationId: number, channelId: number, total: number, query: PageQuery): Promise<Page<MessageRow>> {
    return this.pages.read<MessageRow>(
      {
        columns: MESSAGE_COLUMNS,
        from: `message_reports r ${this.database.dialect.readBy('message_reports_channel')}`,
        join: `JOIN messages m ON m.id = r.message_id ${SENDER_JOIN}`,
        where: [
          {
            sql: 'r.channel_id = ? AND r.application_id = ? AND r.message_id > (SELECT c.cleared_message_id FROM channels c WHERE c.id = r.channel_id) AND NOT EXISTS (SELECT 1 FROM message_reports o WHERE o.message_id = r.message_id AND o.user_id < r.user_id)',
            parameters: [channelId, applicationId],
          },
        ],
        sortable: { id: { column: 'r.message_id' }, createdTime: { column: 'r.message_id' } },
        key: 'r.message_id',
        total: () => Promise.resolve(total),
      },
      query,
    );
  }
}
