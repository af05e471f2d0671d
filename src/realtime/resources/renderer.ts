import { Injectable } from '@nestjs/common';
import { MembershipsRepository, Standing } from '../../channels/memberships.repository.js';
import { Config } from '../../config/config.js';
import { Answer } from '../../hal/answer.js';
import { canonicalLinks } from '../../hal/link-base.js';
import { CursorPage, Page } from '../../pagination/page.js';
import { ResourceClass } from '../../resource/registry.js';
import { Caller } from '../connections/caller.js';
import { Asked, writeCursorPage, writePage } from './pages.js';
import { RealtimeRendering } from './hypermedia.js';
import { realtimeWriter } from './rendering.js';
import './resources.js';

type Write = (rendering: RealtimeRendering) => string;

/** Writes resources as the chat protocol has them. */
@Injectable()
export class Renderer {
  constructor(
    private readonly config: Config,
    private readonly memberships: MembershipsRepository,
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

  forCaller(caller: Caller, type: ResourceClass, value: unknown): Promise<string> {
    return this.twice(caller, (rendering) => realtimeWriter(type)(value, rendering));
  }

  /** For readers who are all the same in whatever channels there are in it. */
  forAll(applicationId: number, type: ResourceClass, value: unknown, standing: Standing): string {
    return realtimeWriter(type)(
      value,
      this.rendering(applicationId, () => standing),
    );
  }

  /** Which channels there are in it shows when it is written; if any, it is written again with what the caller is there. */
  private async twice({ applicationId, userId }: Caller, write: Write): Promise<string> {
    const asked = new Set<number>();
    const written = write(
      this.rendering(applicationId, (channelId) => {
        asked.add(channelId);
        return 'NONE';
      }),
    );
    if (asked.size === 0) return written;
    const standings = await this.memberships.standings(applicationId, userId, [...asked]);
    return write(this.rendering(applicationId, (channelId) => standings.get(channelId) ?? 'NONE'));
  }

  private rendering(applicationId: number, standing: RealtimeRendering['standing']): RealtimeRendering {
    return { casing: 'camel', links: canonicalLinks(this.config.publicUrl, applicationId), standing };
  }
}
