import { createServer, IncomingHttpHeaders, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { createHmac } from 'node:crypto';

export interface ReceivedEvent {
  id: number;
  type: string;
  applicationId: number;
  channelId?: number;
  createdTime: string;
  data: Record<string, any>;
}

/** One delivery as it came in. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  event: ReceivedEvent;
}

/** Answers with a status, or does with the answer what it likes. */
export type Behaviour = (received: Received, answer: ServerResponse) => number | void | Promise<number | void>;

/** An endpoint for webhooks on this machine, with all that it was sent. */
export class Receiver {
  readonly got: Received[] = [];
  behave: Behaviour = () => 200;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      // A sender that was killed may leave half a request behind.
      request.on('error', () => undefined);
      request.on('end', () => {
        const received = { path: request.url!, headers: request.headers, text, event: JSON.parse(text) };
        receiver.got.push(received);
        void Promise.resolve(receiver.behave(received, response)).then((status) => {
          if (typeof status === 'number') response.writeHead(status).end();
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Of what came to this path. */
  events(path: string): ReceivedEvent[] {
    return this.got.filter((received) => received.path === path).map(({ event }) => event);
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

/** Which of the signatures of a delivery are made with this secret. */
export function signaturesBy(secret: string, { headers, text }: Received): boolean[] {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${text}`;
  const expected = `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  return String(headers['webhook-signature'])
    .split(' ')
    .map((signature) => signature === expected);
}
