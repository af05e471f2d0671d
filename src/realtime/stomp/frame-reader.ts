import { CLIENT_COMMANDS, ClientCommand, Frame, isPlain, MalformedFrameError } from './frame.js';

export const HEADERS_MAX = 64;
/** Messages that one frame may be spread over. */
export const PIECES_MAX = 256;

const NUL = 0x00;
const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

const commands = new Set<string>(CLIENT_COMMANDS);

/**
 * Takes the frames out of what a client sends, message by message: usually one frame in each, but there may be several
 * in one, one in several, and line ends between them, which say that the client is alive.
 */
export class FrameReader {
  private pieces: Buffer[] = [];
  private size = 0;

  /** `maxBytes`: the most that a frame may have. */
  constructor(private readonly maxBytes: number) {}

  /** The frames that are complete now. Throws a {@link MalformedFrameError}. */
  read(message: Buffer): Frame[] {
    this.pieces.push(message);
    this.size += message.length;
    // Every frame ends with one, so there is nothing to look for without.
    const mayEnd = message.includes(NUL) || this.pieces.length === 1;
    const frames = mayEnd ? this.takeFrames() : [];
    if (this.size > this.maxBytes) throw new MalformedFrameError(`A frame may have at most ${this.maxBytes} bytes`);
    if (this.pieces.length > PIECES_MAX)
      throw new MalformedFrameError(`A frame may be spread over at most ${PIECES_MAX} messages`);
    return frames;
  }

  private takeFrames(): Frame[] {
    const bytes = this.pieces.length === 1 ? this.pieces[0]! : Buffer.concat(this.pieces);
    const frames: Frame[] = [];
    let at = skipLineEnds(bytes, 0);
    while (at < bytes.length) {
      const found = frameAt(bytes, at, this.maxBytes);
      if (!found) break;
      frames.push(found.frame);
      at = skipLineEnds(bytes, found.end);
    }
    if (at > 0 || this.pieces.length === 1) {
      // What is left may be kept for long, what it came with need not be.
      this.pieces = at < bytes.length ? [at === 0 ? bytes : Buffer.from(bytes.subarray(at))] : [];
      this.size = bytes.length - at;
    }
    return frames;
  }
}

function skipLineEnds(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF)) at++;
  return at;
}

/** Undefined if the frame goes on behind what there is. */
function frameAt(bytes: Buffer, from: number, maxBytes: number): { frame: Frame; end: number } | undefined {
  const first = lineAt(bytes, from);
  if (!first) return undefined;
  const command = first.text;
  if (!commands.has(command)) throw new MalformedFrameError('There is no such command');
  const headers = new Map<string, string>();
  let count = 0;
  let at = first.next;
  for (;;) {
    const line = lineAt(bytes, at);
    if (!line) return undefined;
    at = line.next;
    if (line.text === '') break;
    if (++count > HEADERS_MAX) throw new MalformedFrameError(`A frame may have at most ${HEADERS_MAX} headers`);
    const [name, value] = headerOf(line.text, isPlain(command));
    if (!headers.has(name)) headers.set(name, value);
  }
  const end = endOfBody(bytes, at, headers.get('content-length'), maxBytes);
  if (end === undefined) return undefined;
  return { frame: { command: command as ClientCommand, headers, body: textOf(bytes, at, end) }, end: end + 1 };
}

function lineAt(bytes: Buffer, from: number): { text: string; next: number } | undefined {
  const end = bytes.indexOf(LF, from);
  if (end < 0) {
    // Neither a command nor a header can have one.
    if (bytes.indexOf(NUL, from) >= 0) throw new MalformedFrameError('The frame ends within its headers');
    return undefined;
  }
  const text = textOf(bytes, from, bytes[end - 1] === CR && end > from ? end - 1 : end);
  if (text.includes('\0')) throw new MalformedFrameError('The frame ends within its headers');
  return { text, next: end + 1 };
}

/** Where the NUL stands that ends the body. */
function endOfBody(bytes: Buffer, from: number, length: string | undefined, maxBytes: number): number | undefined {
  if (length === undefined) {
    const end = bytes.indexOf(NUL, from);
    return end < 0 ? undefined : end;
  }
  const size = /^[0-9]{1,10}$/.test(length.trim()) ? Number(length) : Infinity;
  if (size > maxBytes) throw new MalformedFrameError(`The content-length must be a number of at most ${maxBytes}`);
  const end = from + size;
  if (end >= bytes.length) return undefined;
  if (bytes[end] !== NUL) throw new MalformedFrameError('The body is longer than its content-length');
  return end;
}

function headerOf(line: string, isLiteral: boolean): [name: string, value: string] {
  const colon = line.indexOf(String.fromCharCode(COLON));
  if (colon <= 0) throw new MalformedFrameError('A header must have a name and a colon');
  const [name, value] = [line.slice(0, colon), line.slice(colon + 1)];
  return isLiteral ? [name.trim(), value.trim()] : [unescape(name).trim(), unescape(value).trim()];
}

const ESCAPED: Record<string, string> = { '\\\\': '\\', '\\c': ':', '\\n': '\n', '\\r': '\r' };

function unescape(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(.?)/gs, (sequence) => {
    const meant = ESCAPED[sequence];
    if (meant === undefined) throw new MalformedFrameError('A header has an escape sequence that does not exist');
    return meant;
  });
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Buffer, from: number, to: number): string {
  try {
    return decoder.decode(bytes.subarray(from, to));
  } catch {
    throw new MalformedFrameError('The frame is not UTF-8');
  }
}
