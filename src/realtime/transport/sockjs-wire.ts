import { MalformedFrameError } from '../stomp/frame.js';
import { SocketWire } from './socket-wire.js';

const OPEN = 'o';
/** The code of SockJS for a server that ends a session. */
const GO_AWAY = 3000;

/** A connection in the frames of SockJS, which clients speak where their environment has no WebSocket of its own. */
export class SockJsWire extends SocketWire {
  open(): void {
    this.socket.send(OPEN);
  }

  override send(frame: Buffer): void {
    this.socket.send(`a${JSON.stringify([frame.toString()])}`);
  }

  override close(code: number, reason: string): void {
    this.socket.send(`c${JSON.stringify([GO_AWAY, reason])}`);
    super.close(code, reason);
  }
}

/** What a client has sent: texts in an array, or one by itself. */
export function unwrapSockJs(message: Buffer): Buffer[] {
  if (message.length === 0) return [];
  let content: unknown;
  try {
    content = JSON.parse(message.toString());
  } catch {
    throw new MalformedFrameError('A message of SockJS is a JSON array of texts');
  }
  const texts: unknown[] = Array.isArray(content) ? content : [content];
  return texts.map((text) => {
    if (typeof text !== 'string') throw new MalformedFrameError('A message of SockJS holds texts only');
    return Buffer.from(text);
  });
}
