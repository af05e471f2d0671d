import { LinkBase } from '../hal/link-base.js';
import { compileLinks } from '../hal/links.js';
import { Casing, wireName } from './casing.js';
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

/** A moment in whole seconds: `2024-05-01T09:30:00Z`. */
export function writeTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
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
  const parts = fieldsOf(type).map((field) => ({
    name: field.name,
    key: `${JSON.stringify(wireName(field.name, casing))}:`,
    write: valueWriter(field, casing),
  }));
  const links = linksOf(type);
  const writeLinks = links && compileLinks(links);
  return (value, rendering) => {
    const source = value as Source;
    let json = '';
    for (const part of parts) {
      const content = source[part.name];
      if (content === undefined || content === null) continue;
      json += `${json === '' ? '{' : ','}${part.key}${part.write(content, rendering)}`;
    }
    if (writeLinks)
      json += `${json === '' ? '{' : ','}"_links":${writeLinks(source as Parameters<typeof writeLinks>[0], rendering.links)}`;
    return json === '' ? '{}' : `${json}}`;
  };
}

function valueWriter(field: Field, casing: Casing): Writer {
  const one = scalarWriter(field, casing);
  if (!field.isList) return one;
  return (value, rendering) => `[${(value as unknown[]).map((item) => one(item, rendering)).join(',')}]`;
}

function scalarWriter(field: Field, casing: Casing): Writer {
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
      return (value) => `"${writeTime(value as number)}"`;
    case 'object': {
      const type = field.type!;
      let write: Writer | undefined;
      return (value, rendering) => (write ??= writerOf(type(), casing))(value, rendering);
    }
    case 'file':
      throw new Error(`${field.name} is a file, which comes with a request and stands in no answer`);
  }
}
