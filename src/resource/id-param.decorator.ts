import { createParamDecorator, ExecutionContext } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { FastifyRequest } from 'fastify';
import { ClientError } from '../errors/api-error.js';

interface PathId {
  /** What errors call the thing. */
  resource: string;
  /** The name of the parameter in the path. */
  name: string;
}

const Id = createParamDecorator(({ resource, name }: PathId, context: ExecutionContext): number => {
  const text = (context.switchToHttp().getRequest<FastifyRequest>().params as Record<string, string>)[name] ?? '';
  const id = /^[0-9]{1,16}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(id) || id === 0)
    throw ClientError.of(resource, name, 'invalid', 'must be a whole number from 1 to 2^53 - 1');
  return id;
});

/** An id in the path, of a resource of this kind. */
export function IdParam(resource: string, name = 'id'): ParameterDecorator {
  return (target, key, index) => {
    Id({ resource, name })(target, key, index);
    const method = Object.getOwnPropertyDescriptor(target, key!)!;
    const schema = { type: 'integer', format: 'int64', minimum: 1 } as const;
    ApiParam({ name, required: true, description: `${resource} ID`, schema })(target, key!, method);
  };
}
