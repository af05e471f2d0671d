import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { marks, rows } from '../database/sql.js';
import { toUserProperties } from '../users/user.resource.js';
import { UsersRepository } from '../users/users.repository.js';
import { describeEmoji } from './emoji.js';
import { MessageReactionsSummaryProperties } from './reaction.resource.js';

interface CountRow {
  message_id: number;
  emoji: string;
  reaction_count: number;
}

/** The users that a summary names. */
export const SUMMARY_USERS_MAX = 25;
/** Lists of users in one statement. */
const LISTS_MAX = 100;

/** What messages show of the reactions to them: three kinds of look-up for a page, however many reactions there are. */
@Injectable()
export class ReactionSummaries {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
  ) {}

  /** By message, in the order in which the emoji came to it. */
  async of(
    applicationId: number,
    messageIds: readonly number[],
  ): Promise<Map<number, MessageReactionsSummaryProperties[]>> {
    const summaries = new Map<number, MessageReactionsSummaryProperties[]>();
    if (messageIds.length === 0) return summaries;
    const counts = await this.database.query<CountRow>(
      `SELECT message_id, emoji, reaction_count FROM reaction_counts WHERE message_id IN (${marks(messageIds)}) AND application_id = ? ORDER BY message_id, first_reaction_id`,
      [...messageIds, applicationId],
    );
    const userIds = await this.userIds(counts);
    const users = await this.users.findByIds(applicationId, [...new Set([...userIds.values()].flat())]);
    const byId = new Map(users.map((user) => [user.id, toUserProperties(user)]));
    for (const row of counts) {
      const summary = {
        emoji: describeEmoji(row.emoji),
        users: (userIds.get(keyOf(row)) ?? []).flatMap((id) => byId.get(id) ?? []),
        count: row.reaction_count,
      };
      summaries.set(row.message_id, [...(summaries.get(row.message_id) ?? []), summary]);
    }
    return summaries;
  }

  /** Who reacted first, of each message and emoji. */
  private async userIds(counts: readonly CountRow[]): Promise<Map<string, number[]>> {
    const found = new Map<string, number[]>();
    for (let from = 0; from < counts.length; from += LISTS_MAX) {
      const some = counts.slice(from, from + LISTS_MAX);
      const parts = some.map(
        (_, index) =>
          `SELECT message_id, emoji, user_id, id FROM (SELECT message_id, emoji, user_id, id FROM reactions WHERE message_id = ? AND emoji = ? ORDER BY id LIMIT ${rows(SUMMARY_USERS_MAX)}) part_${index}`,
      );
      const reactions = await this.database.query<CountRow & { user_id: number }>(
        `SELECT message_id, emoji, user_id FROM (${parts.join(' UNION ALL ')}) parts ORDER BY id`,
        some.flatMap(({ message_id, emoji }) => [message_id, emoji]),
      );
      for (const row of reactions) found.set(keyOf(row), [...(found.get(keyOf(row)) ?? []), row.user_id]);
    }
    return found;
  }
}

const keyOf = ({ message_id, emoji }: Pick<CountRow, 'message_id' | 'emoji'>): string => `${message_id} ${emoji}`;
