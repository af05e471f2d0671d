import { ValidationError } from 'class-validator';
import { ClientError } from '../errors/api-error.js';
import { ErrorCode, Problem } from '../errors/error-codes.js';
import { UploadedForm } from '../uploads/uploaded-file.js';
import { Casing } from './casing.js';
import { isJsonObject, isNestedTooDeep, JSON_MAX_DEPTH } from './json.js';
import { readJson } from './json-text.js';
import { Field, InputName, inputNamesOf, ResourceClass, resourceNameOf, unionOf } from './registry.js';
import { brokenRules } from './validation.js';

/** What was read from a request, and all that is wrong with it. */
export interface Read<T> {
  value: T;
  problems: Problem[];
}

/**
 * Makes an instance of `type` from a JSON object: both casings are understood, undeclared fields are refused, the
 * content of `properties` is left alone. The rules are those of the field decorators. Of a field that is there in more
 * than one spelling, the one in `casing` counts.
 */
export function readBody<T>(type: ResourceClass<T>, raw: Record<string, unknown>, casing: Casing = 'camel'): Read<T> {
  const problems: Problem[] = [];
  const concrete = pick(type, raw);
  if (!concrete) return { value: {} as T, problems: [unknownKind(type, raw)] };
  const resource = resourceNameOf(type);
  const refuse = (field: string, message: string) =>
    problems.push({ resource, field, isVerbatim: true, code: 'invalid', message });
  const value = instantiate(concrete, raw, { path: '', casing, refuse }) as T;
  check(value as object, resource, problems);
  return { value, problems };
}

/**
 * What an app sends back of a resource: all of it, with what it has changed. Fields that `type` does not have are passed
 * over, at every level. Throws if something is wrong with those that it has.
 */
export function readWhole<T>(type: ResourceClass<T>, raw: unknown): T {
  const resource = resourceNameOf(type);
  if (!isJsonObject(raw)) throw ClientError.of(resource, 'body', 'invalid', 'must be a JSON object');
  const concrete = pick(type, raw);
  if (!concrete) throw new ClientError([unknownKind(type, raw)]);
  const problems: Problem[] = [];
  const value = instantiate(concrete, raw, { path: '', casing: 'camel', refuse: () => undefined });
  check(value, resource, problems);
  if (problems.length > 0) throw new ClientError(problems);
  return value as T;
}

/** The same for a form, whose fields are texts: of objects, their JSON. What was wrong with its parts is told as well. */
export function readForm(form: UploadedForm, casing: Casing = 'camel'): Read<unknown> {
  const { fields } = form;
  const type: ResourceClass<unknown> = form.type;
  const problems = [...form.problems];
  const raw: Record<string, unknown> = {};
  const refuse = (field: string, message: string) =>
    problems.push({ resource: resourceNameOf(type), field, isVerbatim: true, code: 'invalid', message });
  for (const [name, given] of Object.entries(fields)) {
    const field = inputNamesOf(type).get(name)?.field;
    raw[name] = field ? fromPart(field, given, (message) => refuse(name, message)) : given;
  }
  const { value, problems: others } = readBody(type, raw, casing);
  const isNews = ({ field }: Problem) => problems.every((known) => known.field !== field);
  return { value, problems: [...problems, ...others.filter(isNews)] };
}

/**
 * The same for a query string, in which everything is text and lists are repeated or separated by commas. Parameters
 * are published in camelCase for every caller, so refusals name them as they were written.
 */
export function readQuery<T>(type: ResourceClass<T>, raw: Record<string, unknown>): Read<T> {
  const problems: Problem[] = [];
  const value = create(type) as Record<string, unknown>;
  const written = new Map<string, string>();
  for (const [name, given] of Object.entries(raw)) {
    const known = inputNamesOf(type).get(name);
    if (!known || isOutdone(known, raw, 'camel')) continue;
    value[known.field.name] = fromText(known.field, given);
    written.set(known.field.name, name);
  }
  check(value, resourceNameOf(type), problems);
  for (const problem of problems) {
    const [, name = '', rest = ''] = /^(\w*)(.*)$/.exec(problem.field)!;
    Object.assign(problem, { field: (written.get(name) ?? name) + rest, isVerbatim: true });
  }
  return { value: value as T, problems };
}

function create(type: ResourceClass): object {
  return new (type as new () => object)();
}

/** Of a union the class that the object names, otherwise the class itself. */
function pick(type: ResourceClass, raw: Record<string, unknown>): ResourceClass | undefined {
  const union = unionOf(type);
  if (!union) return type;
  const kind = raw[union.property];
  return typeof kind === 'string' && Object.hasOwn(union.classes, kind) ? union.classes[kind] : undefined;
}

function unknownKind(type: ResourceClass, raw: Record<string, unknown>): Problem {
  const { property, classes } = unionOf(type)!;
  const resource = resourceNameOf(type);
  if (raw[property] === undefined) return { resource, field: property, code: 'missing_field', message: 'is required' };
  return { resource, field: property, code: 'invalid', message: `must be one of ${Object.keys(classes).join(', ')}` };
}

/** How an object is read, and where it stands. */
interface Reading {
  path: string;
  casing: Casing;
  refuse: (field: string, message: string) => void;
}

function instantiate(type: ResourceClass, raw: Record<string, unknown>, reading: Reading): object {
  const names = inputNamesOf(type);
  const value = create(type) as Record<string, unknown>;
  for (const [name, given] of Object.entries(raw)) {
    const known = names.get(name);
    if (!known) reading.refuse(reading.path + shown(name), 'is not a known field');
    else if (!isOutdone(known, raw, reading.casing))
      value[known.field.name] = convert(known.field, given, name, reading);
  }
  return value;
}

/** The same field is there in a spelling that counts more. */
const isOutdone = ({ yieldsTo }: InputName, raw: Record<string, unknown>, casing: Casing): boolean =>
  yieldsTo[casing].some((other) => Object.hasOwn(raw, other));

/** The name of an unknown field, as an error can show it. */
function shown(name: string): string {
  if (name === '') return '""';
  const text = name.length > SHOWN_MAX ? `${name.slice(0, SHOWN_MAX)}…` : name;
  return text.toWellFormed();
}

const SHOWN_MAX = 100;

function convert(field: Field, given: unknown, name: string, reading: Reading): unknown {
  if (field.kind !== 'object') return given;
  const type = field.type!();
  const path = reading.path + name;
  if (field.isList && Array.isArray(given))
    return given.map((item: unknown, index) =>
      isJsonObject(item) ? instantiate(type, item, { ...reading, path: `${path}[${index}].` }) : item,
    );
  return isJsonObject(given) && !field.isList ? instantiate(type, given, { ...reading, path: `${path}.` }) : given;
}

function fromText(field: Field, given: unknown): unknown {
  const values = (Array.isArray(given) ? given : [given]) as string[];
  if (field.isList) return values.flatMap((value) => value.split(',')).filter((value) => value !== '');
  const text = values.at(-1) ?? '';
  if (field.kind === 'integer') return /^-?[0-9]{1,16}$/.test(text) ? Number(text) : text;
  if (field.kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}

function fromPart(field: Field, given: unknown, refuse: (message: string) => void): unknown {
  // A part that says it is JSON has been read already.
  if (typeof given !== 'string') {
    if (isNestedTooDeep(given)) refuse(`must not be nested deeper than ${JSON_MAX_DEPTH} levels`);
    else return given;
  } else if (field.kind === 'json' || field.kind === 'object') {
    const read = readJson(given);
    if ('refusal' in read) refuse(read.refusal);
    else return read.value;
  } else return fromText(field, given);
  return undefined;
}

function check(value: object, resource: string, problems: Problem[]): void {
  const errors = brokenRules(value);
  if (errors.length > 0) collect(errors, '', resource, problems);
}

function collect(errors: ValidationError[], path: string, resource: string, problems: Problem[]): void {
  for (const error of errors) {
    const isIndex = /^[0-9]+$/.test(error.property);
    const at = isIndex ? `${path}[${error.property}]` : path ? `${path}.${error.property}` : error.property;
    for (const [rule, message] of Object.entries(error.constraints ?? {})) {
      const code = (error.contexts?.[rule] as { code?: ErrorCode } | undefined)?.code ?? 'invalid';
      problems.push({ resource, field: at, code, message });
    }
    if (error.children) collect(error.children, at, resource, problems);
  }
}
