import { Injectable } from '@nestjs/common';
import { ImportBatches } from '../imports/import-batches.js';
import { ImportKeysRepository } from '../imports/import-keys.repository.js';
import { ImportScope, Outcome } from '../imports/import-kind.js';
import { ImportLookup } from '../imports/import-lookup.js';
import { ChatUserImport } from '../imports/import.resource.js';
import { ReadItem, readOfAnyKind } from '../imports/read-item.js';
import { KindCounts, MoveKind } from './move-counts.js';
import { MoveContext, MoveLost } from './move-context.js';
import { FailureLine, MovesRepository } from './moves.repository.js';

/** Something that was fetched, as an item of an import. */
export interface MoveItem {
  kind: Exclude<MoveKind, 'FILE'>;
  /** What the other server calls it; of a member, its channel and the user. */
  remoteId: string;
  item: Record<string, unknown>;
}

/** What has become of a batch. */
export class Written {
  constructor(
    private readonly items: readonly MoveItem[],
    private readonly outcomes: readonly Outcome[],
  ) {}

  counts(kind: MoveKind): KindCounts {
    const own = this.outcomes.filter((_, index) => this.items[index]!.kind === kind);
    return {
      copied: own.filter((outcome) => outcome === 'created').length,
      skipped: own.filter((outcome) => outcome === 'skipped').length,
      failed: own.filter((outcome) => Array.isArray(outcome)).length,
    };
  }

  /** What is there now: it was copied, or had been before. */
  present(kind: MoveKind): Set<string> {
    return this.that(kind, (outcome) => !Array.isArray(outcome));
  }

  created(kind: MoveKind): Set<string> {
    return this.that(kind, (outcome) => outcome === 'created');
  }

  get failures(): FailureLine[] {
    return this.outcomes.flatMap((outcome, index) =>
      Array.isArray(outcome) ? [failureLine(this.items[index]!, outcome)] : [],
    );
  }

  private that(kind: MoveKind, is: (outcome: Outcome) => boolean): Set<string> {
    return new Set(
      this.items.flatMap((item, index) => (item.kind === kind && is(this.outcomes[index]!) ? [item.remoteId] : [])),
    );
  }
}

/** Writes what was fetched as imports do, together with the note of how far the move is. */
@Injectable()
export class MoveWriter {
  constructor(
    private readonly batches: ImportBatches,
    private readonly keys: ImportKeysRepository,
    private readonly lookup: ImportLookup,
    private readonly moves: MovesRepository,
  ) {}

  async write(
    { move, owner }: MoveContext,
    items: readonly MoveItem[],
    record: (written: Written, scope: ImportScope) => Promise<void>,
  ): Promise<Written> {
    const { application_id: applicationId, id } = move;
    const read = items.map(({ item }, index) => readOfAnyKind(index, item));
    let written = new Written([], []);
    await this.batches.write({ applicationId, jobId: id, isDryRun: false }, read, {
      before: (scope) => this.takeNamesakes(scope, read),
      after: async (scope, outcomes) => {
        if (!(await this.moves.isOwner(applicationId, id, owner))) throw new MoveLost();
        written = new Written(items, outcomes);
        await this.moves.addFailures(move, written.failures);
        await record(written, scope);
      },
    });
    return written;
  }

  /** Users who are there already under the same name are taken for the same: their name is what tells them apart. */
  private async takeNamesakes(scope: ImportScope, read: readonly ReadItem[]): Promise<void> {
    const users = read.flatMap(({ kind, item }) => (kind === 'USER' && item ? [item as ChatUserImport] : []));
    const living = users.filter(({ isDeleted }) => !isDeleted);
    if (living.length === 0) return;
    const known = await this.keys.find(
      scope,
      'USER',
      living.map(({ idempotencyKey }) => idempotencyKey),
    );
    const fresh = living.filter(({ idempotencyKey }) => !known.has(idempotencyKey!));
    const ids = await this.lookup.usersByName(
      scope,
      fresh.map(({ name }) => name),
    );
    await this.keys.remember(
      scope,
      'USER',
      fresh.flatMap(({ idempotencyKey: key, name }) => {
        const subjectId = ids.get(name);
        return subjectId === undefined ? [] : [{ key, subjectId, channelId: null }];
      }),
    );
  }
}

/** A line of the report. */
export function failureLine(
  { kind, remoteId }: { kind: MoveKind; remoteId: string },
  problems: readonly { field?: string; code?: string; message: string }[],
): FailureLine {
  const errors = problems.map(({ field, code, message }) => ({ field, code, message }));
  return { kind, remoteId, report: JSON.stringify({ kind, id: remoteId, errors }) };
}
