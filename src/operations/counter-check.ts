import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';

/** A counter that does not say what there is. */
export interface CounterDifference {
  applicationId: number;
  table: string;
  /** Of a membership, the user. */
  id: number;
  /** Of a membership. */
  channelId?: number;
  counter: string;
  kept: number | null;
  counted: number | null;
}

/** Rows whose counters are kept: what is being deleted loses its rows without taking note, so it is left out. */
interface Keeper {
  from: string;
  where: string;
  applicationId: string;
  /** How the truth is found again: by `id`, unless something else is said. */
  truth?: string;
  /** What a counter says now, where that is not just its value. */
  kept?: (column: string) => string;
  id?: string;
  channelId?: string;
}

const IN_APPLICATION = 'JOIN applications a ON a.id = t.application_id AND a.deleted_time IS NULL';
const IN_CHANNEL = `${IN_APPLICATION} JOIN channels c ON c.id = t.channel_id AND c.deleted_time IS NULL`;

const KEEPERS = {
  applications: { from: 'applications t', where: 't.deleted_time IS NULL', applicationId: 't.id' },
  users: { from: `users t ${IN_APPLICATION}`, where: '1 = 1', applicationId: 't.application_id' },
  channels: {
    from: `channels t ${IN_APPLICATION}`,
    where: 't.deleted_time IS NULL',
    applicationId: 't.application_id',
  },
  // The messages of a main thread are counted by its channel.
  threads: { from: `threads t ${IN_CHANNEL}`, where: "t.type <> 'MAIN'", applicationId: 't.application_id' },
  webhooks: { from: `webhooks t ${IN_APPLICATION}`, where: '1 = 1', applicationId: 't.application_id' },
  // Who never got one has no row of counts.
  notification_counts: {
    from: `(SELECT u.id, u.application_id, k.total, k.unread FROM users u LEFT JOIN notification_counts k ON k.user_id = u.id WHERE u.deleted_time IS NULL) t ${IN_APPLICATION}`,
    where: '1 = 1',
    applicationId: 't.application_id',
  },
  reaction_counts: {
    from: `reaction_counts t ${IN_APPLICATION}`,
    where: '1 = 1',
    applicationId: 't.application_id',
    id: 't.message_id',
    truth: 'truth.id = t.message_id AND truth.emoji = t.emoji',
  },
  messages: { from: `messages t ${IN_CHANNEL}`, where: '1 = 1', applicationId: 't.application_id' },
  memberships: {
    from: `memberships t ${IN_CHANNEL}`,
    where: '1 = 1',
    applicationId: 't.application_id',
    id: 't.user_id',
    channelId: 't.channel_id',
    truth: 'truth.channel_id = t.channel_id AND truth.user_id = t.user_id',
    // When all messages are cleared away memberships are left alone, see channels/read-counters.ts.
    kept: (column) =>
      `CASE WHEN t.${column === 'history_count' ? 'history' : 'read'}_message_id < c.cleared_message_id THEN 0 ELSE t.${column} END`,
  },
} satisfies Record<string, Keeper>;

/** Messages that are there still; of those that were cleared away rows may be left. */
const MESSAGES = 'messages m JOIN channels c ON c.id = m.channel_id AND m.id > c.cleared_message_id';

/** A counter, and the query that finds its true values as `id` and `counted`; whoever is not in there has none. */
interface Counter {
  table: keyof typeof KEEPERS;
  column: string;
  truth: string;
}

const COUNTERS: readonly Counter[] = [
  {
    table: 'applications',
    column: 'user_count',
    truth:
      'SELECT application_id AS id, COUNT(*) AS counted FROM users WHERE deleted_time IS NULL GROUP BY application_id',
  },
  {
    table: 'applications',
    column: 'channel_count',
    truth:
      'SELECT application_id AS id, COUNT(*) AS counted FROM channels WHERE deleted_time IS NULL GROUP BY application_id',
  },
  {
    table: 'applications',
    column: 'message_count',
    truth: `SELECT m.application_id AS id, COUNT(*) AS counted FROM ${MESSAGES} AND c.deleted_time IS NULL GROUP BY m.application_id`,
  },
  {
    table: 'applications',
    column: 'user_session_count',
    truth: 'SELECT application_id AS id, COUNT(*) AS counted FROM user_sessions GROUP BY application_id',
  },
  {
    table: 'applications',
    column: 'active_user_session_count',
    truth:
      'SELECT application_id AS id, COUNT(*) AS counted FROM user_sessions WHERE ended_time IS NULL GROUP BY application_id',
  },
  {
    table: 'applications',
    column: 'chat_session_count',
    truth: 'SELECT application_id AS id, COUNT(*) AS counted FROM chat_sessions GROUP BY application_id',
  },
  {
    table: 'applications',
    column: 'active_chat_session_count',
    truth:
      'SELECT application_id AS id, COUNT(*) AS counted FROM chat_sessions WHERE ended_time IS NULL GROUP BY application_id',
  },
  {
    table: 'channels',
    column: 'message_count',
    truth: `SELECT m.channel_id AS id, COUNT(*) AS counted FROM ${MESSAGES} GROUP BY m.channel_id`,
  },
  {
    table: 'channels',
    column: 'reply_count',
    truth: `SELECT m.channel_id AS id, COUNT(*) AS counted FROM ${MESSAGES} WHERE m.nested_level > 0 GROUP BY m.channel_id`,
  },
  {
    table: 'channels',
    column: 'member_count',
    truth: 'SELECT channel_id AS id, COUNT(*) AS counted FROM memberships GROUP BY channel_id',
  },
  {
    table: 'channels',
    column: 'moderator_count',
    truth: 'SELECT channel_id AS id, COUNT(*) AS counted FROM moderators GROUP BY channel_id',
  },
  {
    table: 'channels',
    column: 'invite_count',
    truth: 'SELECT channel_id AS id, COUNT(*) AS counted FROM channel_invites GROUP BY channel_id',
  },
  {
    table: 'channels',
    column: 'block_count',
    truth: 'SELECT channel_id AS id, COUNT(*) AS counted FROM channel_blocks GROUP BY channel_id',
  },
  {
    table: 'channels',
    column: 'reported_message_count',
    truth:
      'SELECT r.channel_id AS id, COUNT(DISTINCT r.message_id) AS counted FROM message_reports r JOIN channels c ON c.id = r.channel_id AND r.message_id > c.cleared_message_id GROUP BY r.channel_id',
  },
  {
    table: 'messages',
    column: 'report_count',
    truth: 'SELECT message_id AS id, COUNT(*) AS counted FROM message_reports GROUP BY message_id',
  },
  {
    table: 'channels',
    column: 'last_message_id',
    truth: `SELECT m.channel_id AS id, MAX(m.id) AS counted FROM ${MESSAGES} GROUP BY m.channel_id`,
  },
  {
    table: 'users',
    column: 'channel_count',
    truth: 'SELECT user_id AS id, COUNT(*) AS counted FROM memberships GROUP BY user_id',
  },
  {
    table: 'users',
    column: 'message_count',
    truth: `SELECT m.user_id AS id, COUNT(*) AS counted FROM ${MESSAGES} WHERE m.user_id IS NOT NULL GROUP BY m.user_id`,
  },
  {
    table: 'threads',
    column: 'message_count',
    truth: 'SELECT thread_id AS id, COUNT(*) AS counted FROM messages GROUP BY thread_id',
  },
  {
    table: 'webhooks',
    column: 'delivery_count',
    truth: 'SELECT webhook_id AS id, COUNT(*) AS counted FROM webhook_deliveries GROUP BY webhook_id',
  },
  {
    table: 'messages',
    column: 'replies_count',
    // A thread of replies has the id of the message that they answer.
    truth: 'SELECT thread_id AS id, COUNT(*) AS counted FROM messages WHERE nested_level > 0 GROUP BY thread_id',
  },
  {
    table: 'memberships',
    column: 'read_count',
    // Messages and positions of each channel in one line: a position has read as many messages as stand before it.
    truth: `SELECT channel_id, user_id, counted FROM (SELECT channel_id, user_id, SUM(is_message) OVER (PARTITION BY channel_id ORDER BY id, is_message DESC ROWS UNBOUNDED PRECEDING) AS counted FROM (SELECT m.channel_id, NULL AS user_id, m.id, 1 AS is_message FROM ${MESSAGES} UNION ALL SELECT channel_id, user_id, read_message_id, 0 FROM memberships) line) positions WHERE user_id IS NOT NULL`,
  },
  {
    table: 'memberships',
    column: 'sent_count',
    // Those that the member sent, and those of others that are hidden from them.
    truth: `SELECT channel_id, user_id, COUNT(*) AS counted FROM (SELECT ms.channel_id, ms.user_id FROM ${MESSAGES} JOIN memberships ms ON ms.channel_id = m.channel_id AND ms.user_id = m.user_id WHERE m.id > ms.read_message_id UNION ALL SELECT ms.channel_id, ms.user_id FROM ${MESSAGES} JOIN hidden_messages hm ON hm.message_id = m.id JOIN memberships ms ON ms.channel_id = m.channel_id AND ms.user_id = hm.user_id WHERE m.id > ms.read_message_id AND (m.user_id IS NULL OR m.user_id <> ms.user_id)) passed GROUP BY channel_id, user_id`,
  },
  {
    table: 'memberships',
    column: 'history_count',
    truth: `SELECT ms.channel_id, ms.user_id, COUNT(*) AS counted FROM ${MESSAGES} JOIN memberships ms ON ms.channel_id = m.channel_id AND ms.history_message_id >= m.id GROUP BY ms.channel_id, ms.user_id`,
  },
  {
    table: 'messages',
    column: 'reaction_count',
    truth: 'SELECT message_id AS id, COUNT(*) AS counted FROM reactions GROUP BY message_id',
  },
  {
    table: 'reaction_counts',
    column: 'reaction_count',
    truth: 'SELECT message_id AS id, emoji, COUNT(*) AS counted FROM reactions GROUP BY message_id, emoji',
  },
  {
    table: 'notification_counts',
    column: 'total',
    truth: 'SELECT user_id AS id, COUNT(*) AS counted FROM notifications GROUP BY user_id',
  },
  {
    table: 'notification_counts',
    column: 'unread',
    truth: 'SELECT user_id AS id, COUNT(*) AS counted FROM notifications WHERE read_time IS NULL GROUP BY user_id',
  },
];

interface DifferenceRow {
  application_id: number;
  id: number;
  channel_id: number | null;
  kept: number | string | null;
  counted: number | string | null;
}

/** Counts again what counters say, from the rows themselves. */
@Injectable()
export class CounterCheck {
  constructor(private readonly database: Database) {}

  /** The names of the counters that were looked at, and each that is wrong. */
  async run(): Promise<{ counters: string[]; differences: CounterDifference[] }> {
    const differences: CounterDifference[] = [];
    for (const counter of COUNTERS) differences.push(...(await this.differencesOf(counter)));
    return { counters: COUNTERS.map(({ table, column }) => `${table}.${column}`), differences };
  }

  /** One statement sees counter and rows at one moment, so writes that go on meanwhile do not look like mistakes. */
  private async differencesOf({ table, column, truth }: Counter): Promise<CounterDifference[]> {
    const keeper: Keeper = KEEPERS[table];
    const { from, where, applicationId, id = 't.id', channelId = 'NULL' } = keeper;
    const kept = keeper.kept?.(column) ?? `t.${column}`;
    const found = await this.database.query<DifferenceRow>(
      `SELECT ${applicationId} AS application_id, ${id} AS id, ${channelId} AS channel_id, ${kept} AS kept, truth.counted FROM ${from} LEFT JOIN (${truth}) truth ON ${keeper.truth ?? 'truth.id = t.id'} WHERE ${where} AND COALESCE(${kept}, 0) <> COALESCE(truth.counted, 0) ORDER BY ${id}`,
    );
    const none = column === 'last_message_id' ? null : 0;
    return found.map((row) => ({
      applicationId: row.application_id,
      table,
      id: row.id,
      ...(row.channel_id !== null && { channelId: row.channel_id }),
      counter: column,
      kept: row.kept === null ? null : Number(row.kept),
      counted: row.counted === null ? none : Number(row.counted),
    }));
  }
}
