import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { Condition, conjunction, marks, rows } from '../database/sql.js';
import { CursorQuery } from '../pagination/cursor-query.js';
import { anchor } from '../pagination/cursor-reader.js';
import { CursorPage } from '../pagination/page.js';
import { pageSize } from '../pagination/page-query.js';
import { Choice } from '../search/rarity.js';
import { CANDIDATES, IdRange, SearchIndex, Unindexed } from '../search/search-index.js';
import { MESSAGE_COLUMNS, MessageRow, SENDER_JOIN } from './message.rows.js';

/** What messages are looked for. */
export interface MessageQuery {
  applicationId: number;
  /** In this channel, which has been found to be there. */
  channelId?: number;
  /** About how many messages there are in the channel. */
  channelSize?: number;
  /** Sent by this user. */
  senderId?: number;
  /** The body contains this text, whatever its case. */
  text: string;
}

/** More hits than these are not counted: a number that nobody reads is not worth going through them all. */
export const TOTAL_MAX = 100;
/** So many of the newest are compared without asking the index, if as many are likely to have enough hits. */
const WINDOW_MAX = 2_000;
/** What so large a share of messages may contain is not asked of the index at all: it would name too many. */
const COMMON = 0.15;
/** Channels of so many messages are compared from end to end: the index would have to be asked for more. */
const SMALL_CHANNEL = 3_000;
/** How many candidates are compared together. */
const PORTIONS = CANDIDATES;
/** How many rows of a list are compared together, and how many may be. */
const STRETCH = 2_000;
const STRETCH_MAX = 2 * STRETCH;
/** For so long one request looks for messages. */
const BUDGET_MS = 300;
const HIGHEST_ID = Number.MAX_SAFE_INTEGER;

/** A part of the list: gone through as it is, or by the index. */
interface Part extends IdRange {
  byIndex: boolean;
  /** How many rows to compare first; without it, all together. */
  stretch?: number | undefined;
}

/** How many hits are wanted, and how many are to be counted. */
interface Wanted {
  count: number;
  max: number;
}

/** Something to compare; after it everything is known up to and with `through`. */
interface Step {
  from: string;
  conditions: Condition[];
  through: number;
}

/**
 * Lists of messages that contain a text, newest first. The index names candidates; what it does not know yet, and a few
 * of the newest, are gone through. Every message on a page was compared with the text, so that the index decides how
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
    const [unindexed, choice] = await Promise.all([
      this.index.unindexed(searched.applicationId),
      this.index.choose(searched),
    ]);
    const search = new Search(this.database, this.index, searched, { unindexed, choice }, deadline);
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
  /** The oldest row of the list, once that is known. */
  private oldest: number | undefined;
  private readonly visible: string;
  private readonly list: { from: string; condition: Condition };

  constructor(
    private readonly database: Database,
    private readonly index: SearchIndex,
    private readonly searched: MessageQuery,
    private readonly known: { unindexed: Unindexed; choice: Choice },
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
    const goOn = await this.gather(whole(range), { count, max }, async ({ from, conditions }) => {
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
  private async gather(
    range: IdRange,
    wanted: Wanted,
    take: (step: Step) => Promise<boolean>,
  ): Promise<number | undefined> {
    const parts = await this.parts(range, wanted);
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
    let { lowest, highest, stretch } = part;
    while (lowest <= highest) {
      const window = stretch === undefined ? undefined : await this.window({ ...part, lowest, highest }, stretch);
      const through = window?.edge ?? (part.isAscending ? highest : lowest);
      const compared = part.isAscending ? between(lowest, through) : between(through, highest);
      yield { from: this.list.from, conditions: [this.list.condition, compared], through };
      if (part.isAscending) lowest = through + 1;
      else highest = through - 1;
      // Others have their turn: on SQLite nothing else makes room for them.
      if (stretch === STRETCH) await setImmediate();
      stretch = STRETCH;
    }
  }

  private async *stepsByIndex(part: Part): AsyncGenerator<Step> {
    const ordered = (ids: Iterable<number>) => [...ids].sort((a, b) => (part.isAscending ? a - b : b - a));
    const isWithin = (id: number, end: number) => (part.isAscending ? id <= end : id >= end);
    let edited = this.known.unindexed.edited.filter((id) => id >= part.lowest && id <= part.highest);
    const from = `messages m ${this.database.dialect.readBy('PRIMARY')}`;
    let portion = 0;
    for await (const { ids, through } of this.index.candidates(this.searched.applicationId, this.known.choice, part)) {
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

  /** Newest first: what the index does not know, then the window, then the rest; or the other way round. */
  private async parts(range: IdRange, { count, max }: Wanted): Promise<Part[]> {
    const { newest, above } = this.known.unindexed;
    const { lowest, isAscending } = range;
    const highest = Math.min(range.highest, newest);
    const { share } = this.known.choice;
    const rowsWith = (hits: number) => Math.ceil((1.5 * hits) / share);
    const likely = rowsWith(max) <= WINDOW_MAX ? rowsWith(max) : rowsWith(count);
    const parts: Part[] = [];
    const add = (part: Omit<Part, 'isAscending'>) => {
      if (part.lowest <= part.highest) parts.push({ ...part, isAscending });
    };
    if (share >= COMMON || (this.searched.channelSize ?? Infinity) <= SMALL_CHANNEL) {
      add({ lowest, highest, byIndex: false, stretch: Math.min(rowsWith(max), STRETCH) });
      return parts;
    }
    const stretch = newest - above <= STRETCH_MAX ? undefined : STRETCH;
    const edge = await this.edgeOfWindow({ lowest, highest: Math.min(highest, above), isAscending }, likely);
    const oldest = Math.max(lowest, this.oldest ?? lowest);
    if (isAscending) {
      add({ lowest, highest: Math.min(edge, above, highest), byIndex: false, stretch });
      add({ lowest: Math.max(edge + 1, oldest), highest: Math.min(highest, above), byIndex: true });
      add({ lowest: Math.max(lowest, above + 1), highest, byIndex: false, stretch });
    } else {
      const compared = Math.min(edge, above + 1);
      add({ lowest: Math.max(lowest, compared), highest, byIndex: false, stretch });
      add({ lowest: oldest, highest: Math.min(highest, compared - 1), byIndex: true });
    }
    return parts;
  }

  /** Where the window ends, if a window is worth while: as many rows as are likely to have enough hits. */
  private async edgeOfWindow(range: IdRange, likely: number): Promise<number> {
    const none = range.isAscending ? range.lowest - 1 : range.highest + 1;
    const hasWindow = likely <= WINDOW_MAX;
    if (range.lowest > range.highest || (!hasWindow && this.oldest !== undefined)) return none;
    const { edge, oldest } = await this.window(range, hasWindow ? likely : 0);
    this.oldest = oldest;
    return hasWindow ? edge : none;
  }

  /** Where the window of the first rows of a range ends, and the oldest row of the list. */
  private async window({ lowest, highest, isAscending }: IdRange, size: number) {
    const { condition, from } = this.list;
    const { sql, parameters } = conjunction([condition, between(lowest, highest)]);
    const [row] = await this.database.query<{ edge: number | null; oldest: number | null }>(
      `SELECT (SELECT m.id FROM ${from} WHERE ${sql} ORDER BY m.id ${isAscending ? 'ASC' : 'DESC'} LIMIT 1 OFFSET ${rows(size)}) AS edge, (SELECT MIN(m.id) FROM ${from} WHERE ${condition.sql}) AS oldest`,
      [...parameters, ...condition.parameters],
    );
    return { edge: row!.edge ?? (isAscending ? highest : lowest), oldest: row!.oldest ?? lowest };
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
