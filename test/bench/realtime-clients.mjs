/** Holds connections, and counts what arrives over them. */
import { WebSocket } from 'ws';

const AT_ONCE = 50;
const MARK = /@(\d+\.?\d*)0*@/;

let arrived = 0;
let expected = Infinity;
let delays = [];

process.on('message', (question) => {
  if (question.open)
    open(question.open).then(
      () => process.send({ open: true }),
      (error) => process.send({ error: String(error) }),
    );
  else if (question.expect) expect(question.expect);
  else if (question.forget) {
    delays = [];
    process.send({ forgotten: true });
  } else {
    delays.sort((a, b) => a - b);
    process.send({ p50: delays[delays.length >> 1], p99: delays[Math.floor(delays.length * 0.99)] });
  }
});

function expect(count) {
  expected = count;
  if (arrived >= expected) answer();
}

function answer() {
  arrived -= expected;
  expected = Infinity;
  process.send({ arrived: true });
}

async function open(addresses) {
  for (let at = 0; at < addresses.length; at += AT_ONCE)
    await Promise.all(addresses.slice(at, at + AT_ONCE).map(connect));
}

function connect({ url, user, topic }) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, topic ? 'v12.stomp' : [], { perMessageDeflate: false, skipUTF8Validation: true });
    socket.once('error', reject);
    socket.on('message', (data) => {
      const text = data.latin1Slice();
      if (text.startsWith('CONNECTED')) subscribe(socket, 1, topic);
      else if (text.startsWith('RECEIPT\nreceipt-id:1')) subscribe(socket, 2, `${topic}.messages`);
      else if (text.startsWith('RECEIPT')) resolve();
      else if (text.startsWith('ERROR')) reject(new Error(text));
      else receive(text);
    });
    socket.once('open', () => {
      if (topic) socket.send(`CONNECT\nStompX-User:${user}\naccept-version:1.2\nheart-beat:0,0\n\n\0`);
      else resolve();
    });
  });
}

function subscribe(socket, id, destination) {
  socket.send(`SUBSCRIBE\nid:${id}\nreceipt:${id}\nack:client-individual\ndestination:${destination}\n\n\0`);
}

function receive(text) {
  const mark = MARK.exec(text);
  if (mark) delays.push(performance.timeOrigin + performance.now() - Number(mark[1]));
  arrived++;
  if (arrived >= expected) answer();
}
