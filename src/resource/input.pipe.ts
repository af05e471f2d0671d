import { ArgumentMetadata, Injectable, PipeTransform } from '@nestjs/common';
import { ClientError } from '../errors/api-error.js';
import { readBody, readQuery } from './input.js';
import { isJsonObject } from './json.js';
import { isRegistered, resourceNameOf } from './registry.js';

/** Turns bodies and query strings into instances of the classes that handlers ask for, or refuses them. */
@Injectable()
export class InputPipe implements PipeTransform {
  transform(value: unknown, { type, metatype: given }: ArgumentMetadata): unknown {
    const metatype: unknown = given;
    if (!isRegistered(metatype)) return value;
    if (type === 'query') {
      const { value: query, problems } = readQuery(metatype, value as Record<string, unknown>);
      if (problems.length > 0) throw new ClientError(problems);
      return query;
    }
    if (type !== 'body') return value;
    // Generated clients send a PATCH without changes as an empty JSON text, and other calls without any body.
    const body = value === undefined || value === '' ? {} : value;
    if (!isJsonObject(body)) throw ClientError.of(resourceNameOf(metatype), 'body', 'invalid', 'must be a JSON object');
    const { value: resource, problems } = readBody(metatype, body);
    if (problems.length > 0) throw new ClientError(problems);
    return resource;
  }
}
