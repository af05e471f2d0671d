import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { itemsOf } from './import-file.js';
import { ImportKind } from './import-kind.js';
import { JsonItem } from './json-items.js';
import { ReadItem, readItem } from './read-item.js';

/** A batch ends with whichever comes first: what others can wait for, and what it may weigh. */
const ITEMS = 2_048;
const BYTES = 2 * 1_048_576;
/** After so many items it is the turn of others, the writing of the batch before among them: the database never waits long. */
const ITEMS_A_TURN = 64;

/** Items that were read, and where the last of them stands in the file. */
export interface Batch {
  items: ReadItem[];
  index: number;
  end: number;
}

/** Reads and checks the items of a file in batches, from a place in it on: always one ahead of the writing. */
export class BatchReader {
  private content: Readable | undefined;
  private chunks: AsyncIterator<Iterable<JsonItem>> | undefined;
  private items: Iterator<JsonItem> = [].values();
  private ahead: Promise<Batch | undefined> | undefined;

  constructor(
    private readonly open: () => Promise<Readable>,
    private readonly kind: ImportKind | undefined,
    private readonly after: { index: number; end: number } | undefined,
  ) {}

  /** The next ones; undefined when there are no more. */
  async next(): Promise<Batch | undefined> {
    const batch = await (this.ahead ?? this.read());
    this.ahead = batch && this.read();
    // Whoever asks for it is told.
    this.ahead?.catch(() => undefined);
    return batch;
  }

  close(): void {
    this.content?.destroy();
  }

  private async read(): Promise<Batch | undefined> {
    if (!this.chunks) {
      this.content = await this.open();
      this.chunks = itemsOf(this.content as AsyncIterable<Buffer>, this.after);
    }
    const items: ReadItem[] = [];
    let last: JsonItem | undefined;
    for (let bytes = 0; items.length < ITEMS && bytes < BYTES;) {
      const next = this.items.next();
      if (next.done) {
        const chunk = await this.chunks.next();
        if (chunk.done) break;
        this.items = chunk.value[Symbol.iterator]();
        continue;
      }
      last = next.value;
      items.push(readItem(last, this.kind));
      bytes += last.bytes?.length ?? 0;
      if (items.length % ITEMS_A_TURN === 0) await setImmediate();
    }
    return last && { items, index: last.index, end: last.end };
  }
}
