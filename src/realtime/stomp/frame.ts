/** Commands of STOMP 1.2 that a client may send. */
export const CLIENT_COMMANDS = [
  'CONNECT',
  'STOMP',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'SEND',
  'ACK',
  'NACK',
  'BEGIN',
  'COMMIT',
  'ABORT',
  'DISCONNECT',
] as const;
export type ClientCommand = (typeof CLIENT_COMMANDS)[number];
export type ServerCommand = 'CONNECTED' | 'MESSAGE' | 'RECEIPT' | 'ERROR';

/** A frame that a client sent. */
export interface Frame {
  command: ClientCommand;
  /** Of a repeated header the first one. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

/** What was received is no STOMP. Nothing that follows can be understood. */
export class MalformedFrameError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MalformedFrameError';
  }
}

/** In these frames header values are not escaped, so that older versions understand them. */
export const isPlain = (command: string): boolean =>
  command === 'CONNECT' || command === 'CONNECTED' || command === 'STOMP';
