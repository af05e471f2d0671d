import { randomBytes } from 'node:crypto';
import { Frame, ServerCommand } from '../stomp/frame.js';
import { FrameReader } from '../stomp/frame-reader.js';
import { LINE_END, writeFrame } from '../stomp/frame-writer.js';
import { Caller } from './caller.js';
import { FrameRate } from './frame-rate.js';
import { CLOSE, Wire } from './wire.js';

/** Frames that wait their turn; with more, nothing is read until they are fewer. */
const INBOX_MAX = 100;

export interface ConnectionLimits {
  /** The most that a frame may have. */
  frameBytes: number;
  /** What may wait to be sent to somebody who reads slowly. */
  bufferedBytes: number;
  /** How often it may read or do something; 0 for no limit. */
  requestsPerSecond: number;
}

/** What happens with the frames of a connection, and when it ends. */
export interface ConnectionHandler {
  /** The next frame is handed over when this one is done. */
  handle(connection: Connection, frame: Frame): Promise<void>;
  /** Something that is no frame came. */
  reject(connection: Connection, error: unknown): void;
  ended(connection: Connection): void;
}

/**
 * One app of one user, connected. Its frames are dealt with one after the other; what it is sent is bounded by what its
 * network takes.
 */
export class Connection {
  /** Names it in the log of events. */
  readonly id = randomBytes(9).toString('base64url');
  /** Known from the CONNECT frame on. */
  caller: Caller | undefined;
  lastReceivedTime = Date.now();
  lastSentTime = Date.now();
  /** It did not take what it was sent. */
  isSlow = false;
  /** It has ended its session itself, and does not come back. */
  hasLeft = false;
  /** The client wants to hear of this server at least so often; 0 if it does not care. */
  heartBeatMs = 0;
  readonly rate: FrameRate;
  private readonly reader: FrameReader;
  private readonly inbox: Frame[] = [];
  private working: Promise<void> | undefined;
  private isPaused = false;
  private isOpen = true;

  constructor(
    private readonly wire: Wire,
    /** What stood in the address: the public key of an application. */
    readonly apiKey: string,
    private readonly limits: ConnectionLimits,
    private readonly handler: ConnectionHandler,
  ) {
    this.rate = new FrameRate(limits.requestsPerSecond);
    this.reader = new FrameReader(limits.frameBytes);
  }

  get open(): boolean {
    return this.isOpen;
  }

  /** `unwrap`: takes off what stands around the bytes of frames. */
  receive(message: Buffer, unwrap: (message: Buffer) => Buffer[]): void {
    this.lastReceivedTime = Date.now();
    if (!this.isOpen) return;
    try {
      for (const bytes of unwrap(message)) this.inbox.push(...this.reader.read(bytes));
    } catch (error) {
      this.handler.reject(this, error);
      return;
    }
    if (this.inbox.length > INBOX_MAX && !this.isPaused) {
      this.isPaused = true;
      this.wire.pause();
    }
    if (this.inbox.length > 0) this.working ??= this.work().finally(() => (this.working = undefined));
  }

  /** Its other side has answered below the level of frames. */
  alive(): void {
    this.lastReceivedTime = Date.now();
  }

  send(command: ServerCommand, headers: Record<string, string | number | undefined>, body?: string): void {
    this.sendBytes(writeFrame(command, headers, body));
  }

  sendBytes(frame: Buffer): void {
    if (!this.isOpen) return;
    if (this.wire.buffered + frame.length > this.limits.bufferedBytes) {
      this.isSlow = true;
      this.close(CLOSE.tooSlow, 'too slow');
      return;
    }
    this.lastSentTime = Date.now();
    this.wire.send(frame);
  }

  beat(): void {
    this.sendBytes(LINE_END);
  }

  probe(): void {
    if (this.isOpen) this.wire.probe();
  }

  /** What has been sent before still arrives. */
  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    this.end();
    this.wire.close(code, reason);
  }

  /** The other side has gone. */
  closed(): void {
    this.end();
  }

  /** Once nothing is being done for this connection any more. */
  async settled(): Promise<void> {
    await this.working;
  }

  private end(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.inbox.length = 0;
    this.handler.ended(this);
  }

  private async work(): Promise<void> {
    for (let frame = this.inbox.shift(); frame && this.isOpen; frame = this.inbox.shift()) {
      await this.handler.handle(this, frame);
      if (this.isPaused && this.inbox.length <= INBOX_MAX / 2 && this.isOpen) {
        this.isPaused = false;
        this.wire.resume();
      }
    }
  }
}
