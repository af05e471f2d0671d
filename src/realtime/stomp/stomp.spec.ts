import { describe, expect, it } from '@jest/globals';
import { Parser, IRawFrameType } from '@stomp/stompjs';
import fc from 'fast-check';
import { CLIENT_COMMANDS, isPlain, MalformedFrameError } from './frame.js';
import { FrameReader, HEADERS_MAX, PIECES_MAX } from './frame-reader.js';
import { FrameTail, headerLines, writeFrame } from './frame-writer.js';

const MAX = 100_000;
const read = (...messages: (string | Buffer)[]) => {
  const reader = new FrameReader(MAX);
  return messages.flatMap((message) => reader.read(Buffer.from(message as string)));
};

/** What a client may have to say: anything without the spaces around, which are not kept. */
const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((value) => value.replaceAll('\0', '').trim());
const name = text.filter((value) => value !== '' && value !== 'content-length');
const body = fc.string({ unit: 'binary', maxLength: 50 }).map((value) => value.toWellFormed());
const command = fc.constantFrom(...CLIENT_COMMANDS.filter((given) => !isPlain(given)));
const frame = fc.record({ command, headers: fc.array(fc.tuple(name, text), { maxLength: 5 }), body });

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll(':', '\\c').replaceAll('\n', '\\n').replaceAll('\r', '\\r');

/** A frame as clients write it. */
function written({ command, headers, body }: { command: string; headers: [string, string][]; body: string }): string {
  const lines = headers.map(([key, value]) => `${escaped(key)}:${escaped(value)}\n`).join('');
  return `${command}\n${lines}content-length:${Buffer.byteLength(body)}\n\n${body}\0`;
}

describe('frames of clients', () => {
  it('are read as they were meant, however they are cut up', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 5 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
        (all, cuts) => {
          const bytes = Buffer.from(all.map((one) => `\n${written(one)}\r\n`).join(''));
          const reader = new FrameReader(MAX);
          const found: ReturnType<FrameReader['read']> = [];
          for (let at = 0; at < bytes.length;) {
            const size = cuts.next().value as number;
            found.push(...reader.read(bytes.subarray(at, at + size)));
            at += size;
          }
          expect(found.map((one) => [one.command, one.body])).toEqual(all.map((one) => [one.command, one.body]));
          found.forEach(({ headers }, at) => {
            // Of a repeated header the first one counts.
            for (const [key, value] of new Map([...all[at]!.headers].reverse())) expect(headers.get(key)).toBe(value);
          });
        },
      ),
    );
  });

  it('need neither a length nor a body', () => {
    const [disconnect] = read('DISCONNECT\r\nreceipt:close-1\r\n\r\n\0');
    expect(disconnect).toMatchObject({ command: 'DISCONNECT', body: '' });
    expect(disconnect!.headers.get('receipt')).toBe('close-1');
    expect(read('SEND\n\nno length\0\n')[0]!.body).toBe('no length');
  });

  it('say the values of CONNECT as they are', () => {
    const [connect] = read('CONNECT\nStompX-User:a:b\\c\naccept-version:1.2\n\n\0');
    expect(connect!.headers.get('StompX-User')).toBe('a:b\\c');
  });

  it('may be nothing but signs of life', () => {
    expect(read('\n', '\r\n', '\n\n')).toEqual([]);
  });

  it.each([
    ['an unknown command', 'GET / HTTP/1.1\n\n\0'],
    ['no command', '\0'],
    ['a header without a colon', 'SEND\nnothing\n\n\0'],
    ['a header without a name', 'SEND\n:value\n\n\0'],
    ['an unknown escape', 'SEND\na:\\t\n\n\0'],
    ['an escape cut off', 'SEND\na:b\\\n\n\0'],
    ['headers without an end', 'SEND\na:b\0'],
    ['a length that is none', 'SEND\ncontent-length:-1\n\nbody\0'],
    ['a length that is too short', 'SEND\ncontent-length:2\n\nbody\0'],
    ['a length over the limit', `SEND\ncontent-length:${MAX + 1}\n\n`],
    ['too many headers', `SEND\n${'a:b\n'.repeat(HEADERS_MAX + 1)}\n\0`],
    ['bytes that are no UTF-8', Buffer.from([0x53, 0x45, 0x4e, 0x44, 0x0a, 0x0a, 0xff, 0x00])],
    ['an endless line', 'S'.repeat(MAX + 1)],
  ])('are refused with %s', (_what, message) => {
    expect(() => read(message)).toThrow(MalformedFrameError);
  });

  it('are refused in crumbs', () => {
    const reader = new FrameReader(MAX);
    reader.read(Buffer.from('SEND\n\n'));
    expect(() => {
      for (let count = 0; count <= PIECES_MAX; count++) reader.read(Buffer.from('x'));
    }).toThrow(MalformedFrameError);
  });

  it('never bring anything but frames or a refusal', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), (messages) => {
        const reader = new FrameReader(MAX);
        try {
          for (const message of messages)
            for (const found of reader.read(Buffer.from(message))) expect(found.command).toBeTruthy();
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedFrameError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('frames of this server', () => {
  const parse = (bytes: Buffer): IRawFrameType[] => {
    const found: IRawFrameType[] = [];
    new Parser(
      (raw) => found.push(raw),
      () => undefined,
    ).parseChunk(new Uint8Array(bytes).buffer, false);
    return found;
  };
  // The client's way to undo escapes goes wrong where a backslash stands before some letters.
  const simple = text.map((value) => value.replaceAll('\\', ''));
  const unescaped = (value: string): string =>
    value.replaceAll('\\c', ':').replaceAll('\\n', '\n').replaceAll('\\r', '\r');

  it('are understood by the published client, to the byte', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z-]{1,10}$/), simple), body, (headers, content) => {
        const { 'content-length': _, ...others } = headers;
        const found = parse(Buffer.concat([writeFrame('MESSAGE', others, content), writeFrame('RECEIPT', {})]));
        expect(found.map((raw) => raw.command)).toEqual(['MESSAGE', 'RECEIPT']);
        expect(Buffer.from(found[0]!.binaryBody!).toString()).toBe(content);
        const got = new Map(found[0]!.headers.map(([key, value]) => [key, unescaped(value)]));
        for (const [key, value] of Object.entries(others)) expect(got.get(key)).toBe(value);
      }),
    );
  });

  it('may share their end', () => {
    const tail = new FrameTail('{"ä":1}', { 'content-type': 'application/json' });
    expect(tail.after(`MESSAGE\n${headerLines({ subscription: 'a', 'receipt-id': undefined })}`).toString()).toBe(
      'MESSAGE\nsubscription:a\ncontent-type:application/json\ncontent-length:8\n\n{"ä":1}\0',
    );
  });

  it('do not escape what they say to CONNECT', () => {
    expect(writeFrame('CONNECTED', { 'user-name': 'a:b\nc' }).toString()).toBe('CONNECTED\nuser-name:a:b c\n\n\0');
  });
});
