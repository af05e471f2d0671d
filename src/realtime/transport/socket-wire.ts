import { WebSocket } from 'ws';
import { Wire } from '../connections/wire.js';

/** Somebody who does not answer a goodbye is cut off after this time. */
const GOODBYE_MS = 3_000;

/** A connection over a WebSocket, message by message. */
export class SocketWire implements Wire {
  constructor(protected readonly socket: WebSocket) {}

  get buffered(): number {
    return this.socket.bufferedAmount;
  }

  send(frame: Buffer): void {
    // Text, as what can be read; clients take either.
    this.socket.send(frame, { binary: false });
  }

  probe(): void {
    this.socket.ping();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(code: number, reason: string): void {
    // Otherwise the answer would never be read.
    this.socket.resume();
    this.socket.close(code, reason);
    setTimeout(() => this.socket.terminate(), GOODBYE_MS).unref();
  }
}
