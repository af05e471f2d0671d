import { isPlain, ServerCommand } from './frame.js';

type Headers = Readonly<Record<string, string | number | undefined>>;

/** A heart-beat. */
export const LINE_END = Buffer.from('\n');

/** The bytes of a frame. */
export function writeFrame(command: ServerCommand, headers: Headers, body?: string): Buffer {
  return new FrameTail(body).after(`${command}\n${headerLines(headers, isPlain(command))}`);
}

/**
 * The end of frames that go to many with the same body, of which only the first headers differ: made once, copied for
 * each.
 */
export class FrameTail {
  private readonly bytes: Buffer;

  constructor(body = '', headers: Headers = {}) {
    const length = Buffer.byteLength(body);
    const head = `${headerLines(headers)}${length > 0 ? `content-length:${length}\n` : ''}\n`;
    this.bytes = Buffer.from(`${head}${body}\0`);
  }

  /** `head`: the command and the headers that differ, each with its line end. */
  after(head: string): Buffer {
    const size = Buffer.byteLength(head);
    const frame = Buffer.allocUnsafe(size + this.bytes.length);
    frame.write(head);
    this.bytes.copy(frame, size);
    return frame;
  }
}

/** Literally, where the protocol has no escapes: in the frames that connect. */
export function headerLines(headers: Headers, isLiteral = false): string {
  let text = '';
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value === undefined) continue;
    text += isLiteral ? `${name}:${oneLine(value)}\n` : `${escape(name)}:${escape(String(value))}\n`;
  }
  return text;
}

/** There is no way to say a line end where nothing is escaped. */
const oneLine = (value: string | number): string => String(value).replace(/[\r\n]/g, ' ');

const ESCAPES: Record<string, string> = { '\\': '\\\\', ':': '\\c', '\n': '\\n', '\r': '\\r' };

function escape(text: string): string {
  return text.replace(/[\\:\n\r]/g, (character) => ESCAPES[character]!);
}
