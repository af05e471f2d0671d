import { ArgumentMetadata, Injectable, PipeTransform } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ClientError } from '../errors/api-error.js';
import { UploadedForm } from '../uploads/uploaded-file.js';
import { Read, readBody, readForm, readQuery } from './input.js';
import { isJsonObject } from './json.js';
import { nativeCasing } from './native-casing.js';
import { isRegistered, ResourceClass, resourceNameOf } from './registry.js';

/** Longer query strings are filters and positions, which hardly come again. */
const REMEMBERED_MAX_LENGTH = 100;
const REMEMBERED_QUERIES = 500;

/** Turns bodies and query strings into instances of the classes that handlers ask for, or refuses them. */
@Injectable()
export class InputPipe implements PipeTransform {
  // The same few pages are asked for again and again.
  private readonly queries = new LRUCache<string, object>({ max: REMEMBERED_QUERIES });

  transform(value: unknown, { type, metatype: given }: ArgumentMetadata): unknown {
    if (type === 'body' && value instanceof UploadedForm) return accepted(readForm(value, nativeCasing(value)));
    const metatype: unknown = given;
    if (!isRegistered(metatype)) return value;
    if (type === 'query') return this.query(metatype, value as Record<string, unknown>);
    return type === 'body' ? jsonBody(metatype, value) : value;
  }

  private query(type: ResourceClass<unknown>, raw: Record<string, unknown>): object {
    const key = `${type.name} ${JSON.stringify(raw)}`;
    const known = this.queries.get(key);
    if (known) return known;
    const { value, problems } = readQuery(type, raw);
    if (problems.length > 0) throw new ClientError(problems);
    const query = Object.freeze(value as object);
    if (key.length <= REMEMBERED_MAX_LENGTH) this.queries.set(key, query);
    return query;
  }
}

/** Reads the body of an operation that takes JSON or a form: an instance of `type`, or of the class of the form. */
export class JsonOrForm implements PipeTransform {
  constructor(private readonly type: ResourceClass) {}

  /** Forms have been read by the pipe above, which comes first. */
  transform(value: unknown): unknown {
    const isForm = typeof value === 'object' && value !== null && isRegistered(value.constructor);
    return isForm ? value : jsonBody(this.type, value);
  }
}

function jsonBody(type: ResourceClass, value: unknown): unknown {
  // Generated clients send a PATCH without changes as an empty JSON text, and other calls without any body.
  const body = value === undefined || value === '' ? {} : value;
  if (!isJsonObject(body)) throw ClientError.of(resourceNameOf(type), 'body', 'invalid', 'must be a JSON object');
  return accepted(readBody(type, body, nativeCasing(body)));
}

function accepted<T>({ value, problems }: Read<T>): T {
  if (problems.length > 0) throw new ClientError(problems);
  return value;
}
