import { IncomingMessage, ServerResponse } from 'node:http';
import { ServerHttp2Session } from 'node:http2';
import { Server, Socket } from 'node:net';
import { Server as TlsServer, TLSSocket } from 'node:tls';

/** How often to look which connections have nothing in flight any more. */
const SWEEP_MS = 50;

/**
 * Knows which connections have a request in flight. A server that ends waits for all its connections, and Node closes
 * those only that are idle at that moment: neither those that become so later, nor those that were never used.
 */
export class Connections {
  /** Those that speak HTTP/1.1, with the number of requests in flight. */
  private readonly sockets = new Map<Socket, number>();
  private readonly sessions = new Set<ServerHttp2Session>();

  constructor(private readonly server: Server) {
    const connection = server instanceof TlsServer ? 'secureConnection' : 'connection';
    server.on(connection, (socket: Socket | TLSSocket) => {
      if (!('alpnProtocol' in socket && socket.alpnProtocol === 'h2')) this.add(socket);
    });
    server.on('session', (session: ServerHttp2Session) => {
      this.sessions.add(session);
      session.once('close', () => this.sessions.delete(session));
    });
    server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
      this.count(socket, 1);
      response.once('close', () => this.count(socket, -1));
    });
  }

  /** From the moment when the server takes no new ones: closes each as soon as nothing is in flight on it. */
  closeWhenIdle(): void {
    setInterval(() => {
      if (!this.server.listening) this.sweep();
    }, SWEEP_MS).unref();
  }

  private sweep(): void {
    for (const [socket, requests] of this.sockets) if (requests === 0) socket.destroy();
    // They finish by themselves what is in flight.
    for (const session of this.sessions) if (!session.closed) session.close();
  }

  private add(socket: Socket): void {
    this.sockets.set(socket, 0);
    socket.once('close', () => this.sockets.delete(socket));
  }

  private count(socket: Socket, change: number): void {
    const requests = this.sockets.get(socket);
    if (requests !== undefined) this.sockets.set(socket, requests + change);
  }
}
