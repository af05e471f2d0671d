import { isUtf8 } from 'node:buffer';

/** An element of a JSON array, as it stands in a file. */
export interface JsonItem {
  index: number;
  /** Just behind its last byte. */
  end: number;
  /** Its bytes; none if there are more than the limit. */
  bytes: Buffer | undefined;
  /** It is nested deeper than the limit. */
  isTooDeep: boolean;
  /** Where it begins, for people: both from 1. */
  line: number;
  column: number;
}

/** Where a file stops being a JSON array. */
export class NoJsonArray extends Error {
  constructor(
    readonly reason: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(`${reason} (line ${line}, position ${column})`);
  }
}

export interface JsonItemsOptions {
  maxItemBytes: number;
  maxDepth: number;
  /** Goes on behind an item that was read before. */
  after?: { index: number; end: number };
  /** Gets what comes of an item that has more bytes than the limit, piece by piece; `isLast` with its last. */
  onLargeItem?: (piece: Buffer, isLast: boolean, line: number, column: number) => void;
}

type State = 'before' | 'first' | 'value' | 'nested' | 'text' | 'scalar' | 'behind' | 'after';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

const isSpace = (byte: number): boolean => byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;

/**
 * Takes a JSON array apart into its elements while it arrives, knowing of each at which byte it ends: reading can go on
 * there later. It looks at brackets and quotes only; what an element itself says is for JSON.parse, which is quicker
 * than any parser that works token by token. At no time does it hold more than one element.
 */
export class JsonItems {
  private state: State = 'before';
  private index = 0;
  /** The place in the file of the first byte of the current chunk. */
  private base = 0;
  private depth = 0;
  private isTooDeep = false;
  private inText = false;
  private isEscaped = false;
  private pieces: Buffer[] = [];
  private size = 0;
  private isLarge = false;
  private line = 1;
  /** The place in the file where the current line begins. */
  private lineStart = 0;
  private itemLine = 1;
  private itemColumn = 1;

  constructor(private readonly options: JsonItemsOptions) {
    const { after } = options;
    if (!after) return;
    this.state = 'behind';
    this.index = after.index + 1;
    this.base = after.end;
    this.lineStart = after.end;
  }

  /** The elements that end in this chunk. */
  *push(chunk: Buffer): Generator<JsonItem> {
    let at = this.base === 0 && chunk.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
    if (at === 3) this.lineStart = 3;
    let from = this.isInItem() ? 0 : -1;
    while (at < chunk.length) {
      if (this.isInItem()) {
        const end = this.itemEnd(chunk, at);
        if (end === undefined) break;
        this.keep(chunk.subarray(from, end), true);
        yield this.item(end);
        at = end;
        from = -1;
        continue;
      }
      const byte = chunk[at]!;
      if (isSpace(byte)) {
        if (byte === NEWLINE) this.newLine(at);
        at++;
      } else if (this.between(byte, at)) {
        from = at;
        // The opening quote or bracket itself has been looked at; a scalar has nothing that opens it.
        if (this.state !== 'scalar') at++;
      } else at++;
    }
    if (from >= 0 && this.isInItem()) this.keep(chunk.subarray(from), false);
    this.base += chunk.length;
  }

  /** Nothing more comes. */
  end(): void {
    if (this.state === 'after') return;
    const reason = this.state === 'before' ? 'is empty' : 'ends before the array does';
    throw new NoJsonArray(reason, this.line, this.columnOf(0));
  }

  private isInItem(): boolean {
    return this.state === 'nested' || this.state === 'text' || this.state === 'scalar';
  }

  /** True when an item begins with this byte. */
  private between(byte: number, at: number): boolean {
    switch (this.state) {
      case 'before':
        if (byte !== OPEN_BRACKET) throw this.wrong('must be a JSON array', at);
        this.state = 'first';
        return false;
      case 'behind':
        if (byte !== COMMA && byte !== CLOSE_BRACKET) throw this.wrong('lacks a comma between two items', at);
        this.state = byte === COMMA ? 'value' : 'after';
        return false;
      case 'after':
        throw this.wrong('goes on after the array has ended', at);
      case 'first':
      case 'value':
      case 'nested':
      case 'text':
      case 'scalar':
        if (byte === CLOSE_BRACKET && this.state === 'first') {
          this.state = 'after';
          return false;
        }
        if (byte === CLOSE_BRACKET || byte === COMMA) throw this.wrong('lacks an item here', at);
        this.beginItem(byte, at);
        return true;
    }
  }

  private beginItem(byte: number, at: number): void {
    this.itemLine = this.line;
    this.itemColumn = this.columnOf(at);
    this.isTooDeep = false;
    this.depth = byte === OPEN_BRACE || byte === OPEN_BRACKET ? 1 : 0;
    this.inText = byte === QUOTE;
    this.state = this.depth > 0 ? 'nested' : this.inText ? 'text' : 'scalar';
  }

  /** The end of the current item in this chunk, if it is there. */
  private itemEnd(chunk: Buffer, start: number): number | undefined {
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at]!;
      // The one that ends a scalar is looked at again behind it.
      if (byte === NEWLINE && this.state !== 'scalar') this.newLine(at);
      if (this.inText) {
        if (this.isEscaped) this.isEscaped = false;
        else if (byte === BACKSLASH) this.isEscaped = true;
        else if (byte === QUOTE) {
          this.inText = false;
          if (this.state === 'text') return at + 1;
        }
      } else if (this.state === 'scalar') {
        if (byte === COMMA || byte === CLOSE_BRACKET || isSpace(byte)) return at;
      } else if (byte === QUOTE) this.inText = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (++this.depth > this.options.maxDepth) this.isTooDeep = true;
      } else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --this.depth === 0) return at + 1;
    }
    return undefined;
  }

  private keep(piece: Buffer, isLast: boolean): void {
    this.size += piece.length;
    if (!this.isLarge && this.size > this.options.maxItemBytes) {
      this.isLarge = true;
      for (const before of this.pieces) this.passOn(before, false);
      this.pieces = [];
    }
    if (this.isLarge) this.passOn(piece, isLast);
    // A chunk is the reader's to use again: what outlives it is copied.
    else this.pieces.push(isLast ? piece : Buffer.from(piece));
  }

  private passOn(piece: Buffer, isLast: boolean): void {
    this.options.onLargeItem?.(piece, isLast, this.itemLine, this.itemColumn);
  }

  private item(end: number): JsonItem {
    const [first, ...rest] = this.pieces;
    const item: JsonItem = {
      index: this.index++,
      end: this.base + end,
      bytes: this.isLarge ? undefined : rest.length === 0 ? first : Buffer.concat(this.pieces),
      isTooDeep: this.isTooDeep,
      line: this.itemLine,
      column: this.itemColumn,
    };
    this.pieces = [];
    this.size = 0;
    this.isLarge = false;
    this.state = 'behind';
    return item;
  }

  private newLine(at: number): void {
    this.line++;
    this.lineStart = this.base + at + 1;
  }

  private columnOf(at: number): number {
    return this.base + at - this.lineStart + 1;
  }

  private wrong(reason: string, at: number): NoJsonArray {
    return new NoJsonArray(reason, this.line, this.columnOf(at));
  }
}

/** The text of an item, if it is UTF-8. */
export function textOf(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}
