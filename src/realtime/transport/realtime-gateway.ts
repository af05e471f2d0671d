import { IncomingMessage, Server } from 'node:http';
import { Duplex } from 'node:stream';
import { BeforeApplicationShutdown, Injectable, OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { RawData, WebSocket, WebSocketServer } from 'ws';
import { Config } from '../../config/config.js';
import { ChatSessions } from '../connections/chat-sessions.js';
import { Connection } from '../connections/connection.js';
import { Connections } from '../connections/connections.js';
import { FrameHandler } from '../connections/frame-handler.js';
import { UserSessions } from '../connections/user-sessions.js';
import { CLOSE, Wire } from '../connections/wire.js';
import { SockJsWire, unwrapSockJs } from './sockjs-wire.js';
import { SocketWire } from './socket-wire.js';

/** Where the published clients connect: those of the web and of iOS, those of Android. */
const PATHS = new Set(['/rtm/websocket', '/stompx/websocket']);
/** Where SockJS does: `/rtm/{server}/{session}/websocket`. */
const SOCKJS_PATH = /^\/rtm\/[^/.]+\/[^/.]+\/websocket$/;
const PROTOCOL = 'v12.stomp';

/** Takes the connections of end users' apps on the port of the REST API. */
@Injectable()
export class RealtimeGateway implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly sockets: WebSocketServer;
  private isStopped = false;

  constructor(
    private readonly config: Config,
    private readonly adapter: HttpAdapterHost,
    private readonly connections: Connections,
    private readonly frames: FrameHandler,
    private readonly chatSessions: ChatSessions,
    private readonly userSessions: UserSessions,
  ) {
    this.sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: config.realtime.frameBytes,
      // Compression would cost each connection more memory than the messages of a chat take.
      perMessageDeflate: false,
      handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
    });
  }

  onApplicationBootstrap(): void {
    const server = this.adapter.httpAdapter.getHttpServer() as Server;
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  /** Before anything else ends: what the connections have asked for is finished, their sessions are left. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    this.userSessions.stop();
    this.chatSessions.stop();
    await this.connections.closeAll();
    await this.frames.settled();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const [path = '', query] = (request.url ?? '').split('?', 2);
    const isSockJs = SOCKJS_PATH.test(path);
    if (this.isStopped) return refuse(socket, '503 Service Unavailable');
    if (!isSockJs && !PATHS.has(path)) return refuse(socket, '404 Not Found');
    const apiKey = new URLSearchParams(query).get('api-key') ?? '';
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (isSockJs) this.acceptSockJs(webSocket, apiKey);
      else this.accept(webSocket, new SocketWire(webSocket), apiKey, (message) => [message]);
    });
  }

  private acceptSockJs(socket: WebSocket, apiKey: string): void {
    const wire = new SockJsWire(socket);
    this.accept(socket, wire, apiKey, unwrapSockJs);
    wire.open();
  }

  private accept(socket: WebSocket, wire: Wire, apiKey: string, unwrap: (message: Buffer) => Buffer[]): void {
    const connection = new Connection(wire, apiKey, this.config.realtime, this.frames);
    this.connections.add(connection);
    socket.on('message', (data: RawData) => connection.receive(data as Buffer, unwrap));
    socket.on('pong', () => connection.alive());
    socket.on('close', () => connection.closed());
    // What it was is told by the close that follows.
    socket.on('error', () => connection.close(CLOSE.refused, 'error'));
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
