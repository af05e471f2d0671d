import { Readable } from 'node:stream';
import { itemsOf } from './import-file.js';
import { JsonItem } from './json-items.js';

/** A batch ends with whichever comes first: what a few statements can write, and what they may weigh. */
const ITEMS = 1_024;
const BYTES = 2 * 1_048_576;

/** Reads the items of a file in batches, from a place in it on. */
export class BatchReader {
  private content: Readable | undefined;
  private items: AsyncGenerator<JsonItem> | undefined;

  constructor(
    private readonly open: () => Promise<Readable>,
    private readonly after: { index: number; end: number } | undefined,
  ) {}

  /** The next ones; none when there are no more. */
  async next(): Promise<JsonItem[]> {
    if (!this.items) {
      this.content = await this.open();
      this.items = itemsOf(this.content as AsyncIterable<Buffer>, this.after);
    }
    const batch: JsonItem[] = [];
    for (let bytes = 0; batch.length < ITEMS && bytes < BYTES;) {
      const next = await this.items.next();
      if (next.done) break;
      batch.push(next.value);
      bytes += next.value.bytes?.length ?? 0;
    }
    return batch;
  }

  close(): void {
    this.content?.destroy();
  }
}
