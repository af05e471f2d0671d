import { Injectable } from '@nestjs/common';
import { KindCounts } from './move-counts.js';
import { MoveRow, MovesRepository } from './moves.repository.js';

/** What has been copied, in the words of the API. */
export interface MoveCounts {
  users: KindCounts;
  channels: KindCounts;
  members: KindCounts;
  messages: KindCounts;
  files: KindCounts;
}

/** What no application can be asked for through the published API. */
export const NOT_TOLD = [
  'who has read what: read receipts are listed for single messages, read positions and unread counts are not told',
  'secrets of users, whose names are not listed',
  'notifications, invites, reports, reactions, muted channels, sessions',
  'credentials other than those in use, webhooks, limits, chat functions and their runtime',
  'names and properties of threads',
  'fractions of seconds in times, if the other server does not tell them',
];

/** Tells what a move has done. */
@Injectable()
export class MoveReport {
  constructor(private readonly moves: MovesRepository) {}

  async counts(move: MoveRow): Promise<MoveCounts> {
    const own = JSON.parse(move.counts) as Record<string, KindCounts | undefined>;
    const totals = await this.moves.channelTotals(move);
    const failed = await this.moves.failureCounts(move);
    const of = (kind: string, copied = own[kind]?.copied, skipped = own[kind]?.skipped): KindCounts => ({
      copied: copied ?? 0,
      skipped: skipped ?? 0,
      failed: failed.get(kind) ?? 0,
    });
    return {
      users: of('USER'),
      channels: of('CHANNEL'),
      members: of('MEMBER', totals.members_copied, totals.members_skipped),
      messages: of('MESSAGE', totals.messages_copied, totals.messages_skipped),
      files: of('FILE', (totals.files_copied ?? 0) + (own.FILE?.copied ?? 0)),
    };
  }
}
