/**
 * A `ws` server that does nothing else: it sends what it is told to all of its sockets, and what one of them sends to all
 * of them.
 */
import { WebSocketServer } from 'ws';
import './realtime-probe.mjs';

let server;

process.on('message', ({ listen, send }) => {
  if (listen) {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, backlog: 4_096 });
    server.once('listening', () => process.send({ port: server.address().port }));
    server.on('connection', (socket) => socket.on('message', (text) => toAll(text)));
  } else if (send) {
    toAll(Buffer.from(send));
    process.send({ sent: true });
  }
});

function toAll(text) {
  for (const socket of server.clients) socket.send(text, { binary: false });
}
