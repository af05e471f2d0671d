import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { ClientError, ResourceNotFoundError } from '../errors/api-error.js';
import { DomainEventType } from '../events/domain-event.js';
import { EventLog } from '../events/event-log.js';
import { UserMessages } from '../messages/user-messages.service.js';
import { Page } from '../pagination/page.js';
import { PageQuery } from '../pagination/page-query.js';
import { ChatUserProperties, toUserProperties } from '../users/user.resource.js';
import { joinedUser } from '../users/user.rows.js';
import { describeEmoji, Emoji, requireEmoji } from './emoji.js';
import { ReactionRow, ReactionsRepository } from './reactions.repository.js';

/** A reaction as it is told. */
export interface MessageReaction {
  emoji: Emoji;
  user: ChatUserProperties;
  createdTime: number;
  messageId: number;
  channelId: number;
}

/** What users think of messages, said with an emoji. */
@Injectable()
export class Reactions {
  constructor(
    private readonly reactions: ReactionsRepository,
    private readonly messages: UserMessages,
    private readonly unitOfWork: UnitOfWork,
    private readonly events: EventLog,
  ) {}

  /** `emoji` is an alias, with or without colons, or the character. Who has reacted so already stays as they are. */
  async add(applicationId: number, userId: number, messageId: number, emoji: unknown): Promise<MessageReaction> {
    const { character } = requireEmoji(emoji);
    return this.unitOfWork.run(async () => {
      const { channel, relation } = await this.messages.retrieveForUpdate(applicationId, userId, messageId);
      if (!relation.isMember)
        throw ClientError.of('Reaction', 'user', 'unprocessable', 'is not a member of this channel');
      const existing = await this.reactions.find(applicationId, messageId, userId, character);
      if (existing) return toReaction(existing);
      const createdTime = Date.now();
      await this.reactions.insert(applicationId, channel.id, messageId, userId, { emoji: character, createdTime });
      const added = (await this.reactions.find(applicationId, messageId, userId, character))!;
      await this.record(applicationId, added, 'reaction.created', createdTime);
      return toReaction(added);
    });
  }

  /** Answers the reaction that was. */
  async remove(applicationId: number, userId: number, messageId: number, emoji: unknown): Promise<MessageReaction> {
    const { character } = requireEmoji(emoji);
    return this.unitOfWork.run(async () => {
      await this.messages.retrieveForUpdate(applicationId, userId, messageId);
      const reaction = await this.reactions.find(applicationId, messageId, userId, character);
      if (!reaction) throw ResourceNotFoundError.referredTo('Reaction', 'emoji', 'is none that this user reacted with');
      await this.reactions.delete(reaction);
      await this.record(applicationId, reaction, 'reaction.removed', Date.now());
      return toReaction(reaction);
    });
  }

  /** By emoji, of each the first first. */
  async list(
    applicationId: number,
    userId: number,
    messageId: number,
    query: PageQuery,
  ): Promise<Page<MessageReaction>> {
    const { message } = await this.messages.retrieveSeen(applicationId, userId, messageId);
    const page = await this.reactions.list(applicationId, messageId, message.reaction_count, query);
    return page.map(toReaction);
  }

  private async record(
    applicationId: number,
    { id, message_id, channel_id, user_id, emoji, created_time }: ReactionRow,
    type: Extract<DomainEventType, `reaction.${string}`>,
    createdTime: number,
  ): Promise<void> {
    await this.events.append({
      applicationId,
      channelId: channel_id,
      type,
      subjectId: message_id,
      payload: { reactionId: id, userId: user_id, emoji, reactedTime: created_time },
      createdTime,
    });
  }
}

function toReaction(row: ReactionRow): MessageReaction {
  return {
    emoji: describeEmoji(row.emoji),
    user: toUserProperties(joinedUser(row)!),
    createdTime: row.created_time,
    messageId: row.message_id,
    channelId: row.channel_id,
  };
}
