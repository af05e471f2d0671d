import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { SearchSegments } from './search-segments.js';

/** Indexes all messages anew, segment by segment, while servers run. */
@Injectable()
export class SearchRebuild {
  constructor(
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly segments: SearchSegments,
  ) {}

  /** Goes on behind the last segment of one that was interrupted, unless told otherwise. */
  async run(fromStart = false): Promise<{ from: number; upTo: number }> {
    if (fromStart) await this.forgetPosition();
    const [newest] = await this.database.query<{ id: number | null }>('SELECT MAX(id) AS id FROM messages');
    const from = await this.position();
    let at = from;
    for (let next = await this.next(at); next !== undefined; next = await this.next(at)) at = next;
    for (const applicationId of await this.segments.applications())
      while ((await this.segments.missing(applicationId)) === 0) await this.segments.seal(applicationId);
    await this.forgetPosition();
    return { from, upTo: newest!.id ?? 0 };
  }

  /** Rewrites the next segment; answers which it was. */
  private next(at: number): Promise<number | undefined> {
    return this.unitOfWork.run(async () => {
      const [next] = await this.database.query<{ application_id: number; segment: number }>(
        'SELECT application_id, segment FROM search_segments WHERE segment > ? ORDER BY segment LIMIT 1',
        [at],
      );
      if (!next) return undefined;
      await this.segments.rewrite(next.application_id, next.segment);
      await this.database.execute("REPLACE INTO search_positions (name, message_id) VALUES ('rebuilt', ?)", [
        next.segment,
      ]);
      return next.segment;
    });
  }

  private async position(): Promise<number> {
    const [row] = await this.database.query<{ message_id: number }>(
      "SELECT message_id FROM search_positions WHERE name = 'rebuilt'",
    );
    return row?.message_id ?? 0;
  }

  private async forgetPosition(): Promise<void> {
    await this.database.execute("DELETE FROM search_positions WHERE name = 'rebuilt'");
  }
}
