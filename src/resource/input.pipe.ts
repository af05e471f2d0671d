import { ArgumentMetadata, Injectable, PipeTransform } from '@nestjs/common';
import { ClientError } from '../errors/api-error.js';
import { UploadedForm } from '../uploads/uploaded-file.js';
import { Read, readBody, readForm, readQuery } from './input.js';
import { isJsonObject } from './json.js';
import { isRegistered, ResourceClass, resourceNameOf } from './registry.js';

/** Turns bodies and query strings into instances of the classes that handlers ask for, or refuses them. */
@Injectable()
export class InputPipe implements PipeTransform {
  transform(value: unknown, { type, metatype: given }: ArgumentMetadata): unknown {
    if (type === 'body' && value instanceof UploadedForm) return accepted(readForm(value));
    const metatype: unknown = given;
    if (!isRegistered(metatype)) return value;
    if (type === 'query') return accepted(readQuery(metatype, value as Record<string, unknown>));
    return type === 'body' ? jsonBody(metatype, value) : value;
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
  return accepted(readBody(type, body));
}

function accepted<T>({ value, problems }: Read<T>): T {
  if (problems.length > 0) throw new ClientError(problems);
  return value;
}
