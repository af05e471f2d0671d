import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Downloads } from './downloads.js';
import { MoveContext } from './move-context.js';
import { failureLine, MoveItem, MoveWriter } from './move-writer.js';
import { MovedChannelRow, MovesRepository } from './moves.repository.js';
import { Replies } from './replies.js';
import { Segment, Segments } from './segments.js';
import { idInLink, memberItem, messageItem } from './source-items.js';
import { allOf, linkedPage, LinkedPage, numberedBatches } from './source-pages.js';
import { isGone, peopleIn, SourceUsers } from './source-users.js';
import { SourceMembership, SourceMessage, SourceUser } from './source.resources.js';

/** Where to go on in a channel: first come its members, then its messages are read, then they are written. */
type Checkpoint =
  | { step: 'MEMBERS'; page: number }
  /** So many segments are in storage; `next` leads to the messages behind them. */
  | { step: 'READ'; segments: number; next?: string }
  /** So many segments are left to be written, the last one first. */
  | { step: 'WRITE'; segments: number };

const FROM_THE_NEWEST: Checkpoint = { step: 'READ', segments: 0 };

/** Copies what is in a channel. */
@Injectable()
export class ChannelMover {
  constructor(
    private readonly moves: MovesRepository,
    private readonly writer: MoveWriter,
    private readonly users: SourceUsers,
    private readonly replies: Replies,
    private readonly segments: Segments,
    private readonly downloads: Downloads,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async move(context: MoveContext, { remote_id: channelId, is_direct, checkpoint }: MovedChannelRow): Promise<void> {
    let state = checkpoint === null ? undefined : (JSON.parse(checkpoint) as Checkpoint);
    state ??= is_direct ? FROM_THE_NEWEST : { step: 'MEMBERS', page: 0 };
    try {
      if (state.step === 'MEMBERS') state = await this.moveMembers(context, channelId, state.page);
      await this.moveMessages(context, channelId, state);
      await this.moveUnlistedReplies(context, channelId);
    } catch (error) {
      if (!isGone(error)) throw error;
      const failure = failureLine({ kind: 'CHANNEL', remoteId: String(channelId) }, [{ message: error.message }]);
      await this.unitOfWork.run(async () => {
        await this.moves.addFailures(context.move, [failure]);
        await this.moves.advanceChannel(context.move, channelId, 'done');
      });
    }
  }

  private async moveMembers(context: MoveContext, channelId: number, from: number): Promise<Checkpoint> {
    const { client, key, move } = context;
    const path = `/channels/${channelId}`;
    const moderators = await allOf<SourceUser>(client, `${path}/moderators`, 'users');
    const moderatorIds = new Set(moderators.map(({ id }) => id));
    for await (const batch of numberedBatches<SourceMembership>(client, `${path}/memberships`, 'memberships', {
      from,
    })) {
      const memberships = new Map(
        batch.items.flatMap(({ createdTime, _links }) => {
          const id = idInLink(_links.user?.href);
          return id === undefined ? [] : [[id, createdTime] as const];
        }),
      );
      const people = await this.users.resolve(
        context,
        new Map([...memberships.keys()].map((id) => [id, undefined] as const)),
      );
      const members = [...memberships].flatMap(([id, createdTime]): MoveItem[] => {
        const username = people.names.get(id);
        // Who was deleted in this moment is a member no more.
        if (username === undefined) return [];
        const member = { username, createdTime, isModerator: moderatorIds.has(id) };
        return [{ kind: 'MEMBER', remoteId: `${channelId}-${id}`, item: memberItem(channelId, member, key) }];
      });
      const next: Checkpoint = batch.isLast ? FROM_THE_NEWEST : { step: 'MEMBERS', page: batch.next };
      await this.writer.write(context, [...people.items, ...members], async (written) => {
        const { copied, skipped } = written.counts('MEMBER');
        await this.moves.advanceChannel(move, channelId, next, { members_copied: copied, members_skipped: skipped });
      });
    }
    return FROM_THE_NEWEST;
  }

  private async moveMessages(context: MoveContext, channelId: number, state: Checkpoint): Promise<void> {
    const { move } = context;
    let segments = state.step === 'MEMBERS' ? 0 : state.segments;
    if (state.step === 'READ') {
      const read = await this.read(context, channelId, state);
      segments = read.segments;
      await this.writeMessages(context, channelId, read.oldest.messages, segments);
    }
    for (; segments > 0; segments--) {
      const messages = await this.segments.read(move, channelId, segments - 1);
      // Storage is another than it was: what has been written already will be skipped.
      if (!messages) return this.moveMessages(context, channelId, FROM_THE_NEWEST);
      await this.writeMessages(context, channelId, messages, segments - 1);
      await this.segments.delete(move, channelId, segments - 1);
    }
  }

  /** Reads to the oldest message. The last segment stays in memory, since it is the first to be written. */
  private async read(
    context: MoveContext,
    channelId: number,
    { next, segments: stored }: { next?: string; segments: number },
  ): Promise<{ oldest: Segment; segments: number }> {
    const { client, move } = context;
    const fetched = (search: string | undefined): Promise<LinkedPage<SourceMessage>> =>
      linkedPage(client, `/channels/${channelId}/messages`, 'messages', search);
    let segments = stored;
    let segment = new Segment();
    for (let coming: Promise<LinkedPage<SourceMessage>> | undefined = fetched(next); coming;) {
      const page: LinkedPage<SourceMessage> = await coming;
      coming = page.next === undefined ? undefined : fetched(page.next);
      coming?.catch(() => undefined);
      await this.replies.note(context, channelId, page.items);
      segment.add(page.items);
      if (!coming || !segment.isFull) continue;
      await this.segments.write(move, channelId, segments, segment);
      const checkpoint: Checkpoint = { step: 'READ', segments: ++segments, next: page.next! };
      await this.unitOfWork.run(() => this.moves.advanceChannel(move, channelId, checkpoint));
      segment = new Segment();
    }
    return { oldest: segment, segments };
  }

  /** Messages come newest first, and are written oldest first. */
  private async writeMessages(
    context: MoveContext,
    channelId: number,
    newestFirst: readonly SourceMessage[],
    left: number,
  ): Promise<void> {
    const checkpoint: Checkpoint = { step: 'WRITE', segments: left };
    await this.writeInOrder(context, channelId, [...newestFirst].reverse(), async () =>
      left === 0 && (await this.moves.openReplies(context.move, channelId, 1)).length === 0 ? 'done' : checkpoint,
    );
  }

  /** Some servers list replies with their thread alone. They come after everything else, with their own times. */
  private async moveUnlistedReplies(context: MoveContext, channelId: number): Promise<void> {
    for (;;) {
      const open = await this.moves.openReplies(context.move, channelId, 100);
      if (open.length === 0) return;
      const messages = await this.replies.fetch(context, open);
      await this.replies.note(context, channelId, messages);
      const ids = open.map(({ remote_id }) => remote_id);
      await this.writeInOrder(context, channelId, messages, async () => {
        await this.moves.forgetReplies(context.move, ids);
        const isLast = (await this.moves.openReplies(context.move, channelId, 1)).length === 0;
        return isLast ? 'done' : { step: 'WRITE', segments: 0 };
      });
    }
  }

  private async writeInOrder(
    context: MoveContext,
    channelId: number,
    messages: readonly SourceMessage[],
    checkpoint: () => Promise<Checkpoint | 'done'>,
  ): Promise<void> {
    const { move, key } = context;
    const replies = messages.filter(({ nestedLevel = 0 }) => nestedLevel > 0).map(({ id }) => id);
    const parents = await this.moves.parentsOf(move, replies);
    const people = await this.users.resolve(context, peopleIn(messages.map(({ user }) => user)));
    const downloaded = await this.downloads.ofMessages(context, messages);
    const items = messages.map((message): MoveItem => ({
      kind: 'MESSAGE',
      remoteId: String(message.id),
      item: messageItem({ ...message, channelId }, parents.get(message.id), key),
    }));
    await this.writer.write(context, [...people.items, ...items], async (written, scope) => {
      const files = await this.downloads.adopt(context, scope, 'MESSAGE', downloaded, written);
      await this.moves.addFailures(move, downloaded.failures);
      await this.moves.forgetReplies(move, replies);
      const { copied, skipped } = written.counts('MESSAGE');
      await this.moves.advanceChannel(move, channelId, await checkpoint(), {
        messages_copied: copied,
        messages_skipped: skipped,
        files_copied: files,
      });
    });
    context.progress.messages += messages.length;
  }
}
