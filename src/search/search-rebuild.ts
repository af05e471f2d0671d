import { Injectable } from '@nestjs/common';
import { SearchIndex } from './search-index.js';

const PORTION = 200;

/** Indexes all messages anew, in portions, while servers run. */
@Injectable()
export class SearchRebuild {
  constructor(private readonly index: SearchIndex) {}

  /** Goes on behind the last portion of one that was interrupted, unless told otherwise. */
  async run(fromStart = false): Promise<{ from: number; upTo: number }> {
    if (fromStart) await this.index.forgetPosition('rebuilt');
    const from = (await this.index.position('rebuilt')) ?? 0;
    await this.through('rebuilt', (await this.index.position('indexed')) ?? 0);
    const upTo = await this.through('indexed');
    await this.index.forgetPosition('rebuilt');
    return { from, upTo };
  }

  private async through(position: 'rebuilt' | 'indexed', upTo?: number): Promise<number> {
    let done = await this.index.advance(position, PORTION, upTo);
    while (done.isMore) done = await this.index.advance(position, PORTION, upTo);
    return done.at;
  }
}
