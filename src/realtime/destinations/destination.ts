/*
 * What the hypermedia of resources names, and what clients write back: `/application/v1/channels/7.messages.relay` is
 * read, `/application/v1/channels/7.message` is done, `/topic/v1/channels/7.messages` is listened to. Newer clients
 * leave out the version where they make up an address themselves.
 */

const ROOT = '/application/v1/';
const UNVERSIONED_ROOT = '/application/';
const TOPIC_ROOT = '/topic/v1/';
const RELAY = '.relay';

export const ERROR_QUEUES: readonly string[] = ['/user/queue/v1/errors', '/user/queue/errors'];

/** `channels/7.messages` → the address to read it. */
export const relayAddress = (name: string, query = ''): string => `${ROOT}${name}${RELAY}${query && `?${query}`}`;
export const actionAddress = (name: string): string => `${ROOT}${name}`;
export const topicAddress = (name: string): string => `${TOPIC_ROOT}${name}`;

/** An address, taken apart. */
export interface Destination {
  kind: 'relay' | 'action' | 'topic';
  /** With `{id}` in place of each id: `channels/{id}.messages`. */
  pattern: string;
  ids: number[];
  query: URLSearchParams;
}

const ID = /(?<=\/)[1-9][0-9]{0,15}(?=[./]|$)/g;

/** Undefined if it is none of this server. */
export function parseDestination(address: string): Destination | undefined {
  const [path, query] = split(address, '?');
  const named = nameIn(path);
  if (!named) return undefined;
  const ids: number[] = [];
  const pattern = named.name.replace(ID, (id) => {
    ids.push(Number(id));
    return '{id}';
  });
  if (!ids.every(Number.isSafeInteger)) return undefined;
  return { kind: named.kind, pattern, ids, query: new URLSearchParams(query) };
}

function nameIn(path: string): { kind: Destination['kind']; name: string } | undefined {
  if (path.startsWith(TOPIC_ROOT)) return { kind: 'topic', name: path.slice(TOPIC_ROOT.length) };
  const root = [ROOT, UNVERSIONED_ROOT].find((start) => path.startsWith(start));
  if (root === undefined) return undefined;
  const name = path.slice(root.length);
  return name.endsWith(RELAY) ? { kind: 'relay', name: name.slice(0, -RELAY.length) } : { kind: 'action', name };
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
