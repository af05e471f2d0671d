import { Injectable } from '@nestjs/common';
import { MembershipsRepository, Standing } from '../../channels/memberships.repository.js';
import { Config } from '../../config/config.js';
import { Answer } from '../../hal/answer.js';
import { canonicalLinks } from '../../hal/link-base.js';
import { MessageResource } from '../../messages/message.resource.js';
import { UserMessages } from '../../messages/user-messages.service.js';
import { CursorPage, Page } from '../../pagination/page.js';
import { ResourceClass } from '../../resource/registry.js';
import { Caller } from '../connections/caller.js';
import { Asked, writeCursorPage, writePage } from './pages.js';
import { RealtimeRendering } from './hypermedia.js';
import { realtimeWriter } from './rendering.js';
import './resources.js';

/** Whom something is written for. */
type Reader = Pick<Caller, 'applicationId' | 'userId'>;
type Write = (rendering: RealtimeRendering) => string;

/** Writes resources as the chat protocol has them. */
@Injectable()
export class Renderer {
  constructor(
    private readonly config: Config,
    private readonly memberships: MembershipsRepository,
    private readonly messages: UserMessages,
  ) {}

  /** What a handler has returned, for whoever asked. */
  answer(caller: Caller, answer: Answer, asked: Asked, value: unknown): Promise<string> {
    if (value === undefined || answer.form === 'empty') return Promise.resolve('null');
    switch (answer.form) {
      case 'resource':
        return this.forCaller(caller, answer.type, value);
      case 'page':
        return this.twice(caller, (rendering) =>
          writePage(value as Page<unknown>, answer.key, asked, realtimeWriter(answer.type), rendering),
        );
      case 'cursorPage':
        return this.twice(caller, (rendering) =>
          writeCursorPage(value as CursorPage<unknown>, answer.key, asked, realtimeWriter(answer.type), rendering),
        );
      case 'feed':
      case 'file':
        throw new Error(`A relay cannot answer with a ${answer.form}`);
    }
  }

  forCaller(caller: Reader, type: ResourceClass, value: unknown): Promise<string> {
    return this.twice(caller, (rendering) => realtimeWriter(type)(value, rendering));
  }

  /**
   * For readers who are all the same in whatever channels there are in it. `replies`: those of the messages in it that
   * reply to one which is still there.
   */
  forAll(
    applicationId: number,
    type: ResourceClass,
    value: unknown,
    standing: Standing,
    replies: ReadonlySet<number> = new Set(),
  ): string {
    return realtimeWriter(type)(
      value,
      this.rendering(applicationId, {
        standing: () => standing,
        isReply: ({ id }) => replies.has(id as number),
      }),
    );
  }

  /**
   * Which channels and replies there are in it shows when it is written; if any, it is written again with what the caller
   * is there, and with what they reply to.
   */
  private async twice({ applicationId, userId }: Reader, write: Write): Promise<string> {
    const channels = new Set<number>();
    const messages = new Map<number, MessageResource>();
    const written = write(
      this.rendering(applicationId, {
        standing: (channelId) => {
          channels.add(channelId);
          return 'NONE';
        },
        isReply: (message) => {
          const { id, nestedLevel } = message as unknown as MessageResource;
          if (nestedLevel > 0) messages.set(id, message as unknown as MessageResource);
          return false;
        },
      }),
    );
    if (channels.size === 0 && messages.size === 0) return written;
    const [standings, parents] = await Promise.all([
      this.memberships.standings(applicationId, userId, [...channels]),
      this.messages.parents(applicationId, [...messages.values()]),
    ]);
    return write(
      this.rendering(applicationId, {
        standing: (channelId) => standings.get(channelId) ?? 'NONE',
        isReply: ({ id }) => parents.has(id as number),
      }),
    );
  }

  private rendering(applicationId: number, shown: Pick<RealtimeRendering, 'standing' | 'isReply'>): RealtimeRendering {
    return { casing: 'camel', links: canonicalLinks(this.config.publicUrl, applicationId), ...shown };
  }
}
