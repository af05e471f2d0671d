import { Param, PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { ClientError } from '../errors/api-error.js';

class IdPipe implements PipeTransform<string, number> {
  constructor(
    private readonly resource: string,
    private readonly name: string,
  ) {}

  transform(text: string): number {
    const id = /^[0-9]{1,16}$/.test(text) ? Number(text) : NaN;
    if (!Number.isSafeInteger(id) || id === 0)
      throw ClientError.of(this.resource, this.name, 'invalid', 'must be a whole number from 1 to 2^53 - 1');
    return id;
  }
}

/** An id in the path, of a resource of this kind. */
export function IdParam(resource: string, name = 'id'): ParameterDecorator {
  return (target, key, index) => {
    Param(name, new IdPipe(resource, name))(target, key, index);
    const method = Object.getOwnPropertyDescriptor(target, key!)!;
    const schema = { type: 'integer', format: 'int64', minimum: 1 } as const;
    ApiParam({ name, required: true, description: `${resource} ID`, schema })(target, key!, method);
  };
}
