import { Standing } from '../../channels/memberships.repository.js';
import { ResourceClass } from '../../resource/registry.js';
import { Rendering, Source } from '../../resource/writer.js';
import { actionAddress, relayAddress, topicAddress } from '../destinations/destination.js';

/** For whom something is written. */
export interface RealtimeRendering extends Rendering {
  /** What the reader is in a channel, which decides what they can do with it. */
  standing: (channelId: number) => Standing;
  /** Whether a message, as it is written, replies to one that is still there. */
  isReply: (message: Source) => boolean;
}

/** A part of a name that is a value of the resource: `channels/{id}.messages`. */
type Template = string;
/** Stands in a resource only if it is so. */
type Conditional = { name: Template; when: (source: Source, rendering: RealtimeRendering) => boolean };

/** What can be done with a resource. The keys are those of the protocol. */
export interface Hypermedia {
  relays?: Record<string, Template | Conditional>;
  topics?: Record<string, Template>;
  actions?: Record<string, Template | Conditional>;
  /** Paths below the origin of this server to which files are sent. */
  streams?: Record<string, Template>;
  /** Fields that the REST API does not have. */
  fields?: (source: Source) => Record<string, unknown>;
}

const declared = new Map<ResourceClass, Hypermedia>();

/** Declares it for a class and for those that extend it. */
export function hypermedia(type: ResourceClass, given: Hypermedia): void {
  declared.set(type, given);
}

/** `channels/7.members?sort=` → its address. */
function addressOfRelay(name: string): string {
  const [path = '', query] = name.split('?');
  return relayAddress(path, query);
}

type ExtrasWriter = (source: Source, rendering: RealtimeRendering) => string;

/** The writer of `_relays`, `_topics`, `_actions` and `_streams` of a class; undefined if it has none. */
export function hypermediaWriter(type: ResourceClass): ExtrasWriter | undefined {
  const found = declaredFor(type);
  if (!found) return undefined;
  const { fields } = found;
  const parts = [
    compile('_relays', found.relays, addressOfRelay),
    compile('_topics', found.topics, topicAddress),
    compile('_actions', found.actions, actionAddress),
    compile('_streams', found.streams, (path, { links }) => `${links.origin}${path}`),
  ].filter((part) => part !== undefined);
  return (source, rendering) => {
    const maps = parts.map((write) => write(source, rendering));
    if (!fields) return maps.join(',');
    const more = JSON.stringify(fields(source)).slice(1, -1);
    return [more, ...maps].filter(Boolean).join(',');
  };
}

function declaredFor(type: ResourceClass): Hypermedia | undefined {
  for (let at: unknown = type; typeof at === 'function'; at = Object.getPrototypeOf(at)) {
    const found = declared.get(at as ResourceClass);
    if (found) return found;
  }
  return undefined;
}

function compile(
  key: string,
  entries: Record<string, Template | Conditional> | undefined,
  address: (name: string, rendering: RealtimeRendering) => string,
): ExtrasWriter | undefined {
  if (!entries) return undefined;
  const parts = Object.entries(entries).map(([name, entry]) => ({
    key: `${JSON.stringify(name)}:`,
    write: filling(typeof entry === 'string' ? entry : entry.name),
    when: typeof entry === 'string' ? undefined : entry.when,
  }));
  return (source, rendering) => {
    let json = '';
    for (const part of parts)
      if (!part.when || part.when(source, rendering))
        json += `${json && ','}${part.key}${JSON.stringify(address(part.write(source), rendering))}`;
    return `"${key}":{${json}}`;
  };
}

/** `channels/{id}.messages` and a channel → `channels/7.messages`. */
function filling(template: Template): (source: Source) => string {
  const texts = template.split(/\{\w+\}/);
  const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
  return (source) => names.reduce((text, name, at) => `${text}${String(source[name])}${texts[at + 1]}`, texts[0]!);
}
