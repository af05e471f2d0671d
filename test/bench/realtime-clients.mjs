/** Holds connections, and counts what arrives over them. */
import { openSocket } from './realtime-socket.mjs';

const AT_ONCE = 50;
/** Stands in messages around the time when they were sent, and nowhere else. */
const MARK = '@'.charCodeAt(0);

const sockets = [];
let arrived = 0;
let expected = Infinity;
let delays = [];

process.on('message', (question) => {
  if (question.open) answered(open(question.open));
  else if (question.expect) expect(question.expect);
  else if (question.pace) answered(pace(question.pace));
  else if (question.delays) {
    delays.sort((a, b) => a - b);
    process.send({ p50: delays[delays.length >> 1], p99: delays[Math.floor(delays.length * 0.99)] });
    delays = [];
  }
});

function answered(work) {
  work.then(
    () => process.send({ done: true }),
    (error) => process.send({ error: String(error) }),
  );
}

function expect(count) {
  expected = count;
  if (arrived >= expected) answerArrival();
}

function answerArrival() {
  arrived -= expected;
  expected = Infinity;
  process.send({ arrived: true });
}

/** Several at a time, each as soon as another one is ready. */
async function open(addresses) {
  const waiting = addresses.values();
  const one = async () => {
    for (const address of waiting) sockets.push(await connect(address));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/** The first one sends, so many times a second, and waits until it has all arrived. */
async function pace({ perSecond, seconds, before, after }) {
  const startedAt = performance.now();
  const count = perSecond * seconds;
  const whole = new Promise((resolve) => {
    const check = setInterval(() => {
      if (delays.length < count * sockets.length) return;
      clearInterval(check);
      resolve();
    }, 10);
  });
  for (let sent = 0; sent < count; sent++) {
    const early = startedAt + (sent * 1_000) / perSecond - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    sockets[0].send(before + String(now()).padEnd(20, '0') + after);
  }
  await whole;
}

const now = () => performance.timeOrigin + performance.now();

/** To ours as the published SDKs do; to the bare server there is nothing to say. */
function connect({ url, user, isSession, topics = [] }) {
  return new Promise((resolve, reject) => {
    const socket = openSocket(url, user && 'v12.stomp', {
      opened: () => (user ? void begin().then(() => resolve(socket), reject) : resolve(socket)),
      receive,
      failed: reject,
    });
    const answers = new Map();
    let ids = 0;

    function receive(bytes, from, to) {
      const mark = bytes.indexOf(MARK, from);
      if (mark >= 0 && mark < to) return receiveMarked(bytes, mark);
      // Everything else that is told, such as who has come, is let pass.
      if (answers.size === 0) return;
      const text = bytes.utf8Slice(from, to);
      if (text.startsWith('ERROR')) return reject(new Error(text));
      const id = text.startsWith('CONNECTED') ? 'connected' : /^(?:receipt-id|subscription):(.+)$/m.exec(text)?.[1];
      answers.get(id)?.(text.slice(text.indexOf('\n\n') + 2, -1));
      answers.delete(id);
    }

    const answer = (id) => new Promise((resolve) => answers.set(id, resolve));

    function relay(destination) {
      const id = `relay-${++ids}`;
      socket.send(`SUBSCRIBE\nid:${id}\ndestination:${destination}\n\n\0`);
      return answer(id);
    }

    function listen(destination) {
      const id = `topic-${++ids}`;
      socket.send(`SUBSCRIBE\nid:${id}\nreceipt:${id}\nack:client-individual\ndestination:${destination}\n\n\0`);
      return answer(id);
    }

    async function begin() {
      socket.send(`CONNECT\nStompX-User:${user}\naccept-version:1.2\nheart-beat:0,0\n\n\0`);
      await answer('connected');
      if (isSession) await beginSession();
      for (const topic of topics) await listen(topic);
    }

    async function beginSession() {
      const current = relay('/application/v1/user.relay');
      socket.send('SUBSCRIBE\nid:errors\ndestination:/user/queue/v1/errors\n\n\0');
      await relay('/application/v1/user.write_file_access_grant.relay');
      await relay('/application/v1/user.read_file_access_grant.relay');
      const { resource } = JSON.parse(await current);
      await Promise.all(USER_TOPICS.map((key) => listen(resource._topics[key])));
    }
  });
}

const USER_TOPICS = [
  'self',
  'channels',
  'messages',
  'notifications',
  'contacts',
  'participants',
  'users',
  'reactions',
  'threads',
  'calls',
];

function receiveMarked(bytes, at) {
  delays.push(now() - Number(bytes.latin1Slice(at + 1, at + 21)));
  arrived++;
  if (arrived >= expected) answerArrival();
}
