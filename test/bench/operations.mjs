import { randomBytes } from 'node:crypto';

const BODY = 'A message of ordinary length, about as long as what people write to each other most of the time, twice.';
const SIZE = 25;
/** How far `next` is followed before a walk begins again, so that it stays about where it started. */
const WALK_PAGES = 100;
const NEXT_LINK = /"next":\{"href":"([^"]+)"/;

// Names and keys of one run are never those of another on the same data set.
const RUN = randomBytes(4).toString('hex');
let made = 0;

/** A whole number from 1 to `count`. */
const any = (count) => 1 + Math.floor(Math.random() * count);

/**
 * What is measured. `of(data)` answers what makes the requests of the operation: `next()` is one request, `read(body)`
 * sees each answer, `ask(request)` gets an answer beforehand. A `walker` cannot have several requests under way. Other
 * servers do not answer those that are `ours` alone.
 */
export const OPERATIONS = {
  send: { title: 'send a message', of: (data) => ({ next: () => sending(data, any(data.channels)) }) },
  idempotent: {
    title: 'send a message with an Idempotency-Key',
    ours: true,
    of: (data) => ({
      next: () => ({ ...sending(data, any(data.channels)), headers: { 'Idempotency-Key': `${RUN}-${++made}` } }),
    }),
  },
  hot: { title: 'send, all into one channel', of: (data) => ({ next: () => sending(data, data.hotChannel) }) },
  list: { title: 'list 25 messages', of: (data) => ({ next: () => listing(data, any(data.channels)) }) },
  short: {
    title: (data) => `list 25 messages of a channel of ${thousands(data.messages / data.channels)}`,
    of: (data) => ({ next: () => listing(data, data.shortChannel) }),
  },
  long: {
    title: (data) => `list 25 messages of a channel of ${thousands(data.longChannel)}`,
    ours: true,
    isThere: (data) => data.longChannel > 0,
    of: (data) => ({ next: () => listing(data, data.longChannelId) }),
  },
  all: { title: 'list 25 messages of all', of: (data) => searching(data) },
  ...Object.fromEntries(
    Object.entries({
      searchRare: ['zephyrine', 'that one in 100,000 has'],
      searchMiddling: ['quokka', 'that one in 1,000 has'],
      searchCommon: ['The', 'that all have'],
      searchPhrase: ['under the clock', 'of ordinary words'],
      searchCjk: ['天気', 'of two characters of Japanese'],
      searchShort: ['qz', 'of two letters that one in 100,000 has'],
      searchNone: ['the moat', 'that none has'],
      searchParts: ['we tickets there', 'that none has, but most have all parts of it'],
    }).map(([name, [text, what]]) => [
      name,
      { title: `search for a text ${what}`, ours: true, of: (data) => searching(data, text) },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries({
      searchChannel: ['quokka', 'that one in 1,000 has'],
      searchChannelCommon: ['The', 'that all have'],
      searchChannelParts: ['we tickets there', 'that none has, but most have all parts of it'],
    }).map(([name, [text, what]]) => [
      name,
      {
        title: `search a channel for a text ${what}`,
        ours: true,
        of: (data) => ({ next: () => searchIn(data, any(data.channels), text) }),
      },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries({
      searchLong: ['quokka', 'that one in 1,000 has'],
      searchLongRare: ['zephyrine', 'that one in 100,000 has'],
      searchLongNone: ['the moat', 'that none has'],
    }).map(([name, [text, what]]) => [
      name,
      {
        title: (data) => `search a channel of ${thousands(data.longChannel)} for a text ${what}`,
        ours: true,
        isThere: (data) => data.longChannel > 0,
        of: (data) => ({ next: () => searchIn(data, data.longChannelId, text) }),
      },
    ]),
  ),
  user: {
    title: 'retrieve a user',
    of: (data) => ({ next: () => get(`/v1/users/${any(data.users)}`, data.tokens.main) }),
  },
  create: { title: 'create a user', of: (data) => ({ next: () => creating(data) }) },
  users0: { title: (data) => `users, page 0 of ${thousands(data.bigUsers)}`, of: (data) => page(data, () => 0) },
  usersN: { title: (data) => `users, page ${thousands(deepPage(data))}`, of: (data) => page(data, deepPage) },
  walk0: { title: 'walk `next` from page 0', ours: true, walker: true, of: (data, ask) => walk(data, 0, ask) },
  walkN: {
    title: (data) => `walk \`next\` from page ${thousands(deepPage(data))}`,
    ours: true,
    walker: true,
    of: (data, ask) => walk(data, deepPage(data) - 1, ask),
  },
};

/** What a server has to do all at once in ordinary use. */
export function mixture(data) {
  const shares = { send: 3, idempotent: 1, list: 3, user: 2, create: 1 };
  const parts = Object.entries(shares).flatMap(([name, share]) => Array(share).fill(OPERATIONS[name].of(data)));
  return { next: () => parts[any(parts.length) - 1].next() };
}

const sending = (data, channel) => ({
  method: 'POST',
  path: `/v1/channels/${channel}/messages`,
  token: data.tokens.main,
  body: JSON.stringify({ type: 'TEXT', body: BODY, user: { username: `user-${any(data.senders)}` } }),
});

const creating = (data) => ({
  method: 'POST',
  path: '/v1/users',
  token: data.tokens.main,
  body: JSON.stringify({ name: `new-${RUN}-${++made}`, displayName: `New Person ${made}`, isGuest: false }),
});

const get = (path, token) => ({ method: 'GET', path, token });
const listing = (data, channel) => get(`/v1/channels/${channel}/messages?size=${SIZE}`, data.tokens.main);
const searching = (data, text) => ({
  next: () => get(`/v1/messages?size=${SIZE}${text ? `&query=${encodeURIComponent(text)}` : ''}`, data.tokens.main),
});
const searchIn = (data, channel, text) =>
  get(`/v1/channels/${channel}/messages?size=${SIZE}&query=${encodeURIComponent(text)}`, data.tokens.main);
const userPage = (data, number) => get(`/v1/users?page=${number}&size=${SIZE}`, data.tokens.big);
const page = (data, which) => ({ next: () => userPage(data, which(data)) });

/** Three quarters down the list: page 30,000 of a million users. */
const deepPage = (data) => Math.floor((data.bigUsers / SIZE) * 0.75);

/** Follows `next`, page after page, from the link that the numbered page `from` carries. */
async function walk(data, from, ask) {
  const start = userPage(data, from);
  const first = nextOf(await ask(start));
  let path = first;
  let pages = 0;
  return {
    next: () => ({ ...start, path }),
    read(body) {
      pages = (pages + 1) % WALK_PAGES;
      path = (pages > 0 && nextOf(body)) || first;
    },
  };
}

function nextOf(body) {
  const link = NEXT_LINK.exec(body)?.[1];
  return link && pathOf(link);
}

function pathOf(link) {
  const { pathname, search } = new URL(link);
  return pathname + search;
}

export const thousands = (number) => Math.round(number).toLocaleString('en-US');
