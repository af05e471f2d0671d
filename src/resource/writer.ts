import { LRUCache } from 'lru-cache';
import { LinkBase } from '../hal/link-base.js';
import { compileLinks } from '../hal/links.js';
import { Casing, wireName } from './casing.js';
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
  const parts = fieldsOf(type).map((field) => ({
    name: field.name,
    key: `${JSON.stringify(wireName(field.name, style.casing))}:`,
    write: valueWriter(field, style, writerIn),
  }));
  const writeExtras = style.extras(type);
  return (value, rendering) => {
    const source = value as Source;
    let json = '';
    for (const part of parts) {
      const content = source[part.name];
      if (content === undefined || content === null) continue;
      json += `${json === '' ? '{' : ','}${part.key}${part.write(content, rendering)}`;
    }
    if (writeExtras) json += `${json === '' ? '{' : ','}${writeExtras(source, rendering)}`;
    return json === '' ? '{}' : `${json}}`;
  };
}

function valueWriter<R extends Rendering>(field: Field, style: Style<R>, writerIn: WriterIn<R>): Writer<R> {
  const one = scalarWriter(field, style, writerIn);
  if (!field.isList) return one;
  return (value, rendering) => `[${(value as unknown[]).map((item) => one(item, rendering)).join(',')}]`;
}

function scalarWriter<R extends Rendering>(field: Field, style: Style<R>, writerIn: WriterIn<R>): Writer<R> {
  switch (field.kind) {
    case 'text':
      return (value) => JSON.stringify(value);
    case 'address':
      return (value, { links }) =>
        JSON.stringify((value as string).startsWith('/') ? links.origin + String(value) : value);
    case 'integer':
    case 'boolean':
    case 'json':
      return (value) => String(value);
    case 'time':
      return (value) => `"${style.time(value as number)}"`;
    case 'object': {
      const type = field.type!;
      let write: Writer<R> | undefined;
      return (value, rendering) => (write ??= writerIn(type()))(value, rendering);
    }
    case 'file':
      throw new Error(`${field.name} is a file, which comes with a request and stands in no answer`);
  }
}
