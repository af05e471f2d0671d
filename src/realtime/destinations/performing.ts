import { Injectable } from '@nestjs/common';
import { ClientError, ResourceNotFoundError } from '../../errors/api-error.js';
import { withOrigin } from '../../events/event-origin.js';
import { Read, readQuery, readWhole } from '../../resource/input.js';
import { readJson } from '../../resource/json-text.js';
import { ResourceClass, resourceNameOf } from '../../resource/registry.js';
import { Connection } from '../connections/connection.js';
import { originOf, Topics } from '../connections/topics.js';
import { Renderer } from '../resources/renderer.js';
import { userTopic, UserTopic } from '../resources/topics.js';
import { Destination } from './destination.js';
import { Destinations } from './destinations.js';
import { Typed } from './handlers.js';

/** What clients write for a value that they do not have. */
const ABSENT = 'undefined';
/** Headers of the protocol itself: everything else beside a relay is a parameter. */
const OWN_HEADERS = new Set(['id', 'destination', 'receipt', 'ack', 'content-length', 'content-type']);

/** Reads and does what clients ask for. */
@Injectable()
export class Performing {
  constructor(
    private readonly destinations: Destinations,
    private readonly renderer: Renderer,
    private readonly topics: Topics,
  ) {}

  /** The body that answers a relay. */
  async read(connection: Connection, destination: Destination, headers: ReadonlyMap<string, string>): Promise<string> {
    const { pattern, ids } = destination;
    const relay = this.destinations.relays.get(pattern);
    if (!relay) throw new ResourceNotFoundError();
    const caller = connection.caller!;
    const query: unknown = relay.query ? accepted(readQuery(relay.query, parameters(destination, headers))) : undefined;
    const value = await relay.handle({ ...caller, ids: ids as [number], query });
    const asked = { name: nameOf(destination), filter: filterOf(destination) };
    return `{"resource":${await this.renderer.answer(caller, relay.answer, asked, value)}}`;
  }

  /** Tells the caller of what was done, if that takes more than a receipt. */
  async perform(connection: Connection, destination: Destination, text: string, receipt?: string): Promise<void> {
    const { pattern, ids } = destination;
    const action = this.destinations.actions.get(pattern);
    if (!action) throw new ResourceNotFoundError();
    const caller = connection.caller!;
    const body = bodyOf(action.body, text);
    const { answer } = action;
    const topic = answer && userTopic(caller.userId, answer.topic as UserTopic);
    const origin = originOf(connection, topic, answer?.type);
    const done: unknown = await withOrigin(origin, async () =>
      action.handle({ ...caller, ids: ids as [number], body }),
    );
    if (!answer || !topic || receipt === undefined) return;
    const { type, value } = done instanceof Typed ? done : { type: answer.type, value: done };
    const resource = await this.renderer.forCaller(caller, answer.resource, value);
    this.topics.answer(connection, topic, type, resource, receipt);
  }
}

/** What says where in a collection one is, and changes from page to page. */
const PLACE = new Set(['page', 'size', 'after', 'before', 'start', 'next', 'relation']);

/** What stood in the address besides, and is to stand in those of further pages. */
function filterOf({ query }: Destination): Record<string, string> {
  return Object.fromEntries([...query].filter(([name, value]) => value !== '' && !PLACE.has(name)));
}

const nameOf = ({ pattern, ids }: Destination): string => {
  let at = 0;
  return pattern.replaceAll('{id}', () => String(ids[at++]));
};

/** Both what the address has and what stands beside it; the address comes from this server and counts more. */
function parameters({ query }: Destination, headers: ReadonlyMap<string, string>): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, value] of headers) if (!OWN_HEADERS.has(name) && value !== ABSENT) found[name] = value;
  for (const [name, value] of query) if (value !== '') found[name] = value;
  return found;
}

function bodyOf(type: ResourceClass | undefined, text: string): unknown {
  const read = readJson(text === '' ? '{}' : text);
  if ('refusal' in read) throw ClientError.of(type ? resourceNameOf(type) : 'Action', 'body', 'invalid', read.refusal);
  return type ? readWhole(type, read.value) : read.value;
}

function accepted<T>({ value, problems }: Read<T>): T {
  if (problems.length > 0) throw new ClientError(problems);
  return value;
}
