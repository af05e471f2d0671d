/**
 * The client's end of a WebSocket, as thin as can be, since what clients do counts on both sides of a comparison: it takes
 * whole messages without masks or extensions, and masks with zeros.
 */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const HEAD_END = '\r\n\r\n';
const TEXT = 0x1;
const PING = 0x9;
const PONG = 0xa;

/** Calls `receive` with the content of each message; `failed` if the connection ends. */
export function openSocket(url, protocol, { opened, receive, failed }) {
  const { hostname, port, pathname, search } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let rest = Buffer.alloc(0);
  let isOpen = false;
  socket.once('error', failed);
  socket.once('close', () => failed(new Error('The connection was closed')));
  socket.once('connect', () =>
    socket.write(
      [
        `GET ${pathname}${search} HTTP/1.1`,
        `Host: ${hostname}:${port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        ...(protocol ? [`Sec-WebSocket-Protocol: ${protocol}`] : []),
      ].join('\r\n') + HEAD_END,
    ),
  );
  socket.on('data', (data) => {
    rest = rest.length > 0 ? Buffer.concat([rest, data]) : data;
    if (!isOpen) {
      const end = rest.indexOf(HEAD_END);
      if (end < 0) return;
      if (!rest.latin1Slice(0, end).startsWith('HTTP/1.1 101')) return void socket.destroy();
      rest = rest.subarray(end + HEAD_END.length);
      isOpen = true;
      opened();
    }
    rest = rest.subarray(takeMessages(rest));
  });

  function takeMessages(bytes) {
    let at = 0;
    while (bytes.length - at >= 2) {
      const short = bytes[at + 1];
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (bytes.length - at < head) break;
      const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6);
      const end = at + head + length;
      if (bytes.length < end) break;
      const kind = bytes[at] & 0xf;
      if (kind === TEXT) receive(bytes, at + head, end);
      else if (kind === PING) write(PONG, bytes.subarray(at + head, end));
      at = end;
    }
    return at;
  }

  function write(kind, content) {
    const length = content.length;
    const head = Buffer.alloc(length < 126 ? 6 : 8);
    head[0] = 0x80 | kind;
    head[1] = 0x80 | (length < 126 ? length : 126);
    if (length >= 126) head.writeUInt16BE(length, 2);
    socket.write(Buffer.concat([head, content]));
  }

  return { send: (text) => write(TEXT, Buffer.from(text)) };
}
