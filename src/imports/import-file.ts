import { isUtf8 } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { jsonVerifier, VerifierError } from 'stream-json/core/utils/verifier.js';
import { ClientError } from '../errors/api-error.js';
import { JSON_BODY_MAX_BYTES } from '../http/json-body.js';
import { JSON_MAX_DEPTH } from '../resource/json.js';
import { Inspection } from '../uploads/upload-options.js';
import { JsonItem, JsonItems, NoJsonArray } from './json-items.js';

/** An item with more bytes is not imported; as a body it would be refused as well. */
export const ITEM_MAX_BYTES = JSON_BODY_MAX_BYTES;

/** The verifier decides once it sees more than the longest of its tokens. */
const ENOUGH = ' '.repeat(16);

const LIMITS = { maxItemBytes: ITEM_MAX_BYTES, maxDepth: JSON_MAX_DEPTH };

/** Looks at a file on its way into storage: it has to be a JSON array. At no time holds it more than one of its items. */
export class ArrayInspection implements Inspection {
  /** How many items have been seen. */
  readonly found = { items: 0 };
  private readonly large = new LargeItems();
  private readonly reader = new JsonItems({ ...LIMITS, onLargeItem: (...piece) => this.large.check(...piece) });

  /** Hands the bytes on as they are. Fails where the file stops being what it should, naming the place. */
  async *through(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of content) {
        for (const item of this.reader.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) {
          if (item.bytes) checkItem(item.bytes, item);
          this.found.items++;
        }
        yield chunk;
      }
      this.reader.end();
    } catch (error) {
      throw error instanceof NoJsonArray ? ClientError.of('Import', 'file', 'invalid', error.message) : error;
    }
  }
}

/**
 * The items of a file that has been inspected, or those behind one of them, of which the content is the rest: of each
 * chunk those that end in it, to be taken before the next.
 */
export async function* itemsOf(
  content: AsyncIterable<Buffer>,
  after?: { index: number; end: number },
): AsyncGenerator<Iterable<JsonItem>> {
  const reader = new JsonItems({ ...LIMITS, ...(after && { after }) });
  for await (const chunk of content) yield reader.push(chunk);
  reader.end();
}

function checkItem(bytes: Buffer, { line, column }: JsonItem): void {
  if (!isUtf8(bytes)) throw new NoJsonArray('is not UTF-8', line, column);
  const text = bytes.toString();
  try {
    JSON.parse(text);
  } catch (error) {
    // JSON.parse is quick but does not say where; what finds the place is slow, and needed only once.
    locate(() => jsonVerifier()(text + ENOUGH), line, column);
    throw new NoJsonArray(`is not valid JSON: ${(error as Error).message}`, line, column);
  }
}

/** Turns a place in an item into the place in the file. */
function locate(verify: () => void, line: number, column: number): void {
  try {
    verify();
  } catch (error) {
    const { message, line: inLine, pos } = error as VerifierError;
    const reason = message.replace(/^ERROR at \d+ \(\d+, \d+\): Verifier /, '');
    throw new NoJsonArray(`is not valid JSON: ${reason}`, line + inLine - 1, inLine === 1 ? column + pos - 1 : pos);
  }
}

/** Checks items that are too large to be held, piece by piece. */
class LargeItems {
  private verify: ((text: string) => unknown) | undefined;
  private decoder = new StringDecoder('utf8');

  check(piece: Buffer, isLast: boolean, line: number, column: number): void {
    locate(
      () => {
        this.verify ??= jsonVerifier();
        this.verify(this.decoder.write(piece) + (isLast ? ENOUGH : ''));
      },
      line,
      column,
    );
    if (!isLast) return;
    this.verify = undefined;
    this.decoder = new StringDecoder('utf8');
  }
}
