import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { MoveContext } from './move-context.js';
import { failureLine } from './move-writer.js';
import { FailureLine, MovesRepository, ReplyRow } from './moves.repository.js';
import { linkedPage } from './source-pages.js';
import { isGone } from './source-users.js';
import { SourceMessage } from './source.resources.js';

/** Finds out what replies answer: the API lists the replies to a message, and does not say of a reply what it answers. */
@Injectable()
export class Replies {
  constructor(
    private readonly moves: MovesRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Notes the replies to these messages. */
  async note(context: MoveContext, channelId: number, messages: readonly SourceMessage[]): Promise<void> {
    const answered = messages.filter(({ repliesCount = 0 }) => repliesCount > 0);
    if (answered.length === 0) return;
    const failures: FailureLine[] = [];
    const found = await Promise.all(
      answered.map(async ({ id }) => {
        try {
          return await this.repliesTo(context, id);
        } catch (error) {
          if (!isGone(error)) throw error;
          failures.push(failureLine({ kind: 'MESSAGE', remoteId: `replies-to-${id}` }, [{ message: error.message }]));
          return [];
        }
      }),
    );
    await this.unitOfWork.run(async () => {
      await this.moves.addReplies(context.move, channelId, found.flat());
      await this.moves.addFailures(context.move, failures);
    });
  }

  /** Replies themselves, oldest first; without those that are gone meanwhile. */
  async fetch({ client }: MoveContext, replies: readonly ReplyRow[]): Promise<SourceMessage[]> {
    const found = await Promise.all(
      replies.map(async ({ remote_id }) => {
        try {
          return [await client.get<SourceMessage>(`/messages/${remote_id}`)];
        } catch (error) {
          if (!isGone(error)) throw error;
          return [];
        }
      }),
    );
    return found.flat();
  }

  /** The thread of a message has the id of the message. */
  private async repliesTo(
    { client }: MoveContext,
    parentId: number,
  ): Promise<{ remoteId: number; parentId: number }[]> {
    const replies: { remoteId: number; parentId: number }[] = [];
    for (let search: string | undefined, isFirst = true; isFirst || search !== undefined; isFirst = false) {
      const page: { items: SourceMessage[]; next: string | undefined } = await linkedPage<SourceMessage>(
        client,
        `/threads/${parentId}/messages`,
        'messages',
        search,
      );
      replies.push(...page.items.map(({ id: remoteId }) => ({ remoteId, parentId })));
      search = page.next;
    }
    return replies;
  }
}
