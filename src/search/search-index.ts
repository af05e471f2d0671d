import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, rows, Statement } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { IndexedMessage, scopeOf, SearchedMessages, wordOf, wordsOf } from './grams.js';
import { Choice, Rarity } from './rarity.js';

/** Ids that are given may be committed later than higher ones; so many below the newest are not relied upon. */
const LOOSE_IDS = 256;
const INDEXED = 'id, application_id, channel_id, user_id, body';
/** The words of one statement: spans of ids that are looked through together. */
const SPANS_MAX = 64;
/** So many rows of the index are looked through by the first statement, and by any. */
const LOOKED_THROUGH_FIRST = 300;
const LOOKED_THROUGH_MAX = 8_000;

/** How many candidates there are in a portion: few at first, which do for a page. */
export const CANDIDATES = [64, 256, 1_000] as const;

/** What the index does not know, so that it has to be compared. */
export interface Unindexed {
  /** The newest message that there is. */
  newest: number;
  /** Everything above this id. */
  above: number;
  /** Edited messages below. */
  edited: number[];
}

export type SearchPositionName = 'indexed' | 'rebuilt';

/** A part of the sequence of ids, both ends included, and from which end it is gone through. */
export interface IdRange {
  lowest: number;
  highest: number;
  isAscending: boolean;
}

/** Messages that may be looked for: all that the index has up to and with `through`, in the order of the range. */
export interface Candidates {
  ids: number[];
  through: number;
}

/**
 * The full-text index of messages. It names candidates, which are then compared with what was asked for: it may name too
 * many, but none is missing, apart from those that {@link unindexed} tells of.
 */
@Injectable()
export class SearchIndex {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly rarity: Rarity,
  ) {}

  async unindexed(applicationId: number): Promise<Unindexed> {
    const found = await this.database.query<{ what: string; message_id: number }>(
      "SELECT 'indexed' AS what, message_id FROM search_positions WHERE name = 'indexed' UNION ALL SELECT 'edited', message_id FROM search_edits WHERE application_id = ? UNION ALL SELECT 'newest', COALESCE(MAX(id), 0) FROM messages",
      [applicationId],
    );
    const only = (what: string) => found.filter((row) => row.what === what).map((row) => Number(row.message_id));
    const [indexed = 0] = only('indexed');
    const above = Math.max(0, indexed - (this.database.dialect.isIdOrderLoose ? LOOSE_IDS : 0));
    return { newest: only('newest')[0]!, above, edited: only('edited').filter((id) => id <= above) };
  }

  /** Marks a message whose body changes, in the unit that changes it. */
  async edit(applicationId: number, messageId: number): Promise<void> {
    await this.database.execute('REPLACE INTO search_edits (message_id, application_id) VALUES (?, ?)', [
      messageId,
      applicationId,
    ]);
  }

  choose(searched: SearchedMessages): Promise<Choice> {
    return this.rarity.choose(searched);
  }

  /** The ids of candidates in their order, portion by portion. */
  async *candidates(applicationId: number, choice: Choice, range: IdRange): AsyncGenerator<Candidates> {
    const { fullTextSpan } = this.database.dialect;
    let asked = 0;
    for (const part of this.parts(choice, applicationId, range)) {
      let { lowest, highest } = part.range;
      while (lowest <= highest) {
        // An engine that goes through all rows of a word anyway is asked once.
        const portion = fullTextSpan ?? CANDIDATES[Math.min(asked++, CANDIDATES.length - 1)]!;
        const match = this.database.dialect.hasWords('message_search', part.groups);
        const found = await this.database.query<{ id: number }>(
          `SELECT message_search.rowid AS id FROM message_search WHERE ${match.sql} AND message_search.rowid >= ? AND message_search.rowid <= ? ORDER BY message_search.rowid ${range.isAscending ? 'ASC' : 'DESC'} LIMIT ${rows(portion)}`,
          [...match.parameters, lowest, highest],
        );
        const ids = found.map(({ id }) => id);
        const isWhole = ids.length < portion;
        const through = isWhole ? (range.isAscending ? highest : lowest) : ids.at(-1)!;
        yield { ids, through };
        if (range.isAscending) lowest = through + 1;
        else highest = through - 1;
      }
    }
  }

  /** The whole range, or on engines that want it spans of ids: few of them first, more together if those hold little. */
  private *parts({ traits, cost }: Choice, applicationId: number, range: IdRange) {
    const span = this.database.dialect.fullTextSpan;
    const wordsIn = (scope: string) =>
      traits.map((trait) => ({ word: wordOf(trait, scope), isPrefix: trait.isPrefix }));
    if (span === undefined) {
      yield { range, groups: [wordsIn(scopeOf(applicationId))] };
      return;
    }
    const first = Math.floor(range.lowest / span);
    const last = Math.floor(range.highest / span);
    const spansFor = (lookedThrough: number) =>
      Math.min(SPANS_MAX, Math.max(1, Math.floor(lookedThrough / (cost * span))));
    const countMax = spansFor(LOOKED_THROUGH_MAX);
    let done = 0;
    for (
      let count = spansFor(LOOKED_THROUGH_FIRST);
      done <= last - first;
      done += count, count = Math.min(countMax, count * 2)
    ) {
      const many = Math.min(count, last - first + 1 - done);
      const from = range.isAscending ? first + done : last - done - many + 1;
      const to = from + many - 1;
      yield {
        range: {
          lowest: Math.max(range.lowest, from * span),
          highest: Math.min(range.highest, (to + 1) * span - 1),
        },
        groups: Array.from({ length: many }, (_, index) => wordsIn(scopeOf(applicationId, from + index))),
      };
    }
  }

  /** Brings the index in step with these messages, whatever happened to them. */
  async refresh(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await this.unitOfWork.run(async () => {
      await this.hold();
      // First: an edit that comes after this is marked anew, one that came before is seen by the reading.
      await this.database.execute(`DELETE FROM search_edits WHERE message_id IN (${marks(ids)})`, ids);
      const found = await this.database.query<IndexedMessage>(
        `SELECT ${INDEXED} FROM messages WHERE id IN (${marks(ids)}) AND body IS NOT NULL`,
        ids,
      );
      const present = new Set(found.map(({ id }) => id));
      const gone = ids.filter((id) => !present.has(id));
      if (gone.length > 0) await this.database.execute(deletion(gone).sql, deletion(gone).parameters);
      await this.write(found);
    });
  }

  /** Those of the ids that the index knows. */
  async known(ids: readonly number[]): Promise<Set<number>> {
    if (ids.length === 0) return new Set();
    const found = await this.database.query<{ id: number }>(
      `SELECT rowid AS id FROM message_search WHERE rowid IN (${marks(ids)})`,
      ids,
    );
    return new Set(found.map(({ id }) => id));
  }

  /** Indexes the next messages behind a position and moves it. Answers where it is now, and whether more may be left. */
  advance(
    position: SearchPositionName,
    portion: number,
    upTo = Number.MAX_SAFE_INTEGER,
  ): Promise<{ at: number; isMore: boolean }> {
    return this.unitOfWork.run(async () => {
      await this.hold();
      const from = (await this.position(position)) ?? 0;
      const found = await this.database.query<IndexedMessage>(
        `SELECT ${INDEXED} FROM messages WHERE id > ? AND id <= ? ORDER BY id LIMIT ${rows(portion)}`,
        [from, upTo],
      );
      const last = found.at(-1)?.id;
      if (last === undefined) return { at: from, isMore: false };
      // What is left there of messages that are no more.
      if (position === 'rebuilt')
        await this.database.execute('DELETE FROM message_search WHERE rowid > ? AND rowid <= ?', [from, last]);
      await this.write(found.filter(({ body }) => body !== null));
      await this.database.execute('REPLACE INTO search_positions (name, message_id) VALUES (?, ?)', [position, last]);
      return { at: last, isMore: found.length === portion };
    });
  }

  /** One writer at a time, in whatever process: what was read later is written later. */
  private async hold(): Promise<void> {
    await this.database.query(
      `SELECT message_id FROM search_positions WHERE name = 'indexed' ${this.database.dialect.forUpdate}`,
    );
  }

  async position(name: SearchPositionName): Promise<number | undefined> {
    const [row] = await this.database.query<{ message_id: number }>(
      'SELECT message_id FROM search_positions WHERE name = ?',
      [name],
    );
    return row?.message_id;
  }

  async forgetPosition(name: 'rebuilt'): Promise<void> {
    await this.database.execute('DELETE FROM search_positions WHERE name = ?', [name]);
  }

  private async write(messages: readonly IndexedMessage[]): Promise<void> {
    const span = this.database.dialect.fullTextSpan;
    let values: (string | number)[] = [];
    let length = 0;
    const flush = async () => {
      if (values.length > 0)
        await this.database.execute(
          `REPLACE INTO message_search (rowid, words) VALUES ${Array(values.length / 2)
            .fill('(?, ?)')
            .join(', ')}`,
          values,
        );
      values = [];
      length = 0;
    };
    for (const message of messages) {
      const scope = scopeOf(message.application_id, span === undefined ? undefined : Math.floor(message.id / span));
      const words = wordsOf(message, scope);
      // Statements of a size that every server takes, of a few lengths that are prepared once.
      if (length + words.length > STATEMENT_MAX || values.length === 2 * ROWS_MAX) await flush();
      values.push(message.id, words);
      length += words.length;
    }
    await flush();
  }
}

const STATEMENT_MAX = 500_000;
const ROWS_MAX = 100;

/** Takes messages out of the index: part of the unit that deletes them without an event for each. */
export function deletion(ids: readonly number[]): Statement {
  return { sql: `DELETE FROM message_search WHERE rowid IN (${marks(ids)})`, parameters: ids };
}
