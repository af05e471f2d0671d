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

export type Source = Record<string, unknown>;
/** Writes one value as JSON. */
export type Writer<R extends Rendering = Rendering> = (value: unknown, rendering: R) => string;

/** A way to write resources. */
export interface Style<R extends Rendering = Rendering> {
  casing: Casing;
  /** A moment as text, without quotes. */
  time: (milliseconds: number) => string;
  /** Writes what an object has besides its fields, `"_links":{…}`; undefined if its class has nothing more. */
  extras: (type: ResourceClass) => ((source: Source, rendering: R) => string) | undefined;
}

/** The writers of one style, each put together once. */
export function writersIn<R extends Rendering>(style: Style<R>): (type: ResourceClass) => Writer<R> {
  const writers = new Map<ResourceClass, Writer<R>>();
  const writerIn = (type: ResourceClass): Writer<R> => {
    let writer = writers.get(type);
    if (!writer) {
      writer = compile(type, style, writerIn);
      writers.set(type, writer);
    }
    return writer;
  };
  return writerIn;
}

/** HAL: times in whole seconds, links beside the fields. */
const hal = (casing: Casing): Style => ({
  casing,
  time: writeTime,
  extras: (type) => {
    const links = linksOf(type);
    if (!links) return undefined;
    const writeLinks = compileLinks(links);
    return (source, rendering) => `"_links":${writeLinks(source as Parameters<typeof writeLinks>[0], rendering.links)}`;
  },
});

const writers = { camel: writersIn(hal('camel')), snake: writersIn(hal('snake')) };

/**
 * The writer of a resource class. It is put together from the declared fields: only those are written, so that a
 * new column stays private until it is declared; blank ones are left out.
 */
export const writerOf = (type: ResourceClass, casing: Casing): Writer => writers[casing](type);

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

type WriterIn<R extends Rendering> = (type: ResourceClass) => Writer<R>;

function compile<R extends Rendering>(type: ResourceClass, style: Style<R>, writerIn: WriterIn<R>): Writer<R> {
  const union = unionOf(type);
  if (!union) return compileObject(type, style, writerIn);
  const { property, classes } = union;
  // Looked up at first use: the classes of a union may hold the union again.
  return (value, rendering) => {
    const kind = String((value as Source)[property]);
    return writerIn(classes[kind]!)(value, rendering);
  };
}

function compileObject<R extends Rendering>(type: ResourceClass, style: Style<R>, writerIn: WriterIn<R>): Writer<R> {
  const known: Record<string, unknown> = { writeText, writeTime: style.time, writeList };
  const lines = fieldsOf(type).map((field, index) => {
    const content = `source[${JSON.stringify(field.name)}]`;
    if (field.kind === 'object') known[`writer${index}`] = writerAtFirstUse(field.type!, writerIn);
    return `if (${content} != null) ${addMember(wireName(field.name, style.casing), written(field, index, content))}`;
  });
  const writeExtras = style.extras(type);
  if (writeExtras) {
    known.writeExtras = writeExtras;
    lines.push("json += (json === '' ? '{' : ',') + writeExtras(source, rendering);");
  }
  const body = ["let json = '';", ...lines, "return json === '' ? '{}' : json + '}';"].join('\n');
  return generate<Writer<R>>('source, rendering', body, known);
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
function writerAtFirstUse<R extends Rendering>(type: () => ResourceClass, writerIn: WriterIn<R>): Writer<R> {
  let write: Writer<R> | undefined;
  return (value, rendering) => (write ??= writerIn(type()))(value, rendering);
}
