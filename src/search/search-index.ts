import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, rows, SqlValue, Statement } from '../database/sql.js';
import { common, PackedIds, unpackIds } from './postings.js';
import { SearchedMessages, termsSought } from './terms.js';

/** Of how many segments is known which terms are rare. */
const SAMPLED = 2;
/** So many terms are looked up together. */
const TERMS_MAX = 4;
/** A term that so many of the sampled bytes speak of rules out too little to be looked up besides others. */
const COMMON_BYTES = 1_000;
/** So many candidates are looked for at first. */
const CANDIDATES_FIRST = 128;
const SEGMENTS_MAX = 512;
/** More messages than these are not waiting for the index unless it is being made. */
export const WAITING_MAX = 2_000;

/** What the index does not know, so that it has to be compared. */
export interface Unindexed {
  /** The newest message that there is. */
  newest: number;
  /** Everything above this id. */
  above: number;
  /** There are more than {@link WAITING_MAX} above. */
  isMuch: boolean;
  /** Edited messages below. */
  edited: number[];
  /** The newest segments. */
  segments: number[];
}

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

/** Which terms to look up, the rarest first, and in how many segments at first. */
interface Choice {
  terms: string[];
  segments: number;
}

/**
 * The index of messages: for each term and segment of an application the messages that have it. It names candidates,
 * which are then compared with what was asked for: it may name too many, but none is missing, apart from those that
 * {@link unindexed} tells of.
 */
@Injectable()
export class SearchIndex {
  constructor(private readonly database: Database) {}

  async unindexed(applicationId: number): Promise<Unindexed> {
    const found = await this.database.query<{ what: string; id: number }>(
      `SELECT 'segment' AS what, s.segment AS id FROM (SELECT segment FROM search_segments WHERE application_id = ? ORDER BY segment DESC LIMIT ${rows(SAMPLED)}) s UNION ALL SELECT 'edited', message_id FROM search_edits WHERE application_id = ? UNION ALL SELECT 'newest', COALESCE(MAX(id), 0) FROM messages UNION ALL SELECT 'waiting', m.id FROM (SELECT id FROM messages ${this.database.dialect.readBy('messages_application')} WHERE application_id = ? ORDER BY id DESC LIMIT 1 OFFSET ${rows(WAITING_MAX)}) m`,
      [applicationId, applicationId, applicationId],
    );
    const only = (what: string) => found.filter((row) => row.what === what).map(({ id }) => Number(id));
    const segments = only('segment');
    const above = Math.max(0, ...segments);
    return {
      newest: only('newest')[0]!,
      above,
      isMuch: only('waiting').some((id) => id > above),
      edited: only('edited').filter((id) => id <= above),
      segments,
    };
  }

  /** Marks a message whose body changes, in the unit that changes it. */
  async edit(applicationId: number, messageId: number): Promise<void> {
    await this.database.execute('REPLACE INTO search_edits (message_id, application_id) VALUES (?, ?)', [
      messageId,
      applicationId,
    ]);
  }

  /** The ids of candidates in their order, a few at first. */
  async *candidates(
    searched: SearchedMessages,
    { above, segments }: Unindexed,
    range: IdRange,
  ): AsyncGenerator<Candidates> {
    const { applicationId } = searched;
    const { lowest, highest, isAscending } = range;
    const choice = await this.choose(searched, segments);
    let first = lowest;
    let last = highest === above ? above : await this.segmentOf(applicationId, highest);
    for (let count = choice.segments; ; count = Math.min(SEGMENTS_MAX, 4 * count)) {
      const found = await this.postings(
        applicationId,
        choice.terms,
        { lowest: first, highest: last, isAscending },
        count,
      );
      const ids = found.flatMap(({ lists }) => {
        const held = common(lists).filter((id) => id >= lowest && id <= highest);
        return isAscending ? held : held.reverse();
      });
      const end = found.length < count ? undefined : found.at(-1)!;
      const through = isAscending
        ? Math.min(highest, end?.segment ?? highest)
        : Math.max(lowest, end?.lists[0]![0] ?? lowest);
      yield { ids, through };
      if (!end || through === (isAscending ? highest : lowest)) return;
      if (isAscending) first = end.segment + 1;
      else last = end.segment - 1;
    }
  }

  /** Those of the ids that the index knows. */
  async known(applicationId: number, ids: readonly number[]): Promise<Set<number>> {
    const known = new Set<number>();
    const waiting = [...ids].sort((a, b) => a - b);
    while (waiting.length > 0) {
      const [row] = await this.database.query<{ segment: number; ids: PackedIds }>(
        'SELECT segment, ids FROM search_segments WHERE application_id = ? AND segment >= ? ORDER BY segment LIMIT 1',
        [applicationId, waiting[0]!],
      );
      if (!row) break;
      const held = new Set(unpackIds(row.ids));
      while (waiting.length > 0 && waiting[0]! <= row.segment) {
        const id = waiting.shift()!;
        if (held.has(id)) known.add(id);
      }
    }
    return known;
  }

  /** Any term will do, since what it finds is compared; so the rarest are looked up. The newest segments tell which. */
  private async choose(searched: SearchedMessages, segments: readonly number[]): Promise<Choice> {
    const terms = termsSought(searched);
    const sampled = await this.database.query<{ term: string; size: number }>(
      `SELECT term, SUM(LENGTH(ids)) AS size FROM search_postings WHERE application_id = ? AND term IN (${marks(terms)}) AND segment IN (${marks(segments)}) GROUP BY term`,
      [searched.applicationId, ...terms, ...segments],
    );
    const sizes = new Map(sampled.map(({ term, size }) => [term, Number(size)]));
    const sizeOf = (term: string) => sizes.get(term) ?? 0;
    const isOfText = (term: string) => !/^[CU]/.test(term);
    const [rarest, ...others] = terms.sort((a, b) => sizeOf(a) - sizeOf(b)) as [string, ...string[]];
    // Runs of one text tend to be in the same messages, so that channel and sender rule out more.
    const more = [
      ...others.filter((term) => !isOfText(term)),
      ...others.filter((term) => isOfText(term) && sizeOf(term) < COMMON_BYTES),
    ];
    const perSegment = Math.max(1, sizeOf(rarest) / SAMPLED);
    return {
      terms: [rarest, ...more.slice(0, TERMS_MAX - 1)],
      segments: Math.ceil(CANDIDATES_FIRST / perSegment),
    };
  }

  /** The segments that have all terms, from one end of a range of segments, with the messages of each term. */
  private async postings(
    applicationId: number,
    [term, ...others]: readonly string[],
    { lowest, highest, isAscending }: IdRange,
    count: number,
  ): Promise<{ segment: number; lists: number[][] }[]> {
    const { dialect } = this.database;
    const columns = others.map((_, index) => `, p${index}.ids AS ids${index}`).join('');
    const joins = others
      .map(
        (_, index) =>
          ` ${dialect.joinInOrder} search_postings p${index} ON p${index}.application_id = p.application_id AND p${index}.term = ? AND p${index}.segment = p.segment`,
      )
      .join('');
    const found = await this.database.query<{ segment: number; ids: PackedIds } & Record<string, PackedIds>>(
      `SELECT p.segment, p.ids${columns} FROM search_postings p${joins} WHERE p.application_id = ? AND p.term = ? AND p.segment >= ? AND p.segment <= ? ORDER BY p.segment ${isAscending ? 'ASC' : 'DESC'} LIMIT ${rows(count)}`,
      [...others, applicationId, term!, lowest, highest],
    );
    return found.map((row) => ({
      segment: row.segment,
      lists: [row.ids, ...others.map((_, index) => row[`ids${index}`]!)].map(unpackIds),
    }));
  }

  /** The segment that a message belongs to, or would. */
  private async segmentOf(applicationId: number, messageId: number): Promise<number> {
    const [row] = await this.database.query<{ segment: number }>(
      'SELECT segment FROM search_segments WHERE application_id = ? AND segment >= ? ORDER BY segment LIMIT 1',
      [applicationId, messageId],
    );
    return row?.segment ?? 0;
  }
}

/** Forgets that messages were edited: part of the unit that deletes them without an event for each. */
export function deletion(ids: readonly number[]): Statement {
  const parameters: SqlValue[] = [...ids];
  return { sql: `DELETE FROM search_edits WHERE message_id IN (${marks(ids)})`, parameters };
}
