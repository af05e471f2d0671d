import { LRUCache } from 'lru-cache';
import { LinkBase } from '../hal/link-base.js';
import { compileLinks } from '../hal/links.js';
import { Casing, wireName } from './casing.js';
import { addMember, generate } from './generate.js';
import { Field, fieldsOf, linksOf, ResourceClass, unionOf } from './registry.js';

/** In which spelling, and with which addresses, an answer is written. */
export interface Rendering {
  casing: Casing;
  links: LinkBase;
}

type Source = Record<string, unknown>;
/** Writes one value as JSON. */
export type Writer = (value: unknown, rendering: Rendering) => string;

const writers = new Map<ResourceClass, Record<Casing, Writer>>();

/**
 * The writer of a resource class. It is put together once from the declared fields: only those are written, so that a
 * new column stays private until it is declared; blank ones are left out.
 */
export function writerOf(type: ResourceClass, casing: Casing): Writer {
  let both = writers.get(type);
  if (!both) {
    both = { camel: compile(type, 'camel'), snake: compile(type, 'snake') };
    writers.set(type, both);
  }
  return both[casing];
}

const MINUTE_MS = 60_000;
const SECONDS = Array.from({ length: 60 }, (_, second) => `${String(second).padStart(2, '0')}Z`);
// Most times on a page, and in a busy server on pages one after the other, are of a few minutes.
const minutes = new LRUCache<number, string>({ max: 1_000 });

/** A moment in whole seconds: `2024-05-01T09:30:00Z`. */
export function writeTime(milliseconds: number): string {
  const minute = Math.floor(milliseconds / MINUTE_MS);
  let text = minutes.get(minute);
  if (text === undefined) {
    text = new Date(minute * MINUTE_MS).toISOString().slice(0, -'00.000Z'.length);
    minutes.set(minute, text);
  }
  return text + SECONDS[Math.floor((milliseconds - minute * MINUTE_MS) / 1_000)]!;
}

function compile(type: ResourceClass, casing: Casing): Writer {
  const union = unionOf(type);
  if (!union) return compileObject(type, casing);
  const { property, classes } = union;
  // Looked up at first use: the classes of a union may hold the union again.
  return (value, rendering) => {
    const kind = String((value as Source)[property]);
    return writerOf(classes[kind]!, casing)(value, rendering);
  };
}

function compileObject(type: ResourceClass, casing: Casing): Writer {
  const known: Record<string, unknown> = { writeText, writeTime, writeList };
  const lines = fieldsOf(type).map((field, index) => {
    const content = `source[${JSON.stringify(field.name)}]`;
    if (field.kind === 'object') known[`writer${index}`] = writerAtFirstUse(field.type!, casing);
    return `if (${content} != null) ${addMember(wireName(field.name, casing), written(field, index, content))}`;
  });
  const links = linksOf(type);
  if (links) {
    known.writeLinks = compileLinks(links);
    lines.push(addMember('_links', 'writeLinks(source, rendering.links)'));
  }
  const body = ["let json = '';", ...lines, "return json === '' ? '{}' : json + '}';"].join('\n');
  return generate<Writer>('source, rendering', body, known);
}

/** Source of the JSON of what is in a field. */
function written({ name, kind, isList }: Field, index: number, content: string): string {
  const one = (value: string): string => {
    switch (kind) {
      case 'text':
        return `writeText(${value})`;
      case 'address':
        return `writeText((${value}[0] === '/' ? rendering.links.origin : '') + ${value})`;
      case 'integer':
      case 'boolean':
      case 'json':
        return value;
      case 'time':
        return `'"' + writeTime(${value}) + '"'`;
      case 'object':
        return `writer${index}(${value}, rendering)`;
      case 'file':
        throw new Error(`${name} is a file, which comes with a request and stands in no answer`);
    }
  };
  return isList ? `writeList(${content}, (item) => ${one('item')})` : one(content);
}

const writeList = <T>(items: readonly T[], write: (item: T) => string | number): string =>
  items.length === 0 ? '[]' : `[${items.map(write).join(',')}]`;

// eslint-disable-next-line no-control-regex -- JSON escapes these, and unpaired surrogates
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;
const writeText = (text: string): string => (NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`);

/** Looked up late: classes may hold each other. */
function writerAtFirstUse(type: () => ResourceClass, casing: Casing): Writer {
  let write: Writer | undefined;
  return (value, rendering) => (write ??= writerOf(type(), casing))(value, rendering);
}
