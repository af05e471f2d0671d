import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ChannelMover } from './channel-mover.js';
import { Downloads } from './downloads.js';
import { MoveContext, MoveLost } from './move-context.js';
import { KindCounts } from './move-counts.js';
import { MoveItem, MoveWriter } from './move-writer.js';
import { MovedChannelRow, MovesRepository, Stage } from './moves.repository.js';
import { Segments } from './segments.js';
import { channelItem, userItem } from './source-items.js';
import { BY_ID, numberedBatches } from './source-pages.js';
import { peopleIn, SourceUsers } from './source-users.js';
import { SourceChannel, SourceUser } from './source.resources.js';

/** A process that is killed is missed after this time. */
const LEASE_MS = 2_000;
const RENEW_MS = 400;

type StageCounts = Partial<Record<'USER' | 'CHANNEL' | 'FILE', KindCounts>>;

/** Copies an application: users, then channels, then what is in them. Wherever it is stopped, it goes on from there. */
@Injectable()
export class Mover {
  constructor(
    private readonly moves: MovesRepository,
    private readonly writer: MoveWriter,
    private readonly users: SourceUsers,
    private readonly channels: ChannelMover,
    private readonly downloads: Downloads,
    private readonly segments: Segments,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Copies what is left. `isWaiting` is told while another process is at work on the same move, or was until just now. */
  async run(given: Omit<MoveContext, 'owner'>, isWaiting: () => void): Promise<void> {
    const context: MoveContext = { ...given, owner: randomUUID() };
    const { move, owner } = context;
    while (!(await this.moves.lease(move.application_id, move.id, owner, LEASE_MS))) {
      isWaiting();
      await setTimeout(RENEW_MS);
    }
    // What another process has done meanwhile is done.
    await this.settle(context);
    let isLost = false;
    const renewing = setInterval(() => {
      this.moves.lease(move.application_id, move.id, owner, LEASE_MS).then(
        (isKept) => (isLost ||= !isKept),
        // Whether it is still ours shows with the next unit.
        () => undefined,
      );
    }, RENEW_MS);
    try {
      if (move.stage === 'ENDED') await this.unitOfWork.run(() => this.moves.beginAgain(move));
      await this.settle(context);
      if (move.stage === 'USERS') await this.moveUsers(context);
      if (move.stage === 'CHANNELS') await this.moveChannels(context);
      await this.moveContents(context, () => isLost);
      await this.segments.deleteAll(move);
      await this.unitOfWork.run(() => this.moves.advance({ ...move, stage: 'ENDED' }));
    } finally {
      clearInterval(renewing);
      await this.moves.release(move.application_id, move.id, owner);
    }
  }

  private async moveUsers(context: MoveContext): Promise<void> {
    const { client, key, move } = context;
    const batches = numberedBatches<SourceUser>(client, '/users', 'users', { from: move.page, query: BY_ID });
    for await (const { items, next, isLast, total } of batches) {
      const downloaded = await this.downloads.ofUsers(context, items);
      const users = items.map((user): MoveItem => ({
        kind: 'USER',
        remoteId: String(user.id),
        item: userItem(user, key),
      }));
      await this.writer.write(context, users, async (written, scope) => {
        const copied = await this.downloads.adopt(context, scope, 'USER', downloaded, written);
        await this.moves.addFailures(move, downloaded.failures);
        const counts = { USER: written.counts('USER'), FILE: { copied, skipped: 0, failed: 0 } };
        await this.advance(context, isLast ? 'CHANNELS' : 'USERS', next, counts);
      });
      await this.settle(context);
      context.show({ stage: 'users', done: isLast ? total : next * 100, total, messages: 0 });
    }
  }

  private async moveChannels(context: MoveContext): Promise<void> {
    const { client, key, move } = context;
    const batches = numberedBatches<SourceChannel>(client, '/channels', 'channels', { from: move.page, query: BY_ID });
    for await (const { items, next, isLast, total } of batches) {
      const people = await this.users.resolve(
        context,
        peopleIn(items.flatMap(({ creator, members = [] }) => [creator, ...members])),
      );
      const channels = items.map((channel): MoveItem => {
        const members = (channel.members ?? []).flatMap(({ id }) => people.names.get(id) ?? []);
        return { kind: 'CHANNEL', remoteId: String(channel.id), item: channelItem(channel, members, key) };
      });
      await this.writer.write(context, [...people.items, ...channels], async (written) => {
        const present = written.present('CHANNEL');
        await this.moves.addChannels(
          move,
          items
            .filter(({ id }) => present.has(String(id)))
            .map(({ id, type }) => ({ remoteId: id, isDirect: type === 'DIRECT' })),
        );
        await this.advance(context, isLast ? 'CONTENTS' : 'CHANNELS', next, { CHANNEL: written.counts('CHANNEL') });
      });
      await this.settle(context);
      context.show({ stage: 'channels', done: isLast ? total : next * 100, total, messages: 0 });
    }
  }

  /** Several channels at a time; in each of them one thing comes after the other. */
  private async moveContents(context: MoveContext, isLost: () => boolean): Promise<void> {
    const { move } = context;
    const limit = pLimit(context.concurrency);
    const totals = await this.moves.channelTotals(move);
    let done = totals.done ?? 0;
    const before = (totals.messages_copied ?? 0) + (totals.messages_skipped ?? 0);
    const total = totals.channels ?? 0;
    for (let after = 0; ;) {
      const open = await this.moves.openChannels(move, after);
      if (open.length === 0) return;
      after = open.at(-1)!.remote_id;
      let hasFailed = false;
      // The first failure ends all: the rest is left for the next try.
      const moveOne = async (channel: MovedChannelRow): Promise<void> => {
        if (hasFailed) return;
        if (isLost()) throw new MoveLost();
        await this.channels.move(context, channel);
        context.show({ stage: 'contents', done: ++done, total, messages: before + context.progress.messages });
      };
      const outcomes = await Promise.allSettled(
        open.map((channel) =>
          limit(() =>
            moveOne(channel).catch((error: unknown) => {
              hasFailed = true;
              throw error;
            }),
          ),
        ),
      );
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    }
  }

  /** Takes over what has been committed. */
  private async settle({ move }: MoveContext): Promise<void> {
    Object.assign(move, await this.moves.retrieve(move.application_id, move.id));
  }

  /** In the unit that is open: what it counts holds once it is committed. */
  private advance({ move }: MoveContext, stage: Stage, page: number, added: StageCounts): Promise<void> {
    const counts = JSON.parse(move.counts) as StageCounts;
    for (const [kind, { copied, skipped }] of Object.entries(added)) {
      const before = counts[kind as keyof StageCounts];
      counts[kind as keyof StageCounts] = {
        copied: (before?.copied ?? 0) + copied,
        skipped: (before?.skipped ?? 0) + skipped,
        failed: 0,
      };
    }
    const isNext = stage !== move.stage;
    return this.moves.advance({ ...move, stage, page: isNext ? 0 : page, counts: JSON.stringify(counts) });
  }
}
