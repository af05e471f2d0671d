import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, Statement } from '../database/sql.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { PageReader } from '../pagination/page-reader.js';

export type ThreadType = 'MAIN' | 'STANDALONE' | 'MESSAGE';

/** A row of `threads`, with what its channel counts. */
export interface ThreadRow {
  id: number;
  type: ThreadType;
  channel_id: number;
  name: string | null;
  nested_level: number;
  message_count: number;
  properties: string;
  created_time: number;
  /** Of its channel. */
  cleared_message_id: number;
}

/** The thread `t` of a message that was cleared away, out of the channel `c`, goes with it. */
const NOT_CLEARED = "(t.type <> 'MESSAGE' OR t.id > c.cleared_message_id)";

/** Of `threads t JOIN channels c`. */
const STORED_COLUMNS =
  "t.id, t.type, t.channel_id, t.name, t.nested_level, CASE t.type WHEN 'MAIN' THEN c.message_count - c.reply_count ELSE t.message_count END AS message_count, t.properties, t.created_time, c.cleared_message_id";

@Injectable()
export class ThreadsRepository {
  constructor(
    private readonly database: Database,
    private readonly pages: PageReader,
  ) {}

  /** Takes the next id of the sequence that messages and threads share: a row comes and goes, its id is used up. */
  async reserveId(applicationId: number): Promise<number> {
    const { insertId } = await this.database.execute(
      "INSERT INTO messages (application_id, channel_id, thread_id, type, nested_level, properties, created_time) VALUES (?, 0, 0, '', 0, '{}', 0)",
      [applicationId],
    );
    await this.database.execute('DELETE FROM messages WHERE id = ?', [insertId]);
    return insertId;
  }

  async insertMain(applicationId: number, channelId: number, id: number, createdTime: number): Promise<void> {
    await this.database.execute(
      "INSERT INTO threads (id, application_id, channel_id, type, nested_level, properties, created_time) VALUES (?, ?, ?, 'MAIN', 0, '{}', ?)",
      [id, applicationId, channelId, createdTime],
    );
  }

  /** A thread with a name. Its messages are replies to nothing: they are nested, and stand in no main thread. */
  async insertNamed(
    applicationId: number,
    {
      id,
      channel_id,
      name,
      properties,
      created_time,
    }: Omit<ThreadRow, 'type' | 'nested_level' | 'message_count' | 'cleared_message_id'>,
  ): Promise<void> {
    await this.database.execute(
      "INSERT INTO threads (id, application_id, channel_id, type, name, nested_level, properties, created_time) VALUES (?, ?, ?, 'STANDALONE', ?, 1, ?, ?)",
      [id, applicationId, channel_id, name, properties, created_time],
    );
  }

  /** The threads of a channel in which something was said, and those with a name, that a user sees. The oldest first. */
  list(
    applicationId: number,
    { channelId, userId, above }: { channelId: number; userId: number; above: number },
    types: readonly ThreadType[],
    query: PageQuery,
  ): Promise<Page<ThreadRow>> {
    return this.pages.read<ThreadRow>(
      {
        columns: STORED_COLUMNS,
        from: `threads t ${this.database.dialect.readBy('threads_type')} JOIN channels c ON c.id = t.channel_id`,
        where: [
          {
            sql: `t.channel_id = ? AND t.application_id = ? AND t.type IN (${marks(types)}) AND (t.type <> 'MESSAGE' OR (t.message_count > 0 AND t.id > ? AND NOT EXISTS (SELECT 1 FROM hidden_messages hm WHERE hm.user_id = ? AND hm.channel_id = t.channel_id AND hm.message_id = t.id)))`,
            parameters: [channelId, applicationId, ...types, above, userId],
          },
        ],
        sortable: { id: { column: 't.id' }, createdTime: { column: 't.id' } },
        key: 't.id',
      },
      query,
    );
  }

  /**
   * The thread with this id. A message to which nobody has replied has one as well, though it is not stored. The
   * messages of a main thread are counted by its channel.
   */
  async find(applicationId: number, id: number): Promise<ThreadRow | undefined> {
    const [stored] = await this.database.query<ThreadRow>(
      `SELECT ${STORED_COLUMNS} FROM threads t JOIN channels c ON c.id = t.channel_id WHERE t.id = ? AND t.application_id = ? AND c.deleted_time IS NULL AND ${NOT_CLEARED}`,
      [id, applicationId],
    );
    if (stored) return stored;
    const [started] = await this.database.query<ThreadRow>(
      "SELECT m.id, 'MESSAGE' AS type, m.channel_id, NULL AS name, m.nested_level + 1 AS nested_level, 0 AS message_count, '{}' AS properties, m.created_time, c.cleared_message_id FROM messages m JOIN channels c ON c.id = m.channel_id AND m.id > c.cleared_message_id WHERE m.id = ? AND m.application_id = ? AND c.deleted_time IS NULL",
      [id, applicationId],
    );
    return started;
  }

  /** The id of a thread if messages can be sent there, for an INSERT that takes the id of the thread. */
  readonly openThread = `(SELECT t.id FROM threads t JOIN channels c ON c.id = t.channel_id WHERE t.id = ? AND ${NOT_CLEARED})`;

  /** Stores the thread of a message, if this is the first reply to it. */
  startIfNew(messageId: number): Statement {
    return {
      sql: "INSERT INTO threads (id, application_id, channel_id, type, nested_level, properties, created_time) SELECT m.id, m.application_id, m.channel_id, 'MESSAGE', m.nested_level + 1, '{}', m.created_time FROM messages m JOIN channels c ON c.id = m.channel_id AND m.id > c.cleared_message_id WHERE m.id = ? AND NOT EXISTS (SELECT 1 FROM threads t WHERE t.id = m.id)",
      parameters: [messageId],
    };
  }

  /** Counts a reply where it was made. The message that the thread began with may be gone. */
  countReplies(threadId: number, change: number): Statement[] {
    return [
      {
        sql: 'UPDATE threads SET message_count = message_count + ? WHERE id = ?',
        parameters: [change, threadId],
      },
      {
        sql: 'UPDATE messages SET replies_count = replies_count + ? WHERE id = ?',
        parameters: [change, threadId],
      },
    ];
  }
}
