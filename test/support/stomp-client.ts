import { once } from 'node:events';
import { IRawFrameType, Parser } from '@stomp/stompjs';
import { WebSocket } from 'ws';
import { until } from './wait.js';

/** A frame as the server sent it. */
export interface ServerFrame {
  command: string;
  headers: Record<string, string>;
  body: any;
}

/** Speaks to the realtime gateway frame by frame, for what the published SDKs never do. */
export class StompClient {
  readonly frames: ServerFrame[] = [];
  pings = 0;
  private count = 0;
  private readonly parser = new Parser(
    (raw) => this.frames.push(toFrame(raw)),
    () => undefined,
  );

  private constructor(readonly socket: WebSocket) {
    socket.binaryType = 'arraybuffer';
    socket.on('message', (data: ArrayBuffer | Buffer) => this.parser.parseChunk(new Uint8Array(data).buffer, false));
    socket.on('ping', () => this.pings++);
    socket.on('error', () => undefined);
  }

  static async open(url: string, key: string, path = '/rtm/websocket'): Promise<StompClient> {
    const address = `${url.replace('http', 'ws')}${path}?api-key=${encodeURIComponent(key)}`;
    const socket = new WebSocket(address, ['v12.stomp']);
    const client = new StompClient(socket);
    await once(socket, 'open');
    return client;
  }

  /** Connects in the name of a user, and asks to be told of errors. */
  static async signedIn(url: string, key: string, username: string): Promise<StompClient> {
    const client = await StompClient.open(url, key);
    client.send('CONNECT', { 'StompX-User': username, 'accept-version': '1.2', 'heart-beat': '0,0' });
    await client.frame('CONNECTED');
    client.send('SUBSCRIBE', { id: 'errors', destination: '/user/queue/v1/errors' });
    return client;
  }

  write(text: string | Buffer): void {
    this.socket.send(text);
  }

  send(command: string, headers: Record<string, string>, body = ''): void {
    this.write(frame(command, headers, body));
  }

  /** Reads a resource; an error if it is refused. */
  async relay(destination: string, parameters: Record<string, string> = {}): Promise<any> {
    const id = `relay-${++this.count}`;
    this.send('SUBSCRIBE', { id, destination, ...parameters });
    const { body } = await this.find((one) => one.headers.subscription === id || one.headers['subscription-id'] === id);
    return body.resource ?? body;
  }

  /** Listens to a topic from when this returns; the id of the subscription. */
  async listen(destination: string): Promise<string> {
    const id = `topic-${++this.count}`;
    this.send('SUBSCRIBE', { id, destination, receipt: id, ack: 'client-individual' });
    await this.find((one) => one.headers['receipt-id'] === id || one.headers['subscription-id'] === id);
    return id;
  }

  /** The events of a subscription so far. */
  events(subscription: string): any[] {
    return this.frames.filter(({ headers }) => headers.subscription === subscription).map(({ body }) => body);
  }

  frame(command: string): Promise<ServerFrame> {
    return this.find((one) => one.command === command);
  }

  async find(matches: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
    let found: ServerFrame | undefined;
    await until('the frame arrives', () => (found = this.frames.find(matches)) !== undefined);
    return found!;
  }

  get isClosed(): boolean {
    return this.socket.readyState === WebSocket.CLOSED;
  }

  /** Goes without a word. */
  async vanish(): Promise<void> {
    if (this.isClosed) return;
    this.socket.terminate();
    await once(this.socket, 'close');
  }

  async disconnect(): Promise<void> {
    if (this.isClosed) return;
    const closed = once(this.socket, 'close');
    this.send('DISCONNECT', { receipt: 'bye' });
    await closed;
  }
}

export function frame(command: string, headers: Record<string, string>, body = ''): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  return `${command}\n${lines.join('')}${body && `content-length:${Buffer.byteLength(body)}\n`}\n${body}\0`;
}

function toFrame({ command, headers, binaryBody }: IRawFrameType): ServerFrame {
  const text = Buffer.from(binaryBody!).toString();
  return {
    command: command!,
    headers: Object.fromEntries([...headers].reverse()),
    body: text === '' ? undefined : JSON.parse(text),
  };
}
