/** A `ws` server that sends one text to all of its sockets, with nothing else to do. */
import { WebSocketServer } from 'ws';

let server;

process.on('message', ({ listen, send }) => {
  if (listen) {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, backlog: 4_096 });
    server.once('listening', () => process.send({ port: server.address().port }));
  } else {
    for (const socket of server.clients) socket.send(send);
    process.send({ sent: true });
  }
});
