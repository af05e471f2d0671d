import { toSnakeCase, wireName } from '../resource/casing.js';
import { Json } from './json.js';

const JSON_TYPE = 'application/json';
const SNAKE = 'application/vnd.chatkitty+json';
/** The one that is in camelCase on any path. */
const ALWAYS_CAMEL = 'application/vnd.chatkitty.v1+json';

/** The v1 document as the paths without a version have it: other paths, other media types, other names of fields. */
export function inSnakeCase(v1: Json): Json {
  const document = JSON.parse(JSON.stringify(v1)) as Json;
  const paths = Object.entries(document.paths as Json).map(([path, item]) => [path.replace(/^\/v1/, ''), item]);
  document.paths = Object.fromEntries(paths) as unknown;
  for (const item of Object.values(document.paths as Record<string, Record<string, Json>>))
    for (const operation of Object.values(item)) relabel(operation);
  const { schemas } = document.components as { schemas: Record<string, Json> };
  const answered = reachable(schemas, Object.values(document.paths as Json).flatMap(answersIn));
  for (const [name, schema] of Object.entries(schemas)) rename(schema, answered.has(name) ? spelledInAnswer : spelled);
  return document;
}

/** Bodies and answers under the media types that are in snake_case here, the one that always is before all others. */
function relabel(operation: Json): void {
  const bodies = [operation.requestBody, ...Object.values(operation.responses as Json)] as (Json | undefined)[];
  for (const body of bodies) {
    const { [ALWAYS_CAMEL]: _, ...content } = (body?.content ?? {}) as Record<string, Json>;
    if (content[JSON_TYPE]) body!.content = { [SNAKE]: content[JSON_TYPE], ...content };
  }
}

function rename(schema: Json, spelling: (name: string) => string): void {
  const properties = schema.properties as Record<string, Json> | undefined;
  if (!properties) return;
  for (const property of Object.values(properties)) rename(property, spelling);
  const renamed = Object.entries(properties).map(([name, property]) => [spelling(name), property]);
  schema.properties = Object.fromEntries(renamed) as unknown;
  if (Array.isArray(schema.required)) schema.required = (schema.required as string[]).map(spelling);
}

const isHal = (name: string): boolean => name.startsWith('_');
const spelled = (name: string): string => (isHal(name) ? name : toSnakeCase(name));
/** `isGuest` is published as it is in answers, and as `is_guest` in bodies. */
const spelledInAnswer = (name: string): string => (isHal(name) ? name : wireName(name, 'snake'));

const answersIn = (item: unknown): unknown[] => Object.values(item as Json).map((operation) => (operation as Json).responses);

/** The names of the schemas that parts of a document refer to, directly or by others. */
function reachable(schemas: Record<string, Json>, parts: readonly unknown[]): Set<string> {
  const found = new Set<string>();
  const open = [...parts];
  for (let part = open.pop(); part !== undefined; part = open.pop())
    for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g))
      if (!found.has(name!)) {
        found.add(name!);
        open.push(schemas[name!]);
      }
  return found;
}
