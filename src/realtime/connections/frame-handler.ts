import { Injectable } from '@nestjs/common';
import { ClientError, ResourceNotFoundError } from '../../errors/api-error.js';
import { RateLimitedError } from '../../limits/rate-limited.error.js';
import { ERROR_QUEUES, parseDestination } from '../destinations/destination.js';
import { Performing } from '../destinations/performing.js';
import { AccessDeniedError, errorBody } from '../errors.js';
import { Frame, MalformedFrameError } from '../stomp/frame.js';
import { Connection, ConnectionHandler } from './connection.js';
import { CLIENT_BEAT_MS, Connections, SERVER_BEAT_MS } from './connections.js';
import { Listening } from './listening.js';
import { SignIn } from './sign-in.js';
import { UserSessions } from './user-sessions.js';
import { CLOSE } from './wire.js';

const VERSION = '1.2';
const SUBSCRIPTIONS_MAX = 500;
const JSON_TYPE = 'application/json';
/** What clients write for a value that they do not have. */
export const ABSENT = 'undefined';

/** What the frames of a client mean. */
@Injectable()
export class FrameHandler implements ConnectionHandler {
  /** The subscriptions by which connections learn of errors. */
  private readonly errorQueues = new WeakMap<Connection, { id: string; destination: string }>();

  private readonly endings = new Set<Promise<void>>();

  constructor(
    private readonly connections: Connections,
    private readonly signIn: SignIn,
    private readonly listening: Listening,
    private readonly performing: Performing,
    private readonly userSessions: UserSessions,
  ) {}

  async handle(connection: Connection, frame: Frame): Promise<void> {
    try {
      if (connection.caller) await this.handleOfCaller(connection, frame);
      else await this.connect(connection, frame);
    } catch (error) {
      this.reject(connection, error);
    }
  }

  /** Nothing that comes after can be relied on, so the connection ends. */
  reject(connection: Connection, error: unknown): void {
    const body = errorBody(error);
    const { message } = JSON.parse(body) as { message: string };
    connection.send('ERROR', { message, 'content-type': JSON_TYPE }, body);
    connection.close(CLOSE.refused, 'refused');
  }

  ended(connection: Connection): void {
    this.connections.remove(connection);
    const { caller, hasLeft } = connection;
    const ending = this.listening.endAll(connection).then(() => {
      if (caller && !hasLeft) this.userSessions.endSoon(caller);
      this.endings.delete(ending);
    });
    this.endings.add(ending);
  }

  /** Once all connections that have gone are cleaned up. */
  async settled(): Promise<void> {
    await Promise.all(this.endings);
  }

  private async connect(connection: Connection, { command, headers }: Frame): Promise<void> {
    if (command !== 'CONNECT' && command !== 'STOMP') throw new AccessDeniedError('The first frame must be CONNECT');
    const versions = (headers.get('accept-version') ?? '').split(',').map((version) => version.trim());
    if (!versions.includes(VERSION)) throw new MalformedFrameError(`Only version ${VERSION} of STOMP is spoken here`);
    const caller = await this.signIn.signIn(connection.apiKey, headers);
    connection.caller = caller;
    if (!connection.open) {
      // Nobody waited for the answer.
      this.userSessions.endSoon(caller);
      return;
    }
    this.connections.signedIn(connection);
    const [, wanted] = (headers.get('heart-beat') ?? '0,0').split(',').map((text) => Number(text) || 0);
    connection.heartBeatMs = wanted ? Math.max(wanted, SERVER_BEAT_MS) : 0;
    connection.send('CONNECTED', {
      version: VERSION,
      session: connection.id,
      'heart-beat': `${SERVER_BEAT_MS},${CLIENT_BEAT_MS}`,
      'user-name': caller.username,
    });
  }

  private async handleOfCaller(connection: Connection, frame: Frame): Promise<void> {
    const { command, headers } = frame;
    switch (command) {
      case 'SUBSCRIBE':
        return this.subscribe(connection, frame);
      case 'UNSUBSCRIBE':
        await this.listening.end(connection, headers.get('id') ?? '');
        return this.receipt(connection, headers);
      case 'SEND':
        return this.send(connection, frame);
      case 'DISCONNECT':
        return this.disconnect(connection, headers);
      // Events are sent once, so that nothing depends on these.
      case 'ACK':
      case 'NACK':
        return this.receipt(connection, headers);
      case 'CONNECT':
      case 'STOMP':
        throw new MalformedFrameError('This connection has been made already');
      case 'BEGIN':
      case 'COMMIT':
      case 'ABORT':
        throw new MalformedFrameError('There are no transactions here');
    }
  }

  private async subscribe(connection: Connection, { headers }: Frame): Promise<void> {
    const [id, address] = [headers.get('id'), headers.get('destination')];
    if (!id || !address) throw new MalformedFrameError('SUBSCRIBE needs the headers id and destination');
    if (ERROR_QUEUES.includes(address)) {
      this.errorQueues.set(connection, { id, destination: address });
      return this.receipt(connection, headers);
    }
    // A resource that lacks a topic leads there. Nobody waits for an answer.
    if (address === ABSENT) return;
    try {
      const destination = parseDestination(address);
      if (!destination || destination.kind === 'action') throw new ResourceNotFoundError();
      if (destination.kind === 'topic') {
        if (this.listening.count(connection) >= SUBSCRIPTIONS_MAX)
          throw ClientError.of('Subscription', 'id', 'unprocessable', `is one of more than ${SUBSCRIPTIONS_MAX}`);
        await this.listening.begin(connection, id, address, destination);
      } else {
        requireRate(connection);
        const body = await this.performing.read(connection, destination, headers);
        const head = { subscription: id, 'message-id': id, destination: address, 'content-type': JSON_TYPE };
        connection.send('MESSAGE', head, body);
      }
      this.receipt(connection, headers);
    } catch (error) {
      this.fail(connection, { 'subscription-id': id }, error);
    }
  }

  private async send(connection: Connection, { headers, body }: Frame): Promise<void> {
    const receipt = headers.get('receipt');
    try {
      const destination = parseDestination(headers.get('destination') ?? '');
      if (destination?.kind !== 'action') throw new ResourceNotFoundError();
      requireRate(connection);
      await this.performing.perform(connection, destination, body, receipt);
      this.receipt(connection, headers);
    } catch (error) {
      this.fail(connection, { 'receipt-id': receipt }, error);
    }
  }

  private async disconnect(connection: Connection, headers: Frame['headers']): Promise<void> {
    connection.hasLeft = true;
    await this.listening.endAll(connection);
    await this.userSessions.end(connection.caller!);
    this.receipt(connection, headers);
    connection.close(CLOSE.normal, 'disconnected');
  }

  private receipt(connection: Connection, headers: Frame['headers']): void {
    const receipt = headers.get('receipt');
    if (receipt !== undefined) connection.send('RECEIPT', { 'receipt-id': receipt });
  }

  /** One without a cause would be taken for the failure of everything that is under way. */
  private fail(connection: Connection, cause: Record<string, string | undefined>, error: unknown): void {
    const body = errorBody(error);
    const queue = this.errorQueues.get(connection);
    if (!queue || Object.values(cause).every((value) => value === undefined)) return;
    const { id: subscription, destination } = queue;
    const head = { subscription, 'message-id': `error-${Date.now()}`, destination, 'content-type': JSON_TYPE };
    connection.send('MESSAGE', { ...head, ...cause }, body);
  }
}

function requireRate({ rate }: Connection): void {
  const waitMs = rate.take();
  if (waitMs > 0) throw new RateLimitedError(waitMs, 'This connection asks too often');
}
