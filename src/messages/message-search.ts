import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Condition, conjunction, marks, rows } from '../database/sql.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { anchor } from '../pagination/cursor-reader.js';
import { CursorPage } from '../pagination/page.js';
import { pageSize } from '../pagination/page-query.js';
import { CANDIDATES, IdRange, SearchIndex, Unindexed } from '../search/search-index.js';
import { MESSAGE_COLUMNS, MessageRow, SENDER_JOIN } from './message.rows.js';

/** What messages are looked for. */
export interface MessageQuery {
  applicationId: number;
  /** In this channel, which has been found to be there. */
  channelId?: number;
  /** Sent by this user. */
  senderId?: number;
  /** The body contains this text, whatever its case. */
  text: string;
}

/** More hits than these are not counted: a number that nobody reads is not worth going through them all. */
export const TOTAL_MAX = 200;
/** So many of the newest are compared without asking the index first: whatever is common fills a page with them. */
const WINDOW = 64;
/** The same where the index has to go through all rows of a word. */
const WIDE_WINDOW = 256;
/** And to count what has been found to be common. */
const COMMON_WINDOW = 4 * TOTAL_MAX;
/** How many are compared together. */
const PORTIONS = CANDIDATES;
const HIGHEST_ID = Number.MAX_SAFE_INTEGER;

/** A part of the list: gone through as it is, or by the index. */
interface Part extends IdRange {
  byIndex: boolean;
}

/**
 * Lists of messages that contain a text, newest first. The index names candidates; what it does not know yet, and a few
 * of the newest, are gone through. Every message on a page was compared with the text, so that the index decides how
 * long it takes to find them, and never which.
 */
@Injectable()
export class MessageSearch {
  constructor(
    private readonly database: Database,
    private readonly index: SearchIndex,
  ) {}

  async read(searched: MessageQuery, query: CursorQuery): Promise<CursorPage<MessageRow>> {
    const size = pageSize(query.size);
    const search = new Search(this.database, this.index, searched, await this.index.unindexed(searched.applicationId));
    if (query.relation === 'PREVIOUS' && query.start !== undefined) {
      const items = await search.rows(query.start + 1, HIGHEST_ID, true, size + 1);
      const hasPrevious = items.length > size;
      if (hasPrevious) items.pop();
      items.reverse();
      return new CursorPage(items, size, await search.count(HIGHEST_ID), items[0]?.id, query.start, hasPrevious);
    }
    const start = anchor(query);
    const items = await search.rows(0, start ?? HIGHEST_ID, false, size + 1);
    const next = items.length > size ? items.pop()!.id : undefined;
    const hasPrevious = start !== undefined && (await search.rows(start + 1, HIGHEST_ID, true, 1)).length > 0;
    const total =
      start !== undefined
        ? await search.count(HIGHEST_ID)
        : items.length + (next === undefined ? 0 : await search.count(next, TOTAL_MAX - items.length));
    return new CursorPage(items, size, total, items[0]?.id, next, hasPrevious);
  }
}

/** Takes what a list has under some conditions; false when it has enough. */
type Take = (list: string, more: Condition[], byIndex: boolean) => Promise<boolean>;

// Of channels that are being deleted nothing is seen any more.
const VISIBLE = 'JOIN channels c ON c.id = m.channel_id AND c.deleted_time IS NULL AND m.id > c.cleared_message_id';

/** One question to the messages. */
class Search {
  private readonly conditions: Condition[];
  /** A page was filled by the window alone. */
  private isCommon = false;
  private readonly list: { from: string; condition: Condition };

  constructor(
    private readonly database: Database,
    private readonly index: SearchIndex,
    private readonly searched: MessageQuery,
    private readonly unindexed: Unindexed,
  ) {
    const { applicationId, channelId, senderId, text } = searched;
    const { dialect } = database;
    this.conditions = [
      // As expressions: the engine is to read by the list's index or by the ids, not by one of these.
      { sql: 'm.application_id + 0 = ?', parameters: [applicationId] },
      ...(channelId === undefined ? [] : [{ sql: 'm.channel_id + 0 = ?', parameters: [channelId] }]),
      ...(senderId === undefined ? [] : [{ sql: 'm.user_id + 0 = ?', parameters: [senderId] }]),
      dialect.containsText('m.body', text),
    ];
    const [name, column, id] =
      channelId !== undefined
        ? ['messages_channel', 'channel_id', channelId]
        : senderId !== undefined
          ? ['messages_user', 'user_id', senderId]
          : ['messages_application', 'application_id', applicationId];
    this.list = {
      from: `messages m ${dialect.readBy(name)}`,
      condition: { sql: `m.${column} = ?`, parameters: [id] },
    };
  }

  /** The first hits from one end of a range of ids. */
  async rows(lowest: number, highest: number, isAscending: boolean, count: number): Promise<MessageRow[]> {
    const found: MessageRow[] = [];
    await this.gather({ lowest, highest, isAscending }, this.windowSize, async (list, more, byIndex) => {
      const { sql, parameters } = conjunction([...this.conditions, ...more]);
      const rest = rows(count - found.length);
      found.push(
        ...(await this.database.query<MessageRow>(
          `SELECT ${MESSAGE_COLUMNS} FROM ${list} ${SENDER_JOIN} ${VISIBLE} WHERE ${sql} ORDER BY m.id ${isAscending ? 'ASC' : 'DESC'} LIMIT ${rest}`,
          parameters,
        )),
      );
      this.isCommon ||= !byIndex && found.length >= count;
      return found.length < count;
    });
    return found;
  }

  /** How many hits there are up to an id, but no more than `max`. */
  async count(highest: number, max = TOTAL_MAX): Promise<number> {
    let count = 0;
    const window = this.isCommon ? COMMON_WINDOW : this.windowSize;
    await this.gather({ lowest: 0, highest, isAscending: false }, window, async (list, more) => {
      const { sql, parameters } = conjunction([...this.conditions, ...more]);
      const [row] = await this.database.query<{ n: number }>(
        `SELECT COUNT(*) AS n FROM (SELECT 1 AS hit FROM ${list} ${VISIBLE} WHERE ${sql} ORDER BY m.id DESC LIMIT ${rows(max - count)}) hits`,
        parameters,
      );
      count += Number(row!.n);
      return count < max;
    });
    return count;
  }

  private get windowSize(): number {
    return this.database.dialect.fullTextSpan === undefined ? WINDOW : WIDE_WINDOW;
  }

  /** Calls `take` with one condition after the other that narrow the list down, until it has enough. */
  private async gather(range: IdRange, window: number, take: Take): Promise<void> {
    for (const part of await this.parts(range, window)) {
      const goesOn = part.byIndex
        ? await this.gatherByIndex(part, take)
        : await take(this.list.from, [this.list.condition, between(part.lowest, part.highest)], false);
      if (!goesOn) return;
    }
  }

  private async gatherByIndex(part: IdRange, take: Take): Promise<boolean> {
    const edited = this.unindexed.edited.filter((id) => id >= part.lowest && id <= part.highest);
    const ordered = (ids: number[]) => ids.sort((a, b) => (part.isAscending ? a - b : b - a));
    let waiting = ordered(edited);
    const byId = `messages m ${this.database.dialect.readBy('PRIMARY')}`;
    let portion = 0;
    for await (const found of this.index.candidates(this.searched, part)) {
      const last = found.at(-1)!;
      const isBefore = (id: number) => (part.isAscending ? id <= last : id >= last);
      const ids = ordered([...new Set([...found, ...waiting.filter(isBefore)])]);
      waiting = waiting.filter((id) => !isBefore(id));
      while (ids.length > 0) {
        const size = PORTIONS[Math.min(portion++, PORTIONS.length - 1)]!;
        if (!(await take(byId, [among(ids.splice(0, size), size)], true))) return false;
        // Others have their turn: on SQLite nothing else makes room for them.
        if (portion > PORTIONS.length) await setImmediate();
      }
    }
    for (; waiting.length > 0; waiting = waiting.slice(PORTIONS[0]))
      if (!(await take(byId, [among(waiting.slice(0, PORTIONS[0]), PORTIONS[0])], true))) return false;
    return true;
  }

  /** Newest first: what the index does not know, then the window, then the rest; or the other way round. */
  private async parts({ lowest, highest, isAscending }: IdRange, window: number): Promise<Part[]> {
    const { above } = this.unindexed;
    const parts: Part[] = [];
    const add = (part: Omit<Part, 'isAscending'>) => {
      if (part.lowest <= part.highest) parts.push({ ...part, isAscending });
    };
    const { edge, oldest } = await this.window(lowest, Math.min(highest, above), isAscending, window);
    if (isAscending) {
      add({ lowest, highest: Math.min(edge, above, highest), byIndex: false });
      add({ lowest: Math.max(lowest, edge + 1, oldest), highest: Math.min(highest, above), byIndex: true });
      add({ lowest: Math.max(lowest, above + 1), highest, byIndex: false });
    } else {
      const compared = Math.min(edge, above + 1);
      add({ lowest: Math.max(lowest, compared), highest, byIndex: false });
      add({ lowest: Math.max(lowest, oldest), highest: Math.min(highest, compared - 1), byIndex: true });
    }
    return parts;
  }

  /** Where the window of the first rows of a range ends, and the oldest row of the list. */
  private async window(lowest: number, highest: number, isAscending: boolean, size: number) {
    if (lowest > highest) return { edge: isAscending ? lowest - 1 : highest + 1, oldest: lowest };
    const { condition, from } = this.list;
    const { sql, parameters } = conjunction([condition, between(lowest, highest)]);
    const [row] = await this.database.query<{ edge: number | null; oldest: number | null }>(
      `SELECT (SELECT m.id FROM ${from} WHERE ${sql} ORDER BY m.id ${isAscending ? 'ASC' : 'DESC'} LIMIT 1 OFFSET ${rows(size)}) AS edge, (SELECT MIN(m.id) FROM ${from} WHERE ${condition.sql}) AS oldest`,
      [...parameters, ...condition.parameters],
    );
    return { edge: row!.edge ?? (isAscending ? highest : lowest), oldest: row!.oldest ?? lowest };
  }
}

const between = (lowest: number, highest: number): Condition => ({
  sql: 'm.id >= ? AND m.id <= ?',
  parameters: [lowest, highest],
});

/** One of the ids. Lists of few lengths only, so that the statement is prepared once. */
const among = (ids: readonly number[], length: number): Condition => {
  const padded = [...ids, ...Array<number>(Math.max(0, length - ids.length)).fill(ids.at(-1)!)];
  return { sql: `m.id IN (${marks(padded)})`, parameters: padded };
};
