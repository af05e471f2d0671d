/** What carries the bytes of a connection, whichever way it was made. */
export interface Wire {
  send(frame: Buffer): void;
  /** Bytes that were sent and have not left this machine yet. */
  readonly buffered: number;
  /** Asks the other side to answer, whatever protocol it speaks above. */
  probe(): void;
  /** Lets nothing more come in, until {@link resume}. */
  pause(): void;
  resume(): void;
  /** Says goodbye, and ends without an answer after a while. */
  close(code: number, reason: string): void;
}

/** Why a connection is closed (RFC 6455, 7.4.1). */
export const CLOSE = { normal: 1000, goingAway: 1001, refused: 1008, tooBig: 1009, restarting: 1012, tooSlow: 1013 };
