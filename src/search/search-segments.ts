import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { portions } from '../database/bulk.js';
import { Database } from '../database/database.js';
import { marks, rows, SqlValue } from '../database/sql.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { PackedIds, packIds, unpackIds } from './postings.js';
import { eachTerm, IndexedMessage } from './terms.js';

/** Messages of a segment. The fewer there are, the more rows the index has; the more, the more are compared without it. */
const SEGMENT_SIZE = 1_024;
/** So many times as large is a segment where many are waiting, as in an import: it has few more rows than a small one. */
const LARGE = 4;
/** A segment of long messages ends where it has so many terms. */
const TERMS_MAX = 100_000;
/** Ids that are given may be committed later than higher ones; so many of the newest are left for later. */
const LOOSE_IDS = 256;
const READ_AT_ONCE = 64;
const INDEXED = 'id, application_id, channel_id, user_id, body';

/** Which messages have a term. */
type Postings = Map<string, number[]>;

/** Writes the index of messages, segment by segment. */
@Injectable()
export class SearchSegments {
  /** For tests. */
  size = SEGMENT_SIZE;

  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Applications with enough messages for a segment, indexed or not. */
  async applications(): Promise<number[]> {
    const found = await this.database.query<{ id: number }>(
      'SELECT id FROM applications WHERE message_count >= ? ORDER BY id',
      [this.size],
    );
    return found.map(({ id }) => id);
  }

  /** Up to which message each of the applications is indexed. */
  async ends(applicationIds: readonly number[]): Promise<Map<number, number>> {
    const ends = new Map<number, number>();
    for (const some of portions(applicationIds)) {
      const found = await this.database.query<{ id: number; segment: number }>(
        `SELECT application_id AS id, MAX(segment) AS segment FROM search_segments WHERE application_id IN (${marks(some)}) GROUP BY application_id`,
        some,
      );
      for (const { id, segment } of found) ends.set(id, Number(segment));
    }
    return ends;
  }

  /** How many messages an application is short of its next segment. */
  async missing(applicationId: number): Promise<number> {
    const end = (await this.ends([applicationId])).get(applicationId) ?? 0;
    const [row] = await this.database.query<{ n: number }>(
      `SELECT COUNT(*) AS n FROM (SELECT id FROM messages ${this.database.dialect.readBy('messages_application')} WHERE application_id = ? AND id > ? AND id <= ? ORDER BY id LIMIT ${rows(this.size)}) m`,
      [applicationId, end, await this.reliable()],
    );
    return this.size - Number(row!.n);
  }

  /** Indexes the next messages of an application: a segment, or what a large one holds. */
  async seal(applicationId: number): Promise<void> {
    const begin = (await this.ends([applicationId])).get(applicationId) ?? 0;
    // Not in the unit, where others would wait for it.
    const { ids, postings } = await this.read(applicationId, begin, await this.reliable(), LARGE * this.size);
    const segment = ids.at(-1);
    if (segment === undefined) return;
    await this.unitOfWork.run(async () => {
      // Another process may have been quicker.
      if ((await this.hold(applicationId)) !== begin) return;
      const edits = await this.database.query<{ message_id: number }>(
        'SELECT message_id FROM search_edits WHERE application_id = ? AND message_id > ? AND message_id <= ?',
        [applicationId, begin, segment],
      );
      const edited = edits.map(({ message_id }) => message_id);
      for (const message of await this.messages(edited)) add(postings, message);
      await this.unmark(edited);
      await this.database.execute(
        'INSERT INTO search_segments (application_id, segment, ids, terms) VALUES (?, ?, ?, ?)',
        [applicationId, segment, packIds(ids), [...postings.keys()].join(' ')],
      );
      await this.write('INSERT', applicationId, segment, postings);
    });
  }

  /** Brings segments in step with messages that were edited, or came when their segment was there already. */
  async refresh(applicationId: number, messageIds: readonly number[]): Promise<void> {
    if (messageIds.length === 0) return;
    await this.unitOfWork.run(async () => {
      const end = await this.hold(applicationId);
      const ids = messageIds.filter((id) => id <= end);
      // First: an edit that comes after this is marked anew, one that came before is seen by the reading.
      await this.unmark(ids);
      let messages = (await this.messages(ids)).sort((a, b) => a.id - b.id);
      while (messages.length > 0) {
        const segment = await this.segmentOf(applicationId, messages[0]!.id);
        await this.addTo(
          applicationId,
          segment,
          messages.filter(({ id }) => id <= segment),
        );
        messages = messages.filter(({ id }) => id > segment);
      }
    });
  }

  /** Indexes the messages of a segment anew, without what is no more. In the open unit. */
  async rewrite(applicationId: number, segment: number): Promise<void> {
    await this.hold(applicationId);
    const [before] = await this.database.query<{ segment: number | null }>(
      'SELECT MAX(segment) AS segment FROM search_segments WHERE application_id = ? AND segment < ?',
      [applicationId, segment],
    );
    await this.remove(applicationId, segment);
    const { ids, postings } = await this.read(applicationId, before!.segment ?? 0, segment);
    if (ids.length === 0) return;
    await this.database.execute(
      'INSERT INTO search_segments (application_id, segment, ids, terms) VALUES (?, ?, ?, ?)',
      [applicationId, segment, packIds(ids), [...postings.keys()].join(' ')],
    );
    await this.write('INSERT', applicationId, segment, postings);
  }

  /** Removes the first segment of an application that ends no later than that; false if there is none. */
  async removeFirst(applicationId: number, upTo = Number.MAX_SAFE_INTEGER): Promise<boolean> {
    const [first] = await this.database.query<{ segment: number }>(
      `SELECT segment FROM search_segments WHERE application_id = ? AND segment <= ? ORDER BY segment LIMIT 1 ${this.database.dialect.forUpdate}`,
      [applicationId, upTo],
    );
    if (first) await this.remove(applicationId, first.segment);
    return first !== undefined;
  }

  private async remove(applicationId: number, segment: number): Promise<void> {
    for (const terms of portions((await this.segment(applicationId, segment)).terms))
      await this.database.execute(
        `DELETE FROM search_postings WHERE application_id = ? AND segment = ? AND term IN (${marks(terms)})`,
        [applicationId, segment, ...terms],
      );
    await this.database.execute('DELETE FROM search_segments WHERE application_id = ? AND segment = ?', [
      applicationId,
      segment,
    ]);
  }

  /** The messages behind one up to another, until there are so many of them or of their terms. */
  private async read(applicationId: number, behind: number, upTo: number, count = Infinity) {
    const ids: number[] = [];
    const postings: Postings = new Map();
    const isFull = () => count !== Infinity && (ids.length >= count || postings.size >= TERMS_MAX);
    for (let at = behind; !isFull();) {
      const limit = Math.min(READ_AT_ONCE, count - ids.length);
      const found = await this.database.query<IndexedMessage>(
        `SELECT ${INDEXED} FROM messages ${this.database.dialect.readBy('messages_application')} WHERE application_id = ? AND id > ? AND id <= ? ORDER BY id LIMIT ${rows(limit)}`,
        [applicationId, at, upTo],
      );
      for (const message of found) {
        if (message.body !== null) add(postings, message);
        ids.push(message.id);
      }
      if (found.length < limit) break;
      at = ids.at(-1)!;
      // Others have their turn.
      await setImmediate();
    }
    return { ids, postings };
  }

  private async messages(ids: readonly number[]): Promise<IndexedMessage[]> {
    const found: IndexedMessage[] = [];
    for (const some of portions(ids))
      found.push(
        ...(await this.database.query<IndexedMessage>(
          `SELECT ${INDEXED} FROM messages WHERE id IN (${marks(some)}) AND body IS NOT NULL`,
          some,
        )),
      );
    return found;
  }

  private async addTo(applicationId: number, segment: number, messages: readonly IndexedMessage[]): Promise<void> {
    const postings: Postings = new Map();
    for (const message of messages) add(postings, message);
    const held = await this.segment(applicationId, segment);
    for (const terms of portions([...postings.keys()])) {
      const found = await this.database.query<{ term: string; ids: PackedIds }>(
        `SELECT term, ids FROM search_postings WHERE application_id = ? AND segment = ? AND term IN (${marks(terms)})`,
        [applicationId, segment, ...terms],
      );
      for (const { term, ids } of found) postings.set(term, merged(unpackIds(ids), postings.get(term)!));
    }
    const ids = merged(
      held.ids,
      messages.map(({ id }) => id),
    );
    await this.database.execute(
      'UPDATE search_segments SET ids = ?, terms = ? WHERE application_id = ? AND segment = ?',
      [packIds(ids), [...new Set([...held.terms, ...postings.keys()])].join(' '), applicationId, segment],
    );
    await this.write('REPLACE', applicationId, segment, postings);
  }

  private async write(
    how: 'INSERT' | 'REPLACE',
    applicationId: number,
    segment: number,
    postings: Postings,
  ): Promise<void> {
    // In the order of the key.
    const sorted = [...postings].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const some of portions(sorted))
      await this.database.execute(
        `${how} INTO search_postings (application_id, term, segment, ids) VALUES ${some.map(() => '(?, ?, ?, ?)').join(', ')}`,
        some.flatMap(([term, ids]): SqlValue[] => [applicationId, term, segment, packIds(ids)]),
      );
  }

  /** One writer to an application at a time, in whatever process; answers up to where it is indexed. */
  private async hold(applicationId: number): Promise<number> {
    const [last] = await this.database.query<{ segment: number }>(
      `SELECT segment FROM search_segments WHERE application_id = ? ORDER BY segment DESC LIMIT 1 ${this.database.dialect.forUpdate}`,
      [applicationId],
    );
    return last?.segment ?? 0;
  }

  private async segment(applicationId: number, segment: number) {
    const [row] = await this.database.query<{ ids: PackedIds; terms: string }>(
      'SELECT ids, terms FROM search_segments WHERE application_id = ? AND segment = ?',
      [applicationId, segment],
    );
    return { ids: unpackIds(row!.ids), terms: row!.terms === '' ? [] : row!.terms.split(' ') };
  }

  /** The segment that a message belongs to. */
  private async segmentOf(applicationId: number, messageId: number): Promise<number> {
    const [row] = await this.database.query<{ segment: number }>(
      'SELECT segment FROM search_segments WHERE application_id = ? AND segment >= ? ORDER BY segment LIMIT 1',
      [applicationId, messageId],
    );
    return row!.segment;
  }

  private async unmark(ids: readonly number[]): Promise<void> {
    for (const some of portions(ids))
      await this.database.execute(`DELETE FROM search_edits WHERE message_id IN (${marks(some)})`, some);
  }

  /** The newest message below which none is still to come, as a rule. */
  private async reliable(): Promise<number> {
    const [row] = await this.database.query<{ newest: number | null }>('SELECT MAX(id) AS newest FROM messages');
    return Math.max(0, (row!.newest ?? 0) - (this.database.dialect.isIdOrderLoose ? LOOSE_IDS : 0));
  }
}

function add(postings: Postings, message: IndexedMessage): void {
  const { id } = message;
  eachTerm(message, (term) => {
    const ids = postings.get(term);
    if (!ids) postings.set(term, [id]);
    else if (ids.at(-1)! < id) ids.push(id);
    else if (ids.at(-1)! > id) postings.set(term, merged(ids, [id]));
  });
}

const merged = (ids: readonly number[], more: readonly number[]): number[] =>
  [...new Set([...ids, ...more])].sort((a, b) => a - b);
