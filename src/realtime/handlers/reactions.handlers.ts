import { Injectable } from '@nestjs/common';
import { page } from '../../hal/answer.js';
import { PageQuery } from '../../pagination/page-query.js';
import { Page } from '../../pagination/page.js';
import { Reactions } from '../../reactions/reactions.service.js';
import type { ActionCall, RelayCall } from '../destinations/handlers.js';
import { Action, Relay } from '../destinations/handlers.js';
import { MessageReactionResource } from '../resources/reaction.resource.js';

const toldOfReaction = (type: string) => ({ topic: 'reactions', type, resource: MessageReactionResource });

/** The body, whatever it is: the service says what an emoji is. */
const emojiIn = (body: unknown): unknown => (body as { emoji?: unknown } | null)?.emoji;

/** What users think of messages. */
@Injectable()
export class ReactionsHandlers {
  constructor(private readonly reactions: Reactions) {}

  @Relay('messages/{id}.reactions', { query: PageQuery, answer: page(MessageReactionResource, 'reactions') })
  list({ applicationId, userId, ids: [id], query }: RelayCall<PageQuery>): Promise<Page<MessageReactionResource>> {
    return this.reactions.list(applicationId, userId, id, query);
  }

  @Action('messages/{id}.react', { answer: toldOfReaction('user.reaction.created') })
  add({ applicationId, userId, ids: [id], body }: ActionCall): Promise<MessageReactionResource> {
    return this.reactions.add(applicationId, userId, id, emojiIn(body));
  }

  @Action('messages/{id}.remove_reaction', { answer: toldOfReaction('user.reaction.removed') })
  remove({ applicationId, userId, ids: [id], body }: ActionCall): Promise<MessageReactionResource> {
    return this.reactions.remove(applicationId, userId, id, emojiIn(body));
  }
}
