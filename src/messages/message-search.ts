import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Condition, conjunction, marks, rows } from '../database/sql.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { anchor } from '../pagination/cursor-reader.js';
import { CursorPage } from '../pagination/page.js';
import { pageSize } from '../pagination/page-query.js';
import { IdRange, SearchIndex, Unindexed, WAITING_MAX } from '../search/search-index.js';
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
export const TOTAL_MAX = 100;
/** How many candidates are compared together: few at first, which do for a page. */
const PORTIONS = [64, 128, 512, 1_000] as const;
/** How many rows of a list are compared together where the index has much to catch up with. */
const STRETCH = WAITING_MAX;
/** For so long one request looks for messages. */
const BUDGET_MS = 300;
const HIGHEST_ID = Number.MAX_SAFE_INTEGER;

/** A part of the list: gone through as it is, or by the index. */
interface Part extends IdRange {
  byIndex: boolean;
  /** It is too long to be compared in one go. */
  isLong?: boolean;
}

/** Something to compare; after it everything is known up to and with `through`. */
interface Step {
  from: string;
  conditions: Condition[];
  through: number;
}

/**
 * Lists of messages that contain a text, newest first. The index names candidates; the newest, which it does not know yet,
 * are gone through. Every message on a page was compared with the text, so that the index decides how
 * long it takes to find them, and never which.
 *
 * One request does not look for longer than its budget. When that is spent the page holds what was found, and its links
 * lead on from there, so that whoever follows them sees every hit once.
 */
@Injectable()
export class MessageSearch {
  /** For tests. */
  budgetMs = BUDGET_MS;

  constructor(
    private readonly database: Database,
    private readonly index: SearchIndex,
  ) {}

  async read(searched: MessageQuery, query: CursorQuery): Promise<CursorPage<MessageRow>> {
    const size = pageSize(query.size);
    const deadline = performance.now() + this.budgetMs;
    const unindexed = await this.index.unindexed(searched.applicationId);
    const search = new Search(this.database, this.index, searched, unindexed, deadline);
    return query.relation === 'PREVIOUS' && query.start !== undefined
      ? newer(search, query.start, size)
      : upTo(search, anchor(query), size);
  }
}

/** The page that ends just before `start`. */
async function newer(search: Search, start: number, size: number): Promise<CursorPage<MessageRow>> {
  const { items, goOn } = await search.rows({ lowest: start + 1, isAscending: true }, size + 1);
  const hasMore = items.length > size;
  if (hasMore) items.pop();
  items.reverse();
  const total = Math.max(items.length, await search.total());
  // Behind a search that was stopped the page begins where that was, since this is where the next one has to begin.
  const first = goOn === undefined ? items[0]?.id : goOn - 1;
  return new CursorPage(items, size, total, first, start, hasMore || goOn !== undefined);
}

/** The page that begins at `start`, or at the newest. */
async function upTo(search: Search, start: number | undefined, size: number): Promise<CursorPage<MessageRow>> {
  const isFirst = start === undefined;
  const range = { ...(!isFirst && { highest: start }), isAscending: false };
  const found = await search.rows(range, size + 1, isFirst ? Math.max(TOTAL_MAX, size + 1) : size + 1);
  const { items } = found;
  const next = items.length > size ? items.pop()!.id : found.goOn;
  const total = Math.min(TOTAL_MAX, isFirst ? found.total : Math.max(items.length, await search.total()));
  const first = items[0]?.id ?? start;
  return new CursorPage(items, size, total, first, next, !isFirst && (await search.mayHave(start + 1)));
}

// Of channels that are being deleted nothing is seen any more.
const VISIBLE = 'channels c ON c.id = m.channel_id AND c.deleted_time IS NULL AND m.id > c.cleared_message_id';

/** One question to the messages. */
class Search {
  private readonly conditions: Condition[];
  private readonly visible: string;
  private readonly list: { from: string; condition: Condition };

  constructor(
    private readonly database: Database,
    private readonly index: SearchIndex,
    private readonly searched: MessageQuery,
    private readonly unindexed: Unindexed,
    private readonly deadline: number,
  ) {
    const { applicationId, channelId, senderId, text } = searched;
    const { dialect } = database;
    this.visible = `${dialect.joinInOrder} ${VISIBLE}`;
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

  /**
   * The first hits from one end of a range of ids; `total` counts those behind them as well, no more than `max` and no
   * more than there is time for. `goOn` is the first id that was not looked at, if the search was stopped before there
   * were so many hits.
   */
  async rows(range: Range, count: number, max = count) {
    const items: MessageRow[] = [];
    let total = 0;
    const goOn = await this.gather(whole(range), async ({ from, conditions }) => {
      if (items.length < count) {
        const found = await this.compare(from, conditions, range.isAscending, count - items.length);
        items.push(...found);
        total += found.length;
        if (items.length === count && total < max)
          total += await this.count(from, [...conditions, beyond(items.at(-1)!.id, range)], max - total);
      } else total += await this.count(from, conditions, max - total);
      return total < max;
    });
    return { items, total, goOn: items.length < count ? goOn : undefined };
  }

  /** How many hits there are in all, no more than that, and than there is time for. */
  async total(): Promise<number> {
    if (this.isOver) return 0;
    return (await this.rows({ isAscending: false }, 0, TOTAL_MAX)).total;
  }

  /** Whether there is a hit from an id upwards; true also if there was no time to see. */
  async mayHave(lowest: number): Promise<boolean> {
    if (this.isOver) return true;
    const { items, goOn } = await this.rows({ lowest, isAscending: true }, 1);
    return items.length > 0 || goOn !== undefined;
  }

  private compare(from: string, conditions: Condition[], isAscending: boolean, max: number): Promise<MessageRow[]> {
    const { sql, parameters } = conjunction([...this.conditions, ...conditions]);
    return this.database.query<MessageRow>(
      `SELECT ${MESSAGE_COLUMNS} FROM ${from} ${this.visible} ${SENDER_JOIN} WHERE ${sql} ORDER BY m.id ${isAscending ? 'ASC' : 'DESC'} LIMIT ${rows(max)}`,
      parameters,
    );
  }

  private async count(from: string, conditions: Condition[], max: number): Promise<number> {
    const { sql, parameters } = conjunction([...this.conditions, ...conditions]);
    const [row] = await this.database.query<{ n: number }>(
      `SELECT COUNT(*) AS n FROM (SELECT 1 AS hit FROM ${from} ${this.visible} WHERE ${sql} ORDER BY m.id DESC LIMIT ${rows(max)}) hits`,
      parameters,
    );
    return Number(row!.n);
  }

  private get isOver(): boolean {
    return performance.now() >= this.deadline;
  }

  /**
   * Takes one step after the other until it has enough, or time is over; then it answers with the first id that was not
   * looked at. At least one step is taken.
   */
  private async gather(range: IdRange, take: (step: Step) => Promise<boolean>): Promise<number | undefined> {
    const parts = this.parts(range);
    for (const part of parts)
      for await (const step of part.byIndex ? this.stepsByIndex(part) : this.steps(part)) {
        if (step.conditions.length > 0 && !(await take(step))) return undefined;
        const isLast = part === parts.at(-1) && step.through === (part.isAscending ? part.highest : part.lowest);
        if (this.isOver && !isLast) return step.through + (part.isAscending ? 1 : -1);
      }
    return undefined;
  }

  /** Through the list as it is, in stretches. */
  private async *steps(part: Part): AsyncGenerator<Step> {
    let { lowest, highest } = part;
    while (lowest <= highest) {
      const end = part.isLong ? await this.endOfStretch({ ...part, lowest, highest }) : undefined;
      const through = end ?? (part.isAscending ? highest : lowest);
      const compared = part.isAscending ? between(lowest, through) : between(through, highest);
      yield { from: this.list.from, conditions: [this.list.condition, compared], through };
      if (part.isAscending) lowest = through + 1;
      else highest = through - 1;
      // Others have their turn: on SQLite nothing else makes room for them.
      if (part.isLong) await setImmediate();
    }
  }

  private async *stepsByIndex(part: Part): AsyncGenerator<Step> {
    const ordered = (ids: Iterable<number>) => [...ids].sort((a, b) => (part.isAscending ? a - b : b - a));
    const isWithin = (id: number, end: number) => (part.isAscending ? id <= end : id >= end);
    let edited = this.unindexed.edited.filter((id) => id >= part.lowest && id <= part.highest);
    const from = `messages m ${this.database.dialect.readBy('PRIMARY')}`;
    let portion = 0;
    for await (const { ids, through } of this.index.candidates(this.searched, this.unindexed, part)) {
      const waiting = ordered(new Set([...ids, ...edited.filter((id) => isWithin(id, through))]));
      edited = edited.filter((id) => !isWithin(id, through));
      if (waiting.length === 0) yield { from, conditions: [], through };
      while (waiting.length > 0) {
        const size = PORTIONS[Math.min(portion++, PORTIONS.length - 1)]!;
        const compared = waiting.splice(0, size);
        yield {
          from,
          conditions: [among(compared, size)],
          through: waiting.length === 0 ? through : compared.at(-1)!,
        };
        if (portion > PORTIONS.length) await setImmediate();
      }
    }
  }

  /** Newest first: what the index does not know, then the rest; or the other way round. */
  private parts(range: IdRange): Part[] {
    const { newest, above, isMuch } = this.unindexed;
    const { lowest, isAscending } = range;
    const highest = Math.min(range.highest, newest);
    const parts: Part[] = [
      { lowest: Math.max(lowest, above + 1), highest, isAscending, byIndex: false, isLong: isMuch },
      { lowest: Math.max(lowest, 1), highest: Math.min(highest, above), isAscending, byIndex: true },
    ];
    const those = parts.filter((part) => part.lowest <= part.highest);
    return isAscending ? those.reverse() : those;
  }

  /** The last row of the next stretch of the list, if it does not reach to the end. */
  private async endOfStretch({ lowest, highest, isAscending }: IdRange): Promise<number | undefined> {
    const { condition, from } = this.list;
    const { sql, parameters } = conjunction([condition, between(lowest, highest)]);
    const [row] = await this.database.query<{ id: number }>(
      `SELECT m.id FROM ${from} WHERE ${sql} ORDER BY m.id ${isAscending ? 'ASC' : 'DESC'} LIMIT 1 OFFSET ${rows(STRETCH)}`,
      parameters,
    );
    return row?.id;
  }
}

/** A range that may be open at its ends. */
type Range = Partial<IdRange> & { isAscending: boolean };

const whole = (range: Range): IdRange => ({
  lowest: 0,
  highest: HIGHEST_ID,
  ...range,
});

const beyond = (id: number, { isAscending }: Range): Condition => ({
  sql: `m.id ${isAscending ? '>' : '<'} ?`,
  parameters: [id],
});

const between = (lowest: number, highest: number): Condition => ({
  sql: 'm.id >= ? AND m.id <= ?',
  parameters: [lowest, highest],
});

/** One of the ids. Lists of few lengths only, so that the statement is prepared once. */
const among = (ids: readonly number[], length: number): Condition => {
  const padded = [...ids, ...Array<number>(Math.max(0, length - ids.length)).fill(ids.at(-1)!)];
  return { sql: `m.id IN (${marks(padded)})`, parameters: padded };
};
