import { Injectable } from '@nestjs/common';
import { Bulk } from '../database/bulk.js';
import { Database } from '../database/database.js';
import { rows, SqlValue } from '../database/sql.js';
import { MoveKind } from './move-counts.js';

export type Stage = 'USERS' | 'CHANNELS' | 'CONTENTS' | 'ENDED';

/** A row of `moves`. */
export interface MoveRow {
  id: number;
  application_id: number;
  stage: Stage;
  page: number;
  counts: string;
}

export interface MovedChannelRow {
  remote_id: number;
  is_direct: number;
  checkpoint: string | null;
}

export interface ReplyRow {
  remote_id: number;
  parent_id: number;
}

export interface FailureLine {
  kind: MoveKind;
  remoteId: string;
  report: string;
}

/** What was done in a channel, in the columns that count it. */
export interface ContentCounts {
  members_copied?: number;
  members_skipped?: number;
  messages_copied?: number;
  messages_skipped?: number;
  files_copied?: number;
}

const COLUMNS = 'm.id, m.application_id, m.stage, m.page, m.counts';
const ROWS_AT_ONCE = 1_000;

/** How far moves are. Whoever writes here has the lease. */
@Injectable()
export class MovesRepository {
  constructor(
    private readonly database: Database,
    private readonly bulk: Bulk,
  ) {}

  /** The last one from there, into this application or into any. */
  async find(source: string, applicationId?: number): Promise<MoveRow | undefined> {
    const [where, parameters]: [string, SqlValue[]] =
      applicationId === undefined ? ['', []] : [' AND m.application_id = ?', [applicationId]];
    const [row] = await this.database.query<MoveRow>(
      `SELECT ${COLUMNS} FROM moves m JOIN applications a ON a.id = m.application_id AND a.deleted_time IS NULL WHERE m.source = ?${where} ORDER BY m.id DESC LIMIT 1`,
      [source, ...parameters],
    );
    return row;
  }

  async retrieve(applicationId: number, moveId: number): Promise<MoveRow> {
    const [row] = await this.database.query<MoveRow>(
      `SELECT ${COLUMNS} FROM moves m WHERE m.id = ? AND m.application_id = ?`,
      [moveId, applicationId],
    );
    if (!row) throw new Error(`There is no move ${moveId} any more: the application ${applicationId} has been deleted`);
    return row;
  }

  async insert(applicationId: number, source: string): Promise<MoveRow> {
    const { insertId: id } = await this.database.execute(
      "INSERT INTO moves (application_id, source, stage, page, counts, leased_until, created_time) VALUES (?, ?, 'USERS', 0, '{}', 0, ?)",
      [applicationId, source, Date.now()],
    );
    return { id, application_id: applicationId, stage: 'USERS', page: 0, counts: '{}' };
  }

  /** Takes the lease, or keeps it; false while another process has it. */
  async lease(applicationId: number, moveId: number, owner: string, forMs: number): Promise<boolean> {
    const now = Date.now();
    const { affectedRows } = await this.database.execute(
      'UPDATE moves SET lease_owner = ?, leased_until = ? WHERE id = ? AND application_id = ? AND (lease_owner = ? OR leased_until < ?)',
      [owner, now + forMs, moveId, applicationId, owner, now],
    );
    return affectedRows > 0;
  }

  async release(applicationId: number, moveId: number, owner: string): Promise<void> {
    await this.database.execute(
      'UPDATE moves SET leased_until = 0 WHERE id = ? AND application_id = ? AND lease_owner = ?',
      [moveId, applicationId, owner],
    );
  }

  async isOwner(applicationId: number, moveId: number, owner: string): Promise<boolean> {
    const found = await this.database.query(
      'SELECT 1 FROM moves WHERE id = ? AND application_id = ? AND lease_owner = ?',
      [moveId, applicationId, owner],
    );
    return found.length > 0;
  }

  async advance({ application_id, id, stage, page, counts }: MoveRow): Promise<void> {
    await this.database.execute(
      'UPDATE moves SET stage = ?, page = ?, counts = ? WHERE id = ? AND application_id = ?',
      [stage, page, counts, id, application_id],
    );
  }

  /** Everything is looked at once more: what is there already will be skipped. */
  async beginAgain({ application_id, id }: MoveRow): Promise<void> {
    await this.database.execute(
      "UPDATE moves SET stage = 'USERS', page = 0, counts = '{}' WHERE id = ? AND application_id = ?",
      [id, application_id],
    );
    await this.database.execute(
      'UPDATE moved_channels SET is_done = 0, checkpoint = NULL, members_copied = 0, members_skipped = 0, messages_copied = 0, messages_skipped = 0, files_copied = 0 WHERE move_id = ? AND application_id = ?',
      [id, application_id],
    );
    await this.database.execute('DELETE FROM move_failures WHERE move_id = ? AND application_id = ?', [
      id,
      application_id,
    ]);
  }

  async addChannels(
    { application_id, id }: MoveRow,
    channels: readonly { remoteId: number; isDirect: boolean }[],
  ): Promise<void> {
    const known = await this.bulk.select<{ remote_id: number }>(
      'SELECT remote_id FROM moved_channels WHERE move_id = ? AND remote_id IN (:list)',
      [id],
      channels.map(({ remoteId }) => remoteId),
    );
    const seen = new Set(known.map(({ remote_id }) => remote_id));
    await this.bulk.insert(
      'moved_channels',
      ['move_id', 'remote_id', 'application_id', 'is_direct', 'is_done'],
      channels
        .filter(({ remoteId }) => !seen.has(remoteId))
        .map(({ remoteId, isDirect }) => [id, remoteId, application_id, isDirect ? 1 : 0, 0]),
    );
  }

  /** Channels whose members and messages are not all there yet. */
  openChannels({ application_id, id }: MoveRow, after: number): Promise<MovedChannelRow[]> {
    return this.database.query<MovedChannelRow>(
      `SELECT remote_id, is_direct, checkpoint FROM moved_channels WHERE move_id = ? AND application_id = ? AND is_done = 0 AND remote_id > ? ORDER BY remote_id LIMIT ${rows(ROWS_AT_ONCE)}`,
      [id, application_id, after],
    );
  }

  async channelTotals({ application_id, id }: MoveRow): Promise<Record<string, number>> {
    const [row] = await this.database.query<Record<string, number | null>>(
      'SELECT COUNT(*) AS channels, SUM(is_done) AS done, SUM(members_copied) AS members_copied, SUM(members_skipped) AS members_skipped, SUM(messages_copied) AS messages_copied, SUM(messages_skipped) AS messages_skipped, SUM(files_copied) AS files_copied FROM moved_channels WHERE move_id = ? AND application_id = ?',
      [id, application_id],
    );
    return Object.fromEntries(Object.entries(row!).map(([name, value]) => [name, Number(value ?? 0)]));
  }

  async advanceChannel(
    { application_id, id }: MoveRow,
    remoteId: number,
    checkpoint: object | 'done',
    counts: ContentCounts = {},
  ): Promise<void> {
    const isDone = checkpoint === 'done';
    const added = Object.entries(counts);
    await this.database.execute(
      `UPDATE moved_channels SET is_done = ?, checkpoint = ?${added.map(([name]) => `, ${name} = ${name} + ?`).join('')} WHERE move_id = ? AND remote_id = ? AND application_id = ?`,
      [
        isDone ? 1 : 0,
        isDone ? null : JSON.stringify(checkpoint),
        ...added.map(([, count]) => count as number),
        id,
        remoteId,
        application_id,
      ],
    );
  }

  /** Notes what replies answer. */
  async addReplies(
    { application_id, id }: MoveRow,
    channelId: number,
    replies: readonly { remoteId: number; parentId: number }[],
  ): Promise<void> {
    const known = await this.bulk.select<ReplyRow>(
      'SELECT remote_id, parent_id FROM moved_replies WHERE move_id = ? AND remote_id IN (:list)',
      [id],
      replies.map(({ remoteId }) => remoteId),
    );
    const seen = new Set(known.map(({ remote_id }) => remote_id));
    await this.bulk.insert(
      'moved_replies',
      ['move_id', 'remote_id', 'application_id', 'channel_id', 'parent_id'],
      replies
        .filter(({ remoteId }) => !seen.has(remoteId))
        .map(({ remoteId, parentId }) => [id, remoteId, application_id, channelId, parentId]),
    );
  }

  /** What these answer. */
  async parentsOf({ id }: MoveRow, remoteIds: readonly number[]): Promise<Map<number, number>> {
    const found = await this.bulk.select<ReplyRow>(
      'SELECT remote_id, parent_id FROM moved_replies WHERE move_id = ? AND remote_id IN (:list)',
      [id],
      remoteIds,
    );
    return new Map(found.map(({ remote_id, parent_id }) => [remote_id, parent_id]));
  }

  forgetReplies({ id }: MoveRow, remoteIds: readonly number[]): Promise<void> {
    return this.bulk.execute('DELETE FROM moved_replies WHERE move_id = ? AND remote_id IN (:list)', [id], remoteIds);
  }

  /** Replies that have not been copied, oldest first. */
  openReplies({ application_id, id }: MoveRow, channelId: number, count: number): Promise<ReplyRow[]> {
    return this.database.query<ReplyRow>(
      `SELECT remote_id, parent_id FROM moved_replies WHERE move_id = ? AND application_id = ? AND channel_id = ? ORDER BY remote_id LIMIT ${rows(count)}`,
      [id, application_id, channelId],
    );
  }

  /** Notes what could not be copied. What is tried again replaces what was noted before. */
  async addFailures({ application_id, id }: MoveRow, failures: readonly FailureLine[]): Promise<void> {
    const last = new Map(failures.map((failure) => [`${failure.kind} ${failure.remoteId}`, failure]));
    const fresh = [...last.values()];
    if (fresh.length === 0) return;
    for (const kind of new Set(fresh.map((failure) => failure.kind)))
      await this.bulk.execute(
        'DELETE FROM move_failures WHERE move_id = ? AND kind = ? AND remote_id IN (:list)',
        [id, kind],
        fresh.filter((failure) => failure.kind === kind).map(({ remoteId }) => remoteId),
      );
    await this.bulk.insert(
      'move_failures',
      ['move_id', 'kind', 'remote_id', 'application_id', 'report'],
      fresh.map(({ kind, remoteId, report }) => [id, kind, remoteId, application_id, report]),
    );
  }

  async failureCounts({ application_id, id }: MoveRow): Promise<Map<string, number>> {
    const found = await this.database.query<{ kind: string; count: number }>(
      'SELECT kind, COUNT(*) AS count FROM move_failures WHERE move_id = ? AND application_id = ? GROUP BY kind',
      [id, application_id],
    );
    return new Map(found.map(({ kind, count }) => [kind, Number(count)]));
  }

  /** All failures as JSON Lines, a portion at a time. */
  async *failures({ application_id, id }: MoveRow): AsyncGenerator<string> {
    for (let after: { kind: string; remote_id: string } = { kind: '', remote_id: '' }; ;) {
      const found = await this.database.query<{ kind: string; remote_id: string; report: string }>(
        `SELECT kind, remote_id, report FROM move_failures WHERE move_id = ? AND application_id = ? AND (kind > ? OR (kind = ? AND remote_id > ?)) ORDER BY kind, remote_id LIMIT ${rows(ROWS_AT_ONCE)}`,
        [id, application_id, after.kind, after.kind, after.remote_id],
      );
      if (found.length > 0) yield found.map(({ report }) => `${report}\n`).join('');
      if (found.length < ROWS_AT_ONCE) return;
      after = found.at(-1)!;
    }
  }

  /** Names by the keys of imported users; those who have been deleted have none. */
  async userNames(applicationId: number, keys: readonly string[]): Promise<Map<string, string | null>> {
    const found = await this.bulk.select<{ import_key: string; name: string | null }>(
      "SELECT k.import_key, u.name FROM import_keys k JOIN users u ON u.id = k.subject_id WHERE k.application_id = ? AND k.kind = 'USER' AND k.import_key IN (:list)",
      [applicationId],
      [...new Set(keys)],
    );
    return new Map(found.map(({ import_key, name }) => [import_key, name]));
  }
}
